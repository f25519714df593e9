package spawn.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** The classes that a function would find: its own, and those of the JDK. */
final class World {
  private final ClassPath own;
  private final Map<String, Optional<ClassNode>> read = new HashMap<>();
  private final Map<String, Set<String>> above = new HashMap<>();
  private final Map<String, Set<String>> declared = new HashMap<>();

  World(ClassPath own) {
    this.own = own;
  }

  /** Returns a class; nothing where a class loader would find none. Arrays are no classes here. */
  Optional<ClassNode> find(String className) {
    Optional<ClassNode> known = read.get(className);
    if (known == null) {
      known = bytes(className).map(World::node);
      read.put(className, known);
    }
    return known;
  }

  /** Returns whether the JDK has a class. */
  boolean isOfTheJdk(String className) {
    return !own.has(className) && find(className).isPresent();
  }

  private Optional<byte[]> bytes(String className) {
    if (own.has(className)) {
      return Optional.of(own.bytes(className));
    }
    try (InputStream ofTheJdk =
        ClassLoader.getPlatformClassLoader().getResourceAsStream(ClassPath.fileName(className))) {
      return ofTheJdk == null ? Optional.empty() : Optional.of(ofTheJdk.readAllBytes());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Returns a class in the form in which it is looked at. */
  static ClassNode node(byte[] bytes) {
    ClassNode node = new ClassNode();
    new ClassReader(bytes).accept(node, 0);
    return node;
  }

  /** Returns the names of all that a class extends and implements, itself apart. */
  Set<String> above(String className) {
    Set<String> known = above.get(className);
    if (known == null) {
      known = new LinkedHashSet<>();
      for (String next : find(className).map(World::next).orElse(List.of())) {
        known.add(next);
        known.addAll(above(next));
      }
      above.put(className, known);
    }
    return known;
  }

  private static List<String> next(ClassNode node) {
    List<String> next = new ArrayList<>(node.interfaces);
    Optional.ofNullable(node.superName).ifPresent(next::add);
    return next;
  }

  /** Returns the signatures of the members that a class itself declares. */
  Set<String> declared(String className) {
    return declared.computeIfAbsent(
        className,
        first -> {
          Set<String> signatures = new HashSet<>();
          find(className)
              .ifPresent(
                  node -> {
                    node.methods.forEach(method -> signatures.add(Members.signature(method)));
                    node.fields.forEach(field -> signatures.add(Members.signature(field)));
                  });
          return signatures;
        });
  }
}
