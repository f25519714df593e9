package spawn.artifact;

import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Which methods may be left out of a class: those of the AWS SDK whose name and descriptor nothing
 * calls, on whatever class. Every other class is whole.
 *
 * <p>One interface of the SDK has a method for each operation of a service, and each names its
 * request and its answer: whole, EC2's client alone would bring thousands of classes. The SDK is
 * written by a generator, for Java 8, and calls none of its methods by reflection; {@link ByName}
 * holds it to that.
 */
final class Leanness {
  private static final String SDK = "software/amazon/awssdk/";

  /**
   * Called by Lambda's runtime too, which keeps a trace's id where the SDK finds it (<a
   * href="https://github.com/aws/aws-lambda-java-libs/tree/main/aws-lambda-java-runtime-interface-client">its
   * runtime interface client</a>).
   */
  private static final String OF_THE_RUNTIME_TOO = SDK + "utilslite/";

  /** What serialization calls by reflection ({@link java.io.Serializable}). */
  private static final Set<String> OF_SERIALIZATION =
      Set.of("readObject", "readObjectNoData", "writeObject", "readResolve", "writeReplace");

  private final World world;

  /** Creates the rule for classes of this world. */
  Leanness(World world) {
    this.world = world;
  }

  /** Returns whether methods of this class may be left out. Annotations are read by reflection. */
  static boolean isLean(ClassNode node) {
    return node.name.startsWith(SDK)
        && !node.name.startsWith(OF_THE_RUNTIME_TOO)
        && (node.access & Opcodes.ACC_ANNOTATION) == 0;
  }

  /** Returns whether a class is the SDK's, or names one that is. */
  static boolean knowsTheSdk(ClassNode node) {
    return node.name.startsWith(SDK)
        || References.of(node).stream().anyMatch(named -> named.startsWith(SDK));
  }

  /**
   * Returns the signatures of the methods of a lean class that stay although nothing is seen to
   * call them: constructors, what an enum is read by, and what the JDK may call, since one of its
   * types declares it.
   */
  Set<String> always(ClassNode node) {
    Set<String> ofTheJdk = new HashSet<>();
    world.above(node.name).stream()
        .filter(world::isOfTheJdk)
        .forEach(above -> ofTheJdk.addAll(world.declared(above)));
    Set<String> always = new HashSet<>();
    for (MethodNode method : node.methods) {
      boolean isOfAnEnum =
          (node.access & Opcodes.ACC_ENUM) != 0
              && Set.of("values", "valueOf").contains(method.name);
      if (method.name.startsWith("<")
          || isOfAnEnum
          || OF_SERIALIZATION.contains(method.name)
          || ofTheJdk.contains(Members.signature(method))) {
        always.add(Members.signature(method));
      }
    }
    return always;
  }
}
