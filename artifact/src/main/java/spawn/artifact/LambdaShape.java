package spawn.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;

/**
 * What a lambda is made of, as the compiler tells {@link java.lang.invoke.LambdaMetafactory}.
 *
 * @param implemented the interface
 * @param name its method
 * @param erased the method's descriptor, as the interface declares it
 * @param actual the method's types where the lambda stands
 * @param captured the types of what the lambda holds
 * @param called the method that it calls with what it holds and what it is given
 */
record LambdaShape(
    String implemented, String name, Type erased, Type actual, List<Type> captured, Handle called) {

  /** Reads what an instruction makes. */
  static LambdaShape of(InvokeDynamicInsnNode site) {
    return new LambdaShape(
        Type.getReturnType(site.desc).getInternalName(),
        site.name,
        (Type) site.bsmArgs[0],
        (Type) site.bsmArgs[2],
        List.of(Type.getArgumentTypes(site.desc)),
        (Handle) site.bsmArgs[1]);
  }

  /** Returns the same lambda, calling another method with the same arguments. */
  LambdaShape calling(Handle other) {
    return new LambdaShape(implemented, name, erased, actual, captured, other);
  }

  /** Returns what the method that is called takes, its receiver first if it has one. */
  List<Type> parameters() {
    List<Type> parameters = new ArrayList<>();
    if (called.getTag() != Opcodes.H_INVOKESTATIC
        && called.getTag() != Opcodes.H_NEWINVOKESPECIAL) {
      parameters.add(Type.getObjectType(called.getOwner()));
    }
    parameters.addAll(List.of(Type.getArgumentTypes(called.getDesc())));
    return parameters;
  }

  /** Returns what the method that is called answers; a constructor, the object. */
  Type returned() {
    return called.getTag() == Opcodes.H_NEWINVOKESPECIAL
        ? Type.getObjectType(called.getOwner())
        : Type.getReturnType(called.getDesc());
  }

  /** Returns how an argument of the interface's method becomes one of the method that is called. */
  Optional<Conversion> ofArgument(int number) {
    return Conversion.of(
        erased.getArgumentTypes()[number],
        actual.getArgumentTypes()[number],
        parameters().get(captured.size() + number));
  }

  /** Returns how the answer becomes that of the interface's method. */
  Optional<Conversion> ofReturn() {
    Type wanted = erased.getReturnType();
    return Conversion.of(returned(), returned(), wanted);
  }

  /** Returns whether all its conversions are known. */
  boolean isConvertible() {
    List<Type> parameters = parameters();
    int given = erased.getArgumentTypes().length;
    if (parameters.size() != captured.size() + given || ofReturn().isEmpty()) {
      return false;
    }
    for (int i = 0; i < captured.size(); i++) {
      boolean isPrimitive = Conversion.isPrimitive(captured.get(i));
      if (isPrimitive != Conversion.isPrimitive(parameters.get(i))
          || (isPrimitive && !captured.get(i).equals(parameters.get(i)))) {
        return false;
      }
    }
    for (int i = 0; i < given; i++) {
      if (ofArgument(i).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the instruction that calls what a handle leads to. */
  static MethodInsnNode call(Handle method) {
    int instruction =
        switch (method.getTag()) {
          case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
          case Opcodes.H_INVOKEINTERFACE -> Opcodes.INVOKEINTERFACE;
          case Opcodes.H_INVOKEVIRTUAL -> Opcodes.INVOKEVIRTUAL;
          default -> Opcodes.INVOKESPECIAL;
        };
    return new MethodInsnNode(
        instruction, method.getOwner(), method.getName(), method.getDesc(), method.isInterface());
  }
}
