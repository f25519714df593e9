package spawn.artifact;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * How a value on the stack becomes one of another type: the conversions of {@link
 * java.lang.invoke.LambdaMetafactory} but those between numbers of different sizes.
 */
interface Conversion {
  /** Writes the instructions. */
  void write(MethodVisitor code);

  /** The classes that hold primitive values, by these. */
  Map<Type, Type> WRAPPERS =
      Map.of(
          Type.BOOLEAN_TYPE, Type.getType(Boolean.class),
          Type.BYTE_TYPE, Type.getType(Byte.class),
          Type.CHAR_TYPE, Type.getType(Character.class),
          Type.SHORT_TYPE, Type.getType(Short.class),
          Type.INT_TYPE, Type.getType(Integer.class),
          Type.LONG_TYPE, Type.getType(Long.class),
          Type.FLOAT_TYPE, Type.getType(Float.class),
          Type.DOUBLE_TYPE, Type.getType(Double.class));

  /** What every wrapper is. */
  Set<Type> ABOVE_WRAPPERS = Set.of(Type.getType(Object.class), Type.getType(Comparable.class));

  /**
   * Returns how a value becomes another; nothing if that is not known here.
   *
   * @param from its type
   * @param actual the type that it is known to have, if that is narrower
   * @param to the type that is wanted; void drops the value
   */
  static Optional<Conversion> of(Type from, Type actual, Type to) {
    if (to.equals(Type.VOID_TYPE)) {
      return Optional.of(code -> drop(code, from));
    }
    if (from.equals(Type.VOID_TYPE)) {
      return Optional.empty();
    }
    if (isPrimitive(from)) {
      if (from.equals(to)) {
        return Optional.of(code -> {});
      }
      return to.equals(WRAPPERS.get(from)) || ABOVE_WRAPPERS.contains(to)
          ? Optional.of(code -> box(code, from))
          : Optional.empty();
    }
    if (isPrimitive(to)) {
      return actual.equals(WRAPPERS.get(to))
          ? Optional.of(code -> unbox(code, to))
          : Optional.empty();
    }
    return isPrimitive(actual)
        ? Optional.empty()
        : Optional.of(
            code -> {
              cast(code, from, actual);
              cast(code, actual, to);
            });
  }

  /** Returns whether values of a type are not objects. */
  static boolean isPrimitive(Type type) {
    return WRAPPERS.containsKey(type);
  }

  private static void drop(MethodVisitor code, Type type) {
    switch (type.getSize()) {
      case 1 -> code.visitInsn(Opcodes.POP);
      case 2 -> code.visitInsn(Opcodes.POP2);
      default -> {
        // void: there is none
      }
    }
  }

  /** Writes a cast; none to what every object is. */
  static void cast(MethodVisitor code, Type from, Type to) {
    if (!to.equals(from) && !to.getInternalName().equals("java/lang/Object")) {
      code.visitTypeInsn(Opcodes.CHECKCAST, to.getInternalName());
    }
  }

  /** Writes what puts a primitive value into its wrapper. */
  static void box(MethodVisitor code, Type primitive) {
    Type wrapper = WRAPPERS.get(primitive);
    code.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        wrapper.getInternalName(),
        "valueOf",
        Type.getMethodDescriptor(wrapper, primitive),
        false);
  }

  /** Writes what takes a primitive value out of an object that is its wrapper. */
  static void unbox(MethodVisitor code, Type primitive) {
    Type wrapper = WRAPPERS.get(primitive);
    code.visitTypeInsn(Opcodes.CHECKCAST, wrapper.getInternalName());
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL,
        wrapper.getInternalName(),
        primitive.getClassName() + "Value",
        Type.getMethodDescriptor(primitive),
        false);
  }
}
