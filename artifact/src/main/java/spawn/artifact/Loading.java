package spawn.artifact;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Where code loads by name. */
final class Loading {
  private static final Set<String> CLASSES =
      Set.of(
          "java/lang/Class.forName",
          "java/lang/ClassLoader.loadClass",
          "java/lang/invoke/MethodHandles$Lookup.findClass",
          "java/util/ServiceLoader.load",
          "java/util/ServiceLoader.loadInstalled",
          "java/util/ResourceBundle.getBundle");

  private static final Set<String> RESOURCES =
      Set.of(
          "java/lang/Class.getResource",
          "java/lang/Class.getResourceAsStream",
          "java/lang/ClassLoader.getResource",
          "java/lang/ClassLoader.getResourceAsStream",
          "java/lang/ClassLoader.getResources",
          "java/lang/ClassLoader.getSystemResource",
          "java/lang/ClassLoader.getSystemResourceAsStream");

  private static final Set<String> METHODS =
      Set.of(
          "java/lang/Class.getMethod",
          "java/lang/Class.getMethods",
          "java/lang/Class.getDeclaredMethod",
          "java/lang/Class.getDeclaredMethods",
          "java/lang/invoke/MethodHandles$Lookup.findStatic",
          "java/lang/invoke/MethodHandles$Lookup.findVirtual",
          "java/lang/invoke/MethodHandles$Lookup.unreflect");

  private Loading() {}

  /**
   * Returns the methods that a class calls to load by name, sorted.
   *
   * @param isOwn whether it is the functions' own: their resources travel all
   */
  static List<String> calls(ClassNode node, boolean isOwn) {
    Set<String> loading = new HashSet<>(CLASSES);
    if (!isOwn) {
      loading.addAll(RESOURCES);
    }
    if (Leanness.isLean(node)) {
      loading.addAll(METHODS);
    }
    return node.methods.stream()
        .flatMap(Members::of)
        .filter(member -> !member.isField())
        .map(Loading::called)
        .filter(loading::contains)
        .distinct()
        .sorted()
        .toList();
  }

  private static String called(Members.Member method) {
    return method.owner() + "." + method.signature().replaceFirst("\\(.*", "");
  }

  /** Returns the texts that a class holds. */
  static Stream<String> texts(ClassNode node) {
    Stream<Object> constants = node.fields.stream().map((FieldNode field) -> field.value);
    Stream<Object> loaded =
        node.methods.stream()
            .flatMap((MethodNode method) -> Stream.of(method.instructions.toArray()))
            .filter(LdcInsnNode.class::isInstance)
            .map((AbstractInsnNode load) -> ((LdcInsnNode) load).cst);
    return Stream.concat(constants, loaded)
        .filter(String.class::isInstance)
        .map(String.class::cast);
  }
}
