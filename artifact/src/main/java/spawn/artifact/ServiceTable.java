package spawn.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * The SDK's table of all services of AWS, by their prefixes: a class each, of some three hundred,
 * all of which are made as soon as the first client is. Only those stay whose prefix is a text in
 * some other class that is reached and knows the SDK. A service that is not in the table is taken
 * for one that has an endpoint in each region, as those are that are newer than the SDK.
 */
final class ServiceTable {
  private static final String TABLE =
      "software/amazon/awssdk/regions/GeneratedServiceMetadataProvider";

  private ServiceTable() {}

  /** Returns whether a class is the table. */
  static boolean is(String className) {
    return className.equals(TABLE);
  }

  /** Leaves out the services whose prefix is none of these. */
  static void keep(ClassNode table, Set<String> texts) {
    for (MethodNode method : table.methods) {
      for (AbstractInsnNode instruction : method.instructions.toArray()) {
        if (isEntry(instruction) && !texts.contains((String) ((LdcInsnNode) instruction).cst)) {
          entry(instruction).forEach(method.instructions::remove);
        }
      }
    }
  }

  /** An entry is: a text, {@code new}, {@code dup}, a constructor without arguments, and a put. */
  private static boolean isEntry(AbstractInsnNode first) {
    if (!(first instanceof LdcInsnNode load) || !(load.cst instanceof String)) {
      return false;
    }
    List<AbstractInsnNode> entry = entry(first);
    return entry.size() == 5
        && entry.get(1) instanceof TypeInsnNode made
        && made.getOpcode() == Opcodes.NEW
        && entry.get(2).getOpcode() == Opcodes.DUP
        && entry.get(3) instanceof MethodInsnNode constructor
        && constructor.name.equals("<init>")
        && constructor.desc.equals("()V")
        && entry.get(4) instanceof MethodInsnNode put
        && put.name.equals("put");
  }

  private static List<AbstractInsnNode> entry(AbstractInsnNode first) {
    List<AbstractInsnNode> entry = new ArrayList<>();
    for (AbstractInsnNode one = first; one != null && entry.size() < 5; one = one.getNext()) {
      if (one.getOpcode() >= 0) {
        entry.add(one);
      }
    }
    return entry;
  }
}
