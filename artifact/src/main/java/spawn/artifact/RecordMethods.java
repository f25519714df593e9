package spawn.artifact;

import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Writes out {@code equals} and {@code hashCode} of records, which the JVM otherwise puts together
 * of method handles when they are first called ({@link java.lang.runtime.ObjectMethods}).
 */
final class RecordMethods {
  private static final String BOOTSTRAP = "java/lang/runtime/ObjectMethods";
  private static final String OBJECTS = "java/util/Objects";
  private static final String OF_OBJECT = "(Ljava/lang/Object;)";

  private final ClassNode node;

  private RecordMethods(ClassNode node) {
    this.node = node;
  }

  /**
   * Writes out those of a record.
   *
   * @return whether anything was changed
   */
  static boolean writeOut(ClassNode node) {
    return new RecordMethods(node).writeOut();
  }

  private boolean writeOut() {
    boolean isChanged = false;
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode each : method.instructions.toArray()) {
        if (each instanceof InvokeDynamicInsnNode site
            && site.bsm.getOwner().equals(BOOTSTRAP)
            && !site.name.equals("toString")) {
          List<Handle> fields =
              Arrays.stream(site.bsmArgs).skip(2).map(Handle.class::cast).toList();
          clear(method);
          if (site.name.equals("equals")) {
            writeEquals(method, fields);
          } else {
            writeHashCode(method, fields);
          }
          isChanged = true;
        }
      }
    }
    return isChanged;
  }

  private static void clear(MethodNode method) {
    method.instructions.clear();
    method.localVariables = null;
  }

  private void writeEquals(MethodNode code, List<Handle> fields) {
    Label differs = new Label();
    code.visitVarInsn(Opcodes.ALOAD, 1);
    code.visitTypeInsn(Opcodes.INSTANCEOF, node.name);
    code.visitJumpInsn(Opcodes.IFEQ, differs);
    code.visitVarInsn(Opcodes.ALOAD, 1);
    code.visitTypeInsn(Opcodes.CHECKCAST, node.name);
    code.visitVarInsn(Opcodes.ASTORE, 2);
    for (Handle field : fields) {
      load(code, 0, field);
      load(code, 2, field);
      compare(code, Type.getType(field.getDesc()), differs);
    }
    code.visitInsn(Opcodes.ICONST_1);
    code.visitInsn(Opcodes.IRETURN);
    code.visitLabel(differs);
    code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    code.visitInsn(Opcodes.ICONST_0);
    code.visitInsn(Opcodes.IRETURN);
    code.visitMaxs(4, 3);
  }

  private void load(MethodNode code, int local, Handle field) {
    code.visitVarInsn(Opcodes.ALOAD, local);
    code.visitFieldInsn(Opcodes.GETFIELD, node.name, field.getName(), field.getDesc());
  }

  private static void compare(MethodNode code, Type type, Label differs) {
    switch (type.getSort()) {
      case Type.OBJECT, Type.ARRAY -> {
        code.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            OBJECTS,
            "equals",
            "(Ljava/lang/Object;Ljava/lang/Object;)Z",
            false);
        code.visitJumpInsn(Opcodes.IFEQ, differs);
      }
      case Type.LONG, Type.FLOAT, Type.DOUBLE -> {
        code.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            Conversion.WRAPPERS.get(type).getInternalName(),
            "compare",
            Type.getMethodDescriptor(Type.INT_TYPE, type, type),
            false);
        code.visitJumpInsn(Opcodes.IFNE, differs);
      }
      default -> code.visitJumpInsn(Opcodes.IF_ICMPNE, differs);
    }
  }

  private void writeHashCode(MethodNode code, List<Handle> fields) {
    code.visitInsn(Opcodes.ICONST_0);
    for (Handle field : fields) {
      code.visitIntInsn(Opcodes.BIPUSH, 31);
      code.visitInsn(Opcodes.IMUL);
      load(code, 0, field);
      Type type = Type.getType(field.getDesc());
      if (Conversion.isPrimitive(type)) {
        code.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            Conversion.WRAPPERS.get(type).getInternalName(),
            "hashCode",
            Type.getMethodDescriptor(Type.INT_TYPE, type),
            false);
      } else {
        code.visitMethodInsn(Opcodes.INVOKESTATIC, OBJECTS, "hashCode", OF_OBJECT + "I", false);
      }
      code.visitInsn(Opcodes.IADD);
    }
    code.visitInsn(Opcodes.IRETURN);
    code.visitMaxs(3, 1);
  }
}
