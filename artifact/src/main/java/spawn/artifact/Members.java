package spawn.artifact;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The methods and fields that code links to. */
final class Members {
  /**
   * A member that an instruction links to.
   *
   * @param owner the class that the instruction names, which may inherit the member
   * @param signature its name and descriptor, of a field with a colon between
   */
  record Member(String owner, String signature) {
    boolean isField() {
      return signature.indexOf('(') < 0;
    }
  }

  private Members() {}

  /** Returns a method's name and descriptor. */
  static String signature(MethodNode method) {
    return method.name + method.desc;
  }

  /** Returns a field's name and descriptor. */
  static String signature(FieldNode field) {
    return field.name + ":" + field.desc;
  }

  /** Returns what the code of a method links to, with what its lambdas are made of. */
  static Stream<Member> of(MethodNode method) {
    return Arrays.stream(method.instructions.toArray()).flatMap(Members::of);
  }

  private static Stream<Member> of(AbstractInsnNode instruction) {
    if (instruction instanceof MethodInsnNode call) {
      return Stream.of(new Member(call.owner, call.name + call.desc));
    }
    if (instruction instanceof FieldInsnNode field) {
      return Stream.of(new Member(field.owner, field.name + ":" + field.desc));
    }
    if (instruction instanceof InvokeDynamicInsnNode dynamic) {
      return Stream.concat(
          ofLambda(dynamic),
          Stream.concat(Stream.of(dynamic.bsm), Arrays.stream(dynamic.bsmArgs))
              .flatMap(Members::ofConstant));
    }
    return instruction instanceof LdcInsnNode load ? ofConstant(load.cst) : Stream.empty();
  }

  /** The interface's method that a lambda implements: whoever calls it calls the lambda. */
  private static Stream<Member> ofLambda(InvokeDynamicInsnNode dynamic) {
    if (dynamic.bsm.getOwner().equals("java/lang/invoke/LambdaMetafactory")) {
      String descriptor = ((Type) dynamic.bsmArgs[0]).getDescriptor();
      return Stream.of(
          new Member(
              Type.getReturnType(dynamic.desc).getInternalName(), dynamic.name + descriptor));
    }
    return Stream.empty();
  }

  private static Stream<Member> ofConstant(Object constant) {
    if (constant instanceof Handle handle) {
      boolean isField = handle.getTag() <= Opcodes.H_PUTSTATIC;
      return Stream.of(
          new Member(
              handle.getOwner(), handle.getName() + (isField ? ":" : "") + handle.getDesc()));
    }
    if (constant instanceof ConstantDynamic dynamic) {
      List<Object> arguments =
          IntStream.range(0, dynamic.getBootstrapMethodArgumentCount())
              .mapToObj(dynamic::getBootstrapMethodArgument)
              .toList();
      return Stream.concat(Stream.of(dynamic.getBootstrapMethod()), arguments.stream())
          .flatMap(Members::ofConstant);
    }
    return Stream.empty();
  }
}
