package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.tree.ClassNode;

class ReachTest {
  private static final ByName NOTHING_BY_NAME = ByName.of(List.of());

  private static Reach reach(Compiled compiled, ByName byName) {
    return Reach.from(List.of("own/Handler"), compiled.whole(), byName);
  }

  private static Set<String> classes(Compiled compiled) {
    return reach(compiled, NOTHING_BY_NAME).classes().keySet();
  }

  private static List<String> methods(ClassNode node) {
    return node.methods.stream().map(method -> method.name).toList();
  }

  @Test
  void whatAClassNamesTravelsWholeAndTheRestStays() {
    Compiled compiled =
        Compiled.of(
            "package own; public class Handler { lib.Used used; }",
            "package own; public class Unused {}",
            "package lib; @Marked public class Used<T extends Bound> { void uncalled(Argument a) {} }",
            "package lib; import java.lang.annotation.*; @Retention(RetentionPolicy.RUNTIME) public @interface Marked {}",
            "package lib; public interface Bound {}",
            "package lib; public class Argument {}",
            "package lib; public class Unnamed {}");

    assertThat(classes(compiled))
        .containsExactly("lib/Argument", "lib/Bound", "lib/Marked", "lib/Used", "own/Handler");
    assertThat(reach(compiled, NOTHING_BY_NAME).classes())
        .containsEntry("lib/Argument", "lib/Used");
  }

  @Test
  void aNestedClassBringsTheOneThatItIsIn() {
    Compiled compiled =
        Compiled.of(
            "package own; public class Handler { lib.Outer.Inner inner; }",
            "package lib; public class Outer { public static class Inner {} public static class Other {} }");

    assertThat(classes(compiled))
        .contains("lib/Outer", "lib/Outer$Inner")
        .doesNotContain("lib/Outer$Other");
  }

  @Test
  void aServiceThatIsReachedBringsItsProviders() {
    Compiled compiled =
        Compiled.of(
                "package own; public class Handler { lib.Service used; }",
                "package lib; public interface Service {}",
                "package lib; public interface Unused {}",
                "package lib; public class Provider implements Service {}")
            .with("META-INF/services/lib.Service", "lib.Provider # the one\n")
            .with("META-INF/services/lib.Unused", "lib.Gone\n");

    assertThat(classes(compiled)).contains("lib/Provider").doesNotContain("lib/Unused");
    assertThat(SolidJar.contents(compiled.whole(), reach(compiled, NOTHING_BY_NAME)))
        .containsKey("META-INF/services/lib.Service")
        .doesNotContainKey("META-INF/services/lib.Unused");
  }

  @Test
  void whatIsListedAsLoadedByNameTravelsWithTheResourcesAndWhatTheseName() {
    Compiled compiled =
        Compiled.of(
                "package own; public class Handler { lib.Loader used; }",
                "package lib; public class Loader {}",
                "package lib; public class Loaded {}",
                "package lib; public class Listed {}")
            .with("lib/list.txt", "lib.Listed\n")
            .with("lib/other.txt", "");
    Reach reach =
        reach(compiled, ByName.of(List.of("lib.Loader | lib.Loaded, lib/l*.txt | It says so.")));

    assertThat(reach.classes()).containsKeys("lib/Loaded", "lib/Listed");
    assertThat(reach.resources()).containsOnlyKeys("lib/list.txt");
  }

  @Test
  void ofTheSdkOnlyMethodsTravelThatAreCalledOrThatTheJdkMayCall() {
    Compiled compiled =
        Compiled.of(
            """
            package own; import software.amazon.awssdk.x.*;
            public class Handler {
              Object run(Client client, Default made) { return client.asked(); }
            }
            """,
            """
            package software.amazon.awssdk.x;
            public interface Client extends AutoCloseable {
              default Answer asked() { throw new UnsupportedOperationException(); }
              default Unasked unasked(Unasked it) { throw new UnsupportedOperationException(); }
            }
            """,
            """
            package software.amazon.awssdk.x;
            public class Default implements Client {
              @Override public Answer asked() { return help(); }
              @Override public Unasked unasked(Unasked it) { return it; }
              private Answer help() { return new Answer(); }
              @Override public void close() {}
              @Override public String toString() { return "made"; }
            }
            """,
            "package software.amazon.awssdk.x; public class Answer {}",
            "package software.amazon.awssdk.x; public class Unasked {}");
    Reach reach = reach(compiled, NOTHING_BY_NAME);

    assertThat(methods(reach.travelling("software/amazon/awssdk/x/Client")))
        .containsExactly("asked");
    assertThat(methods(reach.travelling("software/amazon/awssdk/x/Default")))
        .containsExactlyInAnyOrder("<init>", "asked", "help", "close", "toString");
    assertThat(reach.classes())
        .containsKey("software/amazon/awssdk/x/Answer")
        .doesNotContainKey("software/amazon/awssdk/x/Unasked");
  }

  @Test
  void aMethodOfTheSdkThatALambdaStandsForTravels() {
    Compiled compiled =
        Compiled.of(
            """
            package own; import software.amazon.awssdk.x.*;
            public class Handler {
              void run(Maker maker, Taker taker) { taker.take(maker::make); }
            }
            """,
            "package software.amazon.awssdk.x; public interface Made { String get(); }",
            """
            package software.amazon.awssdk.x;
            public class Maker { public String make() { return ""; } public String other() { return ""; } }
            """,
            "package software.amazon.awssdk.x; public class Taker { public void take(Made made) {} }");

    assertThat(
            methods(reach(compiled, NOTHING_BY_NAME).travelling("software/amazon/awssdk/x/Maker")))
        .containsExactlyInAnyOrder("<init>", "make");
  }

  @Test
  void theTableOfServicesKeepsThoseWhoseNameSomeCodeHolds() {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            public class Handler {
              String name = "iam";
              software.amazon.awssdk.regions.GeneratedServiceMetadataProvider table;
            }
            """,
            """
            package software.amazon.awssdk.regions; import java.util.*;
            public class GeneratedServiceMetadataProvider {
              static final Builder TABLE = new Builder().put("ec2", new Ec2()).put("iam", new Iam());
            }
            """,
            """
            package software.amazon.awssdk.regions;
            public class Builder { Builder put(Object name, Object it) { return this; } }
            """,
            "package software.amazon.awssdk.regions; public class Ec2 {}",
            "package software.amazon.awssdk.regions; public class Iam {}");

    assertThat(classes(compiled))
        .contains("software/amazon/awssdk/regions/Iam")
        .doesNotContain("software/amazon/awssdk/regions/Ec2");
  }
}
