package spawn.promises;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import spawn.promises.Promises.Promise;
import spawn.promises.Promises.Section;

/** No promise is missing, and each has a test that exists. */
class PromisesTest {
  private static final String REWRITE = "rewritePromises";
  private static final Path PAGE = Path.of("docs", "promises.md");
  private static final Promises PROMISES = Promises.read();

  private static final TestSources TESTS =
      TestSources.of(Path.of("functions/src/test/java"), Path.of("cli/src/test/java"));

  @BeforeAll
  static void rewrite() throws IOException {
    if (Boolean.getBoolean(REWRITE)) {
      Files.writeString(PAGE, PromisesPage.of(PROMISES));
    }
  }

  @Test
  void thePageIsMadeOfTheList() throws IOException {
    assertThat(Files.exists(PAGE) && Files.readString(PAGE).equals(PromisesPage.of(PROMISES)))
        .as(
            "%s is made of %s; rewrite it with: mvn test -Dtest=PromisesTest -Djacoco.skip=true -DargLine=-D%s=true",
            PAGE, Promises.FILE, REWRITE)
        .isTrue();
  }

  @Test
  void everyPromiseHasATestThatExists() {
    assertThat(PROMISES.all().filter(promise -> !promise.open()).flatMap(PromisesTest::problems))
        .isEmpty();
  }

  private static Stream<String> problems(Promise promise) {
    return promise.test().isEmpty()
        ? Stream.of(promise + ": names no test")
        : promise.test().stream()
            .flatMap(test -> TESTS.problem(test).stream())
            .map(problem -> promise + ": " + problem);
  }

  /** Every promise is counted, and those that are numbered in their documents are all here. */
  @Test
  void noPromiseIsMissing() {
    List<Promise> commands =
        Stream.of("spawn", "aws").flatMap(kind -> PROMISES.ofKind(kind).stream()).toList();
    List<Promise> checklist = PROMISES.ofKind("checklist");

    assertThat(PROMISES.ofKind("spawn")).hasSize(44).allMatch(line -> isCommand(line, "spawn"));
    assertThat(PROMISES.ofKind("aws")).hasSize(28).allMatch(line -> isCommand(line, "aws"));
    assertThat(checklist).hasSize(15);
    assertThat(PROMISES.all().filter(Promise::open)).isEmpty();
    System.out.printf(
        "promises: %d, open: %d; commands %d of %d; checklist %d of %d%n",
        PROMISES.all().count(),
        PROMISES.all().filter(Promise::open).count(),
        proved(commands),
        commands.size(),
        proved(checklist),
        checklist.size());
  }

  private static boolean isCommand(Promise line, String command) {
    return line.words().lines().anyMatch(part -> part.strip().startsWith(command + " "));
  }

  private static long proved(List<Promise> promises) {
    return promises.stream().filter(promise -> !promise.open()).count();
  }

  @Test
  void everyPromiseSaysWhoseItIsAndWhatDoesItHere() {
    assertThat(PROMISES.all())
        .allSatisfy(
            promise -> {
              assertThat(PROMISES.documents()).as(promise.id()).containsKey(promise.from());
              assertThat(promise.words()).as(promise.id()).isNotBlank();
              assertThat(promise.here()).as(promise.id()).isNotBlank();
            });
    assertThat(PROMISES.all().map(Promise::from).collect(Collectors.toSet()))
        .isEqualTo(PROMISES.documents().keySet());
  }

  @Test
  void anIdIsOfOnePromiseAndSaysItsKind() {
    assertThat(PROMISES.all().map(Promise::id)).doesNotHaveDuplicates();
    assertThat(PROMISES.sections().stream().map(Section::kind)).doesNotHaveDuplicates();
    assertThat(PROMISES.sections())
        .allSatisfy(
            section ->
                assertThat(section.promises())
                    .allMatch(promise -> promise.id().matches(section.kind() + "-\\d\\d")));
  }

  @Test
  void aCommandLineIsRunAsItIsWrittenOrSaysWhyNot() {
    assertThat(PROMISES.all())
        .allSatisfy(
            line -> assertThat(line.run() == null).as(line.id()).isEqualTo(line.differs() == null));
  }

  @Test
  void whatACommandLineNamesExists() {
    Set<String> ids = PROMISES.all().map(Promise::id).collect(Collectors.toSet());

    assertThat(PROMISES.all())
        .allSatisfy(
            line -> {
              assertThat(ids).as(line.id()).containsAll(named(line));
              assertThat(line.files() == null ? Set.<String>of() : line.files().values())
                  .as(line.id())
                  .allMatch(
                      file -> file.contains("\n") || PROMISES.documentFiles().containsKey(file));
            });
  }

  private static List<String> named(Promise line) {
    JsonNode shows = line.shows();
    Stream<String> others =
        shows == null
            ? Stream.of()
            : Stream.of("same", "another").filter(shows::has).map(key -> shows.get(key).asText());
    return Stream.concat(line.after() == null ? Stream.of() : line.after().stream(), others)
        .toList();
  }

  @Test
  void aTestThatDoesNotExistIsFound(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("SomeTest.java"),
        """
        class SomeTest {
          @Test
          void itHolds() {}

          void isNoTest() {}

          @ArchTest
          static final ArchRule aRule =
              noClasses();
        }
        """);
    Files.writeString(
        folder.resolve("LinesIT.java"),
        """
        class LinesIT {
          @ParameterizedTest
          @MethodSource("lines")
          void aLineRuns(Line line) {}
        }
        """);
    TestSources tests = TestSources.of(folder, folder.resolve("gone"));

    assertThat(
            Stream.of("SomeTest#itHolds", "SomeTest#aRule", "LinesIT#aLineRuns", "LinesIT")
                .flatMap(test -> tests.problem(test).stream()))
        .isEmpty();
    assertThat(
            Stream.of("SomeTest#isNoTest", "SomeTest#itHold", "SomeTest", "GoneTest", "GoneTest#a")
                .flatMap(test -> tests.problem(test).stream()))
        .containsExactly(
            "SomeTest has no test isNoTest",
            "SomeTest has no test itHold",
            "name a method of SomeTest, which has no parameterised test",
            "there is no class GoneTest",
            "there is no class GoneTest");
  }
}
