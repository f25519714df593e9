package spawn.artifact;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/** A class whose lambdas are moved to {@linkplain LambdaClass others}. */
final class LambdaHost {
  private static final String METAFACTORY = "java/lang/invoke/LambdaMetafactory";

  private final ClassNode node;
  private final World world;
  private final Lambdas lambdas;
  private final Map<Handle, Handle> targets = new HashMap<>();

  LambdaHost(ClassNode node, World world, Lambdas lambdas) {
    this.node = node;
    this.world = world;
    this.lambdas = lambdas;
  }

  /** Moves those that can be, and returns whether there were any. */
  boolean move() {
    Set<Handle> stay = new HashSet<>();
    Map<InvokeDynamicInsnNode, MethodNode> sites = new LinkedHashMap<>();
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode each : method.instructions) {
        if (each instanceof InvokeDynamicInsnNode site && site.bsm.getOwner().equals(METAFACTORY)) {
          if (canMove(site)) {
            sites.put(site, method);
          } else {
            stay.add(implementation(site));
          }
        }
      }
    }
    sites.keySet().removeIf(site -> stay.contains(implementation(site)));
    sites.forEach(this::move);
    return !sites.isEmpty();
  }

  private static Handle implementation(InvokeDynamicInsnNode site) {
    return (Handle) site.bsmArgs[1];
  }

  private boolean canMove(InvokeDynamicInsnNode site) {
    return site.bsm.getName().equals("metafactory")
        && LambdaShape.of(site).isConvertible()
        && canBeCalled(implementation(site));
  }

  /** Returns whether a class of the same package can call a method, by way of this one at least. */
  private boolean canBeCalled(Handle method) {
    boolean isNear = Lambdas.packageOf(method.getOwner()).equals(Lambdas.packageOf(node.name));
    boolean isOwn = method.getOwner().equals(node.name);
    return access(method)
        .filter(access -> isNear || (access & Opcodes.ACC_PROTECTED) == 0)
        .filter(
            access ->
                method.getTag() != Opcodes.H_INVOKESPECIAL
                    || (isOwn && (access & Opcodes.ACC_PRIVATE) != 0))
        .isPresent();
  }

  /** Returns the flags of the method that a handle leads to. */
  private Optional<Integer> access(Handle method) {
    List<String> owners = new ArrayList<>(List.of(method.getOwner()));
    owners.addAll(world.above(method.getOwner()));
    owners.add("java/lang/Object");
    return owners.stream()
        .flatMap(owner -> world.find(owner).stream())
        .flatMap(owner -> owner.methods.stream())
        .filter(each -> leadsTo(method, each))
        .findFirst()
        .map(found -> found.access);
  }

  private static boolean leadsTo(Handle handle, MethodNode method) {
    return method.name.equals(handle.getName()) && method.desc.equals(handle.getDesc());
  }

  private void move(InvokeDynamicInsnNode site, MethodNode within) {
    Handle target = targets.computeIfAbsent(implementation(site), this::callable);
    LambdaShape shape = LambdaShape.of(site).calling(target);
    LambdaClass place = lambdas.place(Lambdas.packageOf(node.name), shape);
    within.instructions.insertBefore(site, push(place.add(shape)));
    within.instructions.set(
        site,
        new MethodInsnNode(
            Opcodes.INVOKESTATIC,
            place.name(),
            LambdaClass.FACTORY,
            LambdaClass.factory(shape),
            false));
    within.maxStack++;
  }

  private static AbstractInsnNode push(int number) {
    return number <= 5
        ? new InsnNode(Opcodes.ICONST_0 + number)
        : new IntInsnNode(Opcodes.BIPUSH, number);
  }

  /** Returns a handle that leads to the same as this one, and that the whole package may use. */
  private Handle callable(Handle method) {
    if ((access(method).orElseThrow() & Opcodes.ACC_PRIVATE) == 0) {
      return method;
    }
    return node.methods.stream()
        .filter(each -> method.getOwner().equals(node.name) && leadsTo(method, each))
        .filter(each -> (each.access & Opcodes.ACC_SYNTHETIC) != 0)
        .findFirst()
        .map(this::opened)
        .orElseGet(() -> bridge(method));
  }

  /**
   * Opens the body of a lambda, which only its lambda calls, to the package. One of an instance
   * becomes static, so that no subclass can override it: its code is the same, since {@code this}
   * and the first argument are in the same place.
   */
  private Handle opened(MethodNode body) {
    if ((body.access & Opcodes.ACC_STATIC) == 0) {
      body.desc = withFirst(node.name, body.desc);
      body.parameters = null;
    }
    body.access = open();
    return handle(body);
  }

  /** Adds a method that calls a private one, as this class may. */
  private Handle bridge(Handle method) {
    Type[] given = Type.getArgumentTypes(method.getDesc());
    String descriptor =
        switch (method.getTag()) {
          case Opcodes.H_INVOKESTATIC -> method.getDesc();
          case Opcodes.H_NEWINVOKESPECIAL ->
              Type.getMethodDescriptor(Type.getObjectType(method.getOwner()), given);
          default -> withFirst(method.getOwner(), method.getDesc());
        };
    MethodNode bridge =
        new MethodNode(open(), "lambda$private$" + targets.size(), descriptor, null, null);
    if (method.getTag() == Opcodes.H_NEWINVOKESPECIAL) {
      bridge.visitTypeInsn(Opcodes.NEW, method.getOwner());
      bridge.visitInsn(Opcodes.DUP);
    }
    int local = 0;
    for (Type argument : Type.getArgumentTypes(descriptor)) {
      bridge.instructions.add(new VarInsnNode(argument.getOpcode(Opcodes.ILOAD), local));
      local += argument.getSize();
    }
    Type returned = Type.getReturnType(descriptor);
    bridge.instructions.add(LambdaShape.call(method));
    bridge.instructions.add(new InsnNode(returned.getOpcode(Opcodes.IRETURN)));
    bridge.maxLocals = local;
    bridge.maxStack = local + 2; // what is new, twice, or what comes back
    node.methods.add(bridge);
    return handle(bridge);
  }

  private Handle handle(MethodNode method) {
    return new Handle(Opcodes.H_INVOKESTATIC, node.name, method.name, method.desc, isInterface());
  }

  /** An interface has no methods that are its package's only. */
  private int open() {
    return Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC | (isInterface() ? Opcodes.ACC_PUBLIC : 0);
  }

  private boolean isInterface() {
    return (node.access & Opcodes.ACC_INTERFACE) != 0;
  }

  private static String withFirst(String className, String descriptor) {
    return "(L" + className + ";" + descriptor.substring(1);
  }
}
