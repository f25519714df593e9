package spawn.artifact;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;
import org.objectweb.asm.tree.ClassNode;

/**
 * The classes that a class names: in its code, its signatures and its annotations, and those that
 * it is nested in. A JVM that has them all finds whatever the class links to.
 */
final class References {
  private References() {}

  /** Returns what a whole class names, itself apart. */
  static SortedSet<String> of(ClassNode node) {
    return of(node, signature -> true);
  }

  /**
   * Returns what a class names outside its methods, and in some of these.
   *
   * @param methods which, by {@linkplain Members#signature name and descriptor}
   */
  static SortedSet<String> of(ClassNode node, Predicate<String> methods) {
    SortedSet<String> named = new TreeSet<>();
    node.accept(new Collector(node.name, methods, named));
    named.remove(node.name);
    return named;
  }

  /** Passes a class through a renaming that renames nothing, since that looks at every name. */
  private static final class Collector extends ClassRemapper {
    private final String self;
    private final Predicate<String> methods;
    private final SortedSet<String> named;

    Collector(String self, Predicate<String> methods, SortedSet<String> named) {
      super(
          Opcodes.ASM9,
          new ClassNode(),
          new Remapper(Opcodes.ASM9) {
            @Override
            public String map(String name) {
              named.add(name);
              return name;
            }
          });
      this.self = self;
      this.methods = methods;
      this.named = named;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      return methods.test(name + descriptor)
          ? super.visitMethod(access, name, descriptor, signature, exceptions)
          : null;
    }

    /** A class lists every nested class that it names; what counts is what this one is in. */
    @Override
    public void visitInnerClass(String name, String outer, String simple, int access) {
      if (name.equals(self) && outer != null) {
        named.add(outer);
      }
    }

    /** A class links without those that share its private members. */
    @Override
    public void visitNestMember(String member) {}
  }
}
