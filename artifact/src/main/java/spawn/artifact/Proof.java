package spawn.artifact;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Proves of the files of an artifact, however they were chosen, that a JVM finds what they refer
 * to. It looks at what travels and at nothing of how it was found:
 *
 * <ul>
 *   <li>each class, method and field that a class names is there, or the JDK's, or its absence is
 *       {@linkplain Absences listed};
 *   <li>a method that was left out of a class is called on no class, and no type of the JDK
 *       declares it;
 *   <li>each service that is there has all its providers;
 *   <li>each class that loads by name is {@linkplain ByName listed}, and what it loads is there;
 *   <li>nothing asks whether an object is of an interface whose lambdas {@linkplain Lambdas share a
 *       class}, and so are of others, too;
 *   <li>no line of either list is stale.
 * </ul>
 */
final class Proof {
  private final ClassPath whole;
  private final ClassPath artifact;
  private final World world;
  private final ByName byName;
  private final Absences absences;
  private final SortedSet<String> problems = new TreeSet<>();

  private Proof(ClassPath whole, ClassPath artifact, ByName byName, Absences absences) {
    this.whole = whole;
    this.artifact = artifact;
    this.world = new World(artifact);
    this.byName = byName;
    this.absences = absences;
  }

  /**
   * Returns what is wrong, a sentence each; nothing if all is well.
   *
   * @param whole what the artifact was made of
   */
  static List<String> problems(
      ClassPath whole, ClassPath artifact, ByName byName, Absences absences) {
    Proof proof = new Proof(whole, artifact, byName, absences);
    proof.run();
    return List.copyOf(proof.problems);
  }

  private void run() {
    Set<String> called = new HashSet<>();
    for (String className : artifact.classes()) {
      ClassNode node = node(className);
      References.of(node).forEach(named -> classIsThere(named, className));
      for (MethodNode method : node.methods) {
        Members.of(method)
            .forEach(
                member -> {
                  called.add(member.signature());
                  memberIsThere(member, className + "." + method.name);
                });
      }
      loadingIsListed(node);
      providersAreThere(className);
      lambdasAreNotTold(node);
    }
    artifact.classes().forEach(className -> onlyTheUncalledIsLeftOut(className, called));
    byName.sites().forEach(this::whatIsLoadedIsThere);
    absences
        .unused()
        .forEach(line -> problems.add("Nothing needs this line any more, in absent.txt: " + line));
  }

  private ClassNode node(String className) {
    return world.find(className).orElseThrow();
  }

  private boolean isThere(String className) {
    return className.startsWith("[") || world.find(className).isPresent();
  }

  private void classIsThere(String named, String from) {
    if (!isThere(named) && !absences.allow(named, from)) {
      problems.add(
          "%s refers to the class %s, which %s."
              .formatted(
                  dotted(from),
                  dotted(named),
                  whole.has(named) ? "does not travel" : "no library has"));
    }
  }

  /** Looks for a member as the JVM does: in the class, and then in what is above it. */
  private void memberIsThere(Members.Member member, String from) {
    if (member.owner().startsWith("[") || !isThere(member.owner())) {
      return; // an array's, or told of already
    }
    Set<String> above = world.above(member.owner());
    boolean isFound =
        world.declared(member.owner()).contains(member.signature())
            || takesAnyArguments(member)
            || above.stream().anyMatch(one -> world.declared(one).contains(member.signature()))
            || world.declared("java/lang/Object").contains(member.signature());
    if (!isFound && above.stream().allMatch(this::isThere)) {
      problems.add(
          "%s refers to %s.%s, which does not travel."
              .formatted(dotted(from), dotted(member.owner()), member.signature()));
    }
  }

  /** Handles are called with any arguments, whatever is declared (JVM specification, 2.9.3). */
  private static boolean takesAnyArguments(Members.Member member) {
    return Set.of("java/lang/invoke/MethodHandle", "java/lang/invoke/VarHandle")
        .contains(member.owner());
  }

  private void onlyTheUncalledIsLeftOut(String className, Set<String> called) {
    if (!whole.has(className)) {
      if (!Lambdas.isOne(className)) {
        problems.add(dotted(className) + " travels, and is in no library.");
      }
      return;
    }
    ClassNode before = World.node(whole.bytes(className));
    Set<String> travelling = world.declared(className);
    Set<String> always = Leanness.isLean(before) ? new Leanness(world).always(before) : Set.of();
    for (MethodNode method : before.methods) {
      String signature = Members.signature(method);
      if (!travelling.contains(signature)
          && !isOfALambda(method)
          && (!Leanness.isLean(before)
              || always.contains(signature)
              || called.contains(signature))) {
        problems.add(
            "%s.%s does not travel, though it may be called."
                .formatted(dotted(className), signature));
      }
    }
  }

  /** The body of a lambda is called by that only, which is looked at where it travels. */
  private static boolean isOfALambda(MethodNode method) {
    int flags = Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC;
    return (method.access & flags) == flags;
  }

  private void providersAreThere(String service) {
    List<String> wanted = Services.providers(whole, service);
    List<String> listed = Services.providers(artifact, service);
    if (!Set.copyOf(listed).equals(Set.copyOf(wanted))) {
      problems.add(
          "%s lists %s, and the libraries %s.".formatted(Services.file(service), listed, wanted));
    }
    listed.stream()
        .filter(provider -> !artifact.has(provider))
        .forEach(
            provider ->
                problems.add(
                    "%s names %s, which does not travel."
                        .formatted(Services.file(service), dotted(provider))));
  }

  private void loadingIsListed(ClassNode node) {
    boolean isOwn = whole.has(node.name) && whole.place(node.name).equals(ClassPath.ROOT);
    List<String> calls = Loading.calls(node, isOwn);
    if (!calls.isEmpty() && !byName.has(node.name)) {
      problems.add(
          "%s calls %s: by-name.txt must say what it loads."
              .formatted(dotted(node.name), dotted(String.join(", ", calls))));
    }
    List<String> named = new ArrayList<>();
    Loading.texts(node).map(text -> text.replace('.', '/')).filter(whole::has).forEach(named::add);
    for (String one : named) {
      if (!artifact.has(one) && !byName.leaves(node.name, one)) {
        problems.add(
            "%s holds the name of the class %s, which does not travel: by-name.txt must say whether it is loaded."
                .formatted(dotted(node.name), dotted(one)));
      }
    }
    if (byName.has(node.name) && calls.isEmpty() && named.isEmpty()) {
      problems.add(
          dotted(node.name) + " loads nothing by name any more: its line in by-name.txt can go.");
    }
  }

  private void lambdasAreNotTold(ClassNode node) {
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode each : method.instructions) {
        if (each.getOpcode() == Opcodes.INSTANCEOF
            && ((TypeInsnNode) each).desc.startsWith(Lambdas.SHARING)) {
          problems.add(
              "%s.%s asks whether an object is a %s: lambdas of that must not share a class, in Lambdas."
                  .formatted(dotted(node.name), method.name, dotted(((TypeInsnNode) each).desc)));
        }
      }
    }
  }

  private void whatIsLoadedIsThere(String site) {
    if (!artifact.has(site)) {
      problems.add(dotted(site) + " does not travel any more: its line in by-name.txt can go.");
    }
    byName.classes(site).stream()
        .filter(loaded -> !artifact.has(loaded))
        .forEach(
            loaded ->
                problems.add(
                    "%s loads %s, as by-name.txt says, which does not travel."
                        .formatted(dotted(site), dotted(loaded))));
    whole
        .libraryFiles()
        .filter(file -> byName.reads(site, file.name()))
        .filter(file -> artifact.all(file.name()).isEmpty())
        .forEach(
            file ->
                problems.add(
                    "%s reads %s, which does not travel.".formatted(dotted(site), file.name())));
  }

  private static String dotted(String name) {
    return name.replace('/', '.');
  }
}
