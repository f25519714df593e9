package spawn.artifact;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.objectweb.asm.tree.ClassNode;

/**
 * Turns lambdas and method references into objects of classes that travel. Otherwise the JVM writes
 * a class for each of them when it first comes to it ({@link java.lang.invoke.LambdaMetafactory}),
 * which costs a function that starts several times what loading one does.
 *
 * <p>Those of one package share classes if they implement interfaces of {@code java.util.function};
 * {@link Proof} shows that nothing asks whether an object is one of these.
 *
 * <p>Left as they are: those that are serializable or implement several interfaces, and those
 * between whose types and the interface's no {@linkplain Conversion conversion} is known here.
 */
final class Lambdas {
  /** The interfaces whose lambdas may share a class. */
  static final String SHARING = "java/util/function/";

  private static final String SIMPLE_NAME = "$$Lambdas";

  /** Of a class with all lambdas of a large package, most would be read for nothing. */
  private static final int MOST = 100;

  private final World world;
  private final Map<String, LambdaClass> open = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<LambdaClass> made = new ArrayList<>();

  /**
   * Creates one that has moved nothing yet.
   *
   * @param world where the methods are found that lambdas refer to
   */
  Lambdas(World world) {
    this.world = world;
  }

  /**
   * Moves the lambdas of a class, which is changed.
   *
   * @return whether it had any
   */
  boolean move(ClassNode host) {
    return new LambdaHost(host, world, this).move();
  }

  /** Returns the classes of all that were moved, by their names. */
  SortedMap<String, byte[]> classes() {
    SortedMap<String, byte[]> classes = new TreeMap<>();
    made.forEach(each -> classes.put(each.name(), each.bytes()));
    return classes;
  }

  /** Returns whether the name of a class is that of one that is made here. */
  static boolean isOne(String className) {
    return className.startsWith(SIMPLE_NAME, packageOf(className).length());
  }

  /** Returns a class's package, with the slash after it. */
  static String packageOf(String className) {
    return className.substring(0, className.lastIndexOf('/') + 1);
  }

  /** Returns the class in which a lambda of a package has a place. */
  LambdaClass place(String inPackage, LambdaShape shape) {
    boolean isShared = shape.implemented().startsWith(SHARING);
    String kind = inPackage + " " + (isShared ? SHARING : shape.implemented());
    LambdaClass place = open.get(kind);
    if (place == null || place.size() == MOST) {
      place = new LambdaClass(inPackage + SIMPLE_NAME + numbers.merge(inPackage, 1, Integer::sum));
      open.put(kind, place);
      made.add(place);
    }
    return place;
  }
}
