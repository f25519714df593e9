package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProofTest {
  private static List<String> problems(ClassPath whole, ClassPath artifact, String... byName) {
    return Proof.problems(whole, artifact, ByName.of(List.of(byName)), Absences.of(List.of()));
  }

  @Test
  void nothingIsWrongWithWhatReferencesOnlyWhatThereIs() {
    Compiled compiled =
        Compiled.of(
            "package lib; public class A extends java.util.ArrayList<String> { int n = size(); }");

    assertThat(problems(compiled.whole(), compiled.whole())).isEmpty();
  }

  @Test
  void aMissingClassIsToldWithTheOneThatNamesIt() {
    Compiled compiled =
        Compiled.of("package lib; public class A { B b; }", "package lib; public class B {}");

    assertThat(problems(compiled.whole(), compiled.only("lib/A")))
        .containsExactly("lib.A refers to the class lib.B, which does not travel.");
    assertThat(problems(compiled.only("lib/A"), compiled.only("lib/A")))
        .containsExactly("lib.A refers to the class lib.B, which no library has.");
  }

  @Test
  void anAbsenceThatIsListedIsNoProblemAndALineThatNothingNeedsIsOne() {
    Compiled compiled =
        Compiled.of("package lib; public class A { B b; }", "package lib; public class B {}");
    Absences absences =
        Absences.of(List.of("lib.B | lib.* | Never called.", "lib.C | lib.A | Never called."));

    assertThat(
            Proof.problems(
                compiled.whole(), compiled.only("lib/A"), ByName.of(List.of()), absences))
        .containsExactly("Nothing needs this line any more, in absent.txt: lib.C | lib.A");
  }

  @Test
  void aMissingMethodOrFieldIsToldWithTheMethodThatNeedsIt() {
    Compiled before =
        Compiled.of(
            "package lib; public class A { int run(B b) { return b.field + b.method(1); } }",
            "package lib; public class B { int field; int method(int n) { return n; } }");
    Compiled after = Compiled.of("package lib; public class B {}");
    ClassPath mixed =
        ClassPath.of(
            Map.of(
                "x.jar",
                Map.of(
                    "lib/A.class", before.whole().bytes("lib/A"),
                    "lib/B.class", after.whole().bytes("lib/B"))));

    assertThat(problems(mixed, mixed))
        .containsExactly(
            "lib.A.run refers to lib.B.field:I, which does not travel.",
            "lib.A.run refers to lib.B.method(I)I, which does not travel.");
  }

  @Test
  void aMethodThatIsLeftOutOfAnImplementationAndCalledOnItsInterfaceIsTold() {
    Compiled before =
        Compiled.of(
            "package lib; public class A { void run(software.amazon.awssdk.Client c) { c.ask(); } }",
            "package software.amazon.awssdk; public interface Client { default void ask() {} }",
            """
            package software.amazon.awssdk;
            public class Default implements Client { public void ask() {} public void other() {} }
            """);
    Compiled after =
        Compiled.of(
            "package software.amazon.awssdk; public interface Client { default void ask() {} }",
            "package software.amazon.awssdk; public class Default implements Client {}");
    ClassPath shrunk =
        ClassPath.of(
            Map.of(
                "x.jar",
                Map.of(
                    "lib/A.class", before.whole().bytes("lib/A"),
                    "software/amazon/awssdk/Client.class",
                        before.whole().bytes("software/amazon/awssdk/Client"),
                    "software/amazon/awssdk/Default.class",
                        after.whole().bytes("software/amazon/awssdk/Default"))));

    assertThat(problems(before.whole(), shrunk))
        .containsExactly(
            "software.amazon.awssdk.Default.ask()V does not travel, though it may be called.");
  }

  @Test
  void aMethodOfAnyOtherLibraryMayNotBeLeftOut() {
    Compiled before = Compiled.of("package lib; public class A { void uncalled() {} }");
    Compiled after = Compiled.of("package lib; public class A {}");

    assertThat(problems(before.whole(), after.whole()))
        .containsExactly("lib.A.uncalled()V does not travel, though it may be called.");
  }

  @Test
  void aServiceWithoutItsProvidersIsTold() {
    Compiled compiled =
        Compiled.of(
                "package lib; public interface Service {}",
                "package lib; public class Provider implements Service {}")
            .with("META-INF/services/lib.Service", "lib.Provider\n");

    assertThat(problems(compiled.whole(), compiled.only("lib/Service")))
        .containsExactly(
            "META-INF/services/lib.Service lists [], and the libraries [lib/Provider].");
  }

  @Test
  void loadingByNameHasToBeListed() {
    Compiled compiled =
        Compiled.of(
            """
            package lib;
            public class A {
              Object run(String name) throws Exception { return Class.forName(name); }
            }
            """,
            "package lib; public class Holds { String name() { return \"lib.Named\"; } }",
            "package lib; public class Named {}");
    ClassPath artifact = compiled.only("lib/A", "lib/Holds");

    assertThat(problems(compiled.whole(), artifact))
        .containsExactly(
            "lib.A calls java.lang.Class.forName: by-name.txt must say what it loads.",
            "lib.Holds holds the name of the class lib.Named, which does not travel: by-name.txt must say whether it is loaded.");
    assertThat(
            problems(
                compiled.whole(),
                artifact,
                "lib.A | nothing | Nobody calls it.",
                "lib.Holds | not lib.Named | A message."))
        .isEmpty();
  }

  @Test
  void aLineAboutALoadingThatThereIsNoneOfIsTold() {
    Compiled compiled =
        Compiled.of("package lib; public class A {}", "package lib; public class B {}");

    assertThat(
            problems(
                compiled.whole(),
                compiled.only("lib/A"),
                "lib.A | nothing | It loaded once.",
                "lib.B | nothing | It travelled once.",
                "lib.C | lib.D | It was there once."))
        .containsExactly(
            "lib.A loads nothing by name any more: its line in by-name.txt can go.",
            "lib.B does not travel any more: its line in by-name.txt can go.",
            "lib.C does not travel any more: its line in by-name.txt can go.",
            "lib.C loads lib.D, as by-name.txt says, which does not travel.");
  }

  @Test
  void aLineOfAListWithoutAReasonIsRefused() {
    assertThatThrownBy(() -> ByName.of(List.of("lib.A | nothing")))
        .hasMessageContaining("must have 3 columns")
        .hasMessageContaining("lib.A | nothing");
  }
}
