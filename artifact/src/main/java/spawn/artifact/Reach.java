package spawn.artifact;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * What the functions can reach: from the roots, every class that a reached one names; the providers
 * of each reached service; and what is listed as loaded by name. Of a {@linkplain Leanness lean}
 * class, only the methods that something reached calls.
 */
final class Reach {
  private final ClassPath all;
  private final World world;
  private final Leanness leanness;
  private final ByName byName;
  private final SortedMap<String, String> reached = new TreeMap<>();
  private final Map<String, Set<String>> kept = new HashMap<>();
  private final Set<String> called = new HashSet<>();
  private final Map<String, List<String>> uncalled = new HashMap<>();
  private final SortedMap<String, byte[]> resources = new TreeMap<>();
  private final Deque<Runnable> work = new ArrayDeque<>();

  private Reach(ClassPath all, ByName byName) {
    this.all = all;
    this.byName = byName;
    this.world = new World(all);
    this.leanness = new Leanness(world);
  }

  /** Follows everything from these classes. */
  static Reach from(Collection<String> roots, ClassPath all, ByName byName) {
    Reach reach = new Reach(all, byName);
    new TreeSet<>(roots).forEach(root -> reach.reach(root, "template.yaml"));
    reach.followAll();
    // Which services are asked shows when everything else is known.
    reach.reached.keySet().stream().filter(ServiceTable::is).findFirst().ifPresent(reach::reduce);
    reach.followAll();
    return reach;
  }

  private void followAll() {
    while (!work.isEmpty()) {
      work.poll().run();
    }
  }

  private void reduce(String table) {
    Set<String> texts = new HashSet<>();
    reached.keySet().stream()
        .map(this::node)
        .filter(node -> !ServiceTable.is(node.name) && Leanness.knowsTheSdk(node))
        .forEach(node -> Loading.texts(node).forEach(texts::add));
    ServiceTable.keep(node(table), texts);
    follow(table);
  }

  private ClassNode node(String className) {
    return world.find(className).orElseThrow();
  }

  /** Returns the classes, and of each what reached it first. */
  SortedMap<String, String> classes() {
    return reached;
  }

  /** Returns the classes that stay out. */
  SortedSet<String> left() {
    SortedSet<String> left = new TreeSet<>(all.classes());
    left.removeAll(reached.keySet());
    return left;
  }

  /** Returns the resources of libraries that something reached reads. */
  SortedMap<String, byte[]> resources() {
    return resources;
  }

  /** Returns a class as it travels. */
  ClassNode travelling(String className) {
    ClassNode node = node(className);
    if (Leanness.isLean(node)) {
      node.methods.removeIf(method -> !kept.get(className).contains(Members.signature(method)));
    }
    return node;
  }

  private void reach(String className, String by) {
    if (all.has(className)
        && reached.putIfAbsent(className, by) == null
        && !ServiceTable.is(className)) {
      work.add(() -> follow(className));
    }
  }

  private void follow(String className) {
    ClassNode node = node(className);
    if (Leanness.isLean(node)) {
      followLean(node);
    } else {
      References.of(node).forEach(named -> reach(named, className));
      node.methods.stream().flatMap(Members::of).forEach(member -> call(member.signature()));
    }
    byName.classes(className).forEach(named -> reach(named, className));
    Services.providers(all, className).forEach(named -> reach(named, Services.file(className)));
    if (byName.has(className)) {
      all.libraryFiles().filter(file -> byName.reads(className, file.name())).forEach(this::read);
    }
  }

  /** A text file may list classes, as those of services do. */
  private void read(ClassPath.LibraryFile file) {
    resources.put(file.name(), all.bytes(file));
    Services.providers(all.bytes(file)).forEach(named -> reach(named, file.name()));
  }

  private void followLean(ClassNode node) {
    kept.put(node.name, new HashSet<>());
    References.of(node, signature -> false).forEach(named -> reach(named, node.name));
    Set<String> always = leanness.always(node);
    for (MethodNode method : node.methods) {
      String signature = Members.signature(method);
      if (always.contains(signature) || called.contains(signature)) {
        keep(node, signature);
      } else {
        uncalled.computeIfAbsent(signature, first -> new ArrayList<>()).add(node.name);
      }
    }
  }

  private void call(String signature) {
    if (called.add(signature) && uncalled.containsKey(signature)) {
      for (String className : uncalled.remove(signature)) {
        work.add(() -> keep(node(className), signature));
      }
    }
  }

  private void keep(ClassNode node, String signature) {
    if (kept.get(node.name).add(signature)) {
      String by = node.name + "." + signature.substring(0, signature.indexOf('('));
      References.of(node, signature::equals).forEach(named -> reach(named, by));
      node.methods.stream()
          .filter(method -> Members.signature(method).equals(signature))
          .flatMap(Members::of)
          .forEach(member -> call(member.signature()));
    }
  }
}
