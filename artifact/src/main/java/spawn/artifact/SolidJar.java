package spawn.artifact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * The one jar that travels, with what is reached. Its entries are stored, not compressed: the zip
 * around it then compresses across classes, of which many are alike, and the JVM reads them without
 * work.
 */
final class SolidJar {
  private static final Pattern MODEL =
      Pattern.compile("software/amazon/awssdk/services/\\w+/model/.*");

  private SolidJar() {}

  /** Returns what is in the jar, by the names of its files. */
  static SortedMap<String, byte[]> contents(ClassPath all, Reach reach) {
    SortedMap<String, byte[]> contents = new TreeMap<>(reach.resources());
    Set<String> left = reach.left();
    all.files(ClassPath.ROOT).entrySet().stream()
        .filter(file -> !ClassPath.isClass(file.getKey()))
        .forEach(file -> contents.put(file.getKey(), file.getValue()));
    Lambdas lambdas = new Lambdas(new World(all));
    for (String className : reach.classes().keySet()) {
      boolean isOwn = all.place(className).equals(ClassPath.ROOT);
      ClassNode node = reach.travelling(className);
      if (!isOwn) {
        strip(node, left);
      }
      boolean hadMethods = RecordMethods.writeOut(node);
      boolean hadLambdas = lambdas.move(node);
      boolean isChanged = hadMethods || hadLambdas || !isOwn;
      contents.put(ClassPath.fileName(className), isChanged ? written(node) : all.bytes(className));
      List<String> providers = Services.providers(all, className);
      if (!providers.isEmpty()) {
        contents.put(Services.file(className), Services.list(providers));
      }
    }
    lambdas.classes().forEach((name, bytes) -> contents.put(ClassPath.fileName(name), bytes));
    return contents;
  }

  /**
   * Takes from a library's class the names of its local variables, which only debuggers show, and
   * every word of nested classes that do not travel.
   */
  private static void strip(ClassNode node, Set<String> left) {
    node.innerClasses.removeIf(inner -> left.contains(inner.name));
    if (node.nestMembers != null) {
      node.nestMembers.removeIf(left::contains);
    }
    for (MethodNode method : node.methods) {
      method.localVariables = null;
      if (MODEL.matcher(node.name).matches()) {
        removeLines(method);
      }
    }
  }

  private static byte[] written(ClassNode node) {
    ClassWriter writer = new ClassWriter(0);
    node.accept(writer);
    return writer.toByteArray();
  }

  private static void removeLines(MethodNode method) {
    for (AbstractInsnNode each : method.instructions.toArray()) {
      if (each instanceof LineNumberNode) {
        method.instructions.remove(each);
      }
    }
  }

  /**
   * Writes a jar, whose bytes depend on its contents only.
   *
   * @param date what its entries bear
   */
  static byte[] bytes(Map<String, byte[]> contents, LocalDateTime date) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> file : inOrder(contents)) {
        ZipEntry entry = new ZipEntry(file.getKey());
        CRC32 sum = new CRC32();
        sum.update(file.getValue());
        entry.setCrc(sum.getValue());
        entry.setSize(file.getValue().length);
        entry.setTimeLocal(date);
        zip.putNextEntry(entry);
        zip.write(file.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Files of one folder by their length: what a generator has written by one pattern comes together
   * then, within the 32 KB in which compression finds what is alike.
   */
  private static List<Map.Entry<String, byte[]>> inOrder(Map<String, byte[]> contents) {
    return contents.entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<String, byte[]> file) ->
                        file.getKey().substring(0, file.getKey().lastIndexOf('/') + 1))
                .thenComparing(file -> file.getValue().length)
                .thenComparing(Map.Entry::getKey))
        .toList();
  }
}
