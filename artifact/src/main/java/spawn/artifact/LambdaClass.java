package spawn.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A class of many lambdas of one package. Each has a number, by which the methods of the interfaces
 * choose what to call, and what it holds, as objects.
 */
final class LambdaClass {
  /** The name of the static methods that make one. */
  static final String FACTORY = "of";

  private static final Type OBJECT = Type.getType(Object.class);

  private final String name;
  private final SortedSet<String> interfaces = new TreeSet<>();
  private final SortedMap<String, List<LambdaShape>> methods = new TreeMap<>();

  /** Creates a class without lambdas. */
  LambdaClass(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Adds a lambda and returns its number among those of the same method. */
  int add(LambdaShape shape) {
    interfaces.add(shape.implemented());
    List<LambdaShape> same =
        methods.computeIfAbsent(
            shape.name() + shape.erased().getDescriptor(), first -> new ArrayList<>());
    same.add(shape);
    return same.size() - 1;
  }

  /** Returns how many lambdas it has. */
  int size() {
    return (int) shapes().count();
  }

  private Stream<LambdaShape> shapes() {
    return methods.values().stream().flatMap(List::stream);
  }

  /** Returns the descriptor of what makes a lambda of what it holds and its number. */
  static String factory(LambdaShape shape) {
    List<Type> taken = new ArrayList<>(held(shape));
    taken.add(Type.INT_TYPE);
    return Type.getMethodDescriptor(
        Type.getObjectType(shape.implemented()), taken.toArray(Type[]::new));
  }

  /** What a factory takes: objects of whatever class, and primitive values. */
  private static List<Type> held(LambdaShape shape) {
    return shape.captured().stream()
        .map(type -> Conversion.isPrimitive(type) ? type : OBJECT)
        .toList();
  }

  private int fields() {
    return shapes().mapToInt(shape -> shape.captured().size()).max().orElse(0);
  }

  private String constructor() {
    return "(I" + OBJECT.getDescriptor().repeat(fields()) + ")V";
  }

  /** Returns the class. */
  byte[] bytes() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(
        Opcodes.V1_8,
        Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
        name,
        null,
        OBJECT.getInternalName(),
        interfaces.toArray(String[]::new));
    writer.visitField(Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL, "number", "I", null, null);
    for (int i = 0; i < fields(); i++) {
      writer.visitField(
          Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL, "held" + i, OBJECT.getDescriptor(), null, null);
    }
    writeConstructor(writer);
    SortedMap<String, LambdaShape> factories = new TreeMap<>();
    shapes().forEach(shape -> factories.putIfAbsent(factory(shape), shape));
    factories.forEach((descriptor, shape) -> writeFactory(writer, descriptor, held(shape)));
    methods.values().forEach(same -> writeMethod(writer, same));
    writer.visitEnd();
    return writer.toByteArray();
  }

  private void writeConstructor(ClassWriter writer) {
    MethodVisitor code =
        writer.visitMethod(Opcodes.ACC_PRIVATE, "<init>", constructor(), null, null);
    code.visitCode();
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(Opcodes.INVOKESPECIAL, OBJECT.getInternalName(), "<init>", "()V", false);
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitVarInsn(Opcodes.ILOAD, 1);
    code.visitFieldInsn(Opcodes.PUTFIELD, name, "number", "I");
    for (int i = 0; i < fields(); i++) {
      code.visitVarInsn(Opcodes.ALOAD, 0);
      code.visitVarInsn(Opcodes.ALOAD, 2 + i);
      code.visitFieldInsn(Opcodes.PUTFIELD, name, "held" + i, OBJECT.getDescriptor());
    }
    code.visitInsn(Opcodes.RETURN);
    code.visitMaxs(0, 0);
  }

  private void writeFactory(ClassWriter writer, String descriptor, List<Type> held) {
    int number = held.stream().mapToInt(Type::getSize).sum();
    MethodVisitor code = writer.visitMethod(Opcodes.ACC_STATIC, FACTORY, descriptor, null, null);
    code.visitCode();
    code.visitTypeInsn(Opcodes.NEW, name);
    code.visitInsn(Opcodes.DUP);
    code.visitVarInsn(Opcodes.ILOAD, number);
    int local = 0;
    for (Type type : held) {
      code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
      if (Conversion.isPrimitive(type)) {
        Conversion.box(code, type);
      }
      local += type.getSize();
    }
    for (int i = held.size(); i < fields(); i++) {
      code.visitInsn(Opcodes.ACONST_NULL);
    }
    code.visitMethodInsn(Opcodes.INVOKESPECIAL, name, "<init>", constructor(), false);
    code.visitInsn(Opcodes.ARETURN);
    code.visitMaxs(0, 0);
  }

  /** Writes a method of an interface: what the number says. */
  private void writeMethod(ClassWriter writer, List<LambdaShape> same) {
    LambdaShape first = same.get(0);
    MethodVisitor code =
        writer.visitMethod(
            Opcodes.ACC_PUBLIC, first.name(), first.erased().getDescriptor(), null, null);
    code.visitCode();
    if (same.size() == 1) {
      writeCall(code, first);
    } else {
      Label[] labels = same.stream().map(shape -> new Label()).toArray(Label[]::new);
      code.visitVarInsn(Opcodes.ALOAD, 0);
      code.visitFieldInsn(Opcodes.GETFIELD, name, "number", "I");
      code.visitTableSwitchInsn(0, labels.length - 1, labels[labels.length - 1], labels);
      for (int i = 0; i < labels.length; i++) {
        code.visitLabel(labels[i]);
        code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        writeCall(code, same.get(i));
      }
    }
    code.visitMaxs(0, 0);
  }

  private void writeCall(MethodVisitor code, LambdaShape shape) {
    if (shape.called().getTag() == Opcodes.H_NEWINVOKESPECIAL) {
      code.visitTypeInsn(Opcodes.NEW, shape.called().getOwner());
      code.visitInsn(Opcodes.DUP);
    }
    for (int i = 0; i < shape.captured().size(); i++) {
      code.visitVarInsn(Opcodes.ALOAD, 0);
      code.visitFieldInsn(Opcodes.GETFIELD, name, "held" + i, OBJECT.getDescriptor());
      Type wanted = shape.parameters().get(i);
      if (Conversion.isPrimitive(wanted)) {
        Conversion.unbox(code, wanted);
      } else {
        Conversion.cast(code, OBJECT, wanted);
      }
    }
    int local = 1;
    Type[] given = shape.erased().getArgumentTypes();
    for (int i = 0; i < given.length; i++) {
      code.visitVarInsn(given[i].getOpcode(Opcodes.ILOAD), local);
      shape.ofArgument(i).orElseThrow().write(code);
      local += given[i].getSize();
    }
    LambdaShape.call(shape.called()).accept(code);
    shape.ofReturn().orElseThrow().write(code);
    code.visitInsn(shape.erased().getReturnType().getOpcode(Opcodes.IRETURN));
  }
}
