package spawn.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of what is wrong, and that what nobody gets to read is not made. */
class ProblemsTest {
  private final Problems problems = new Problems();

  @Test
  void ofManyProblemsOnlyTheMessagesOfTheFirstFiftyAreMade() {
    List<Integer> made = new ArrayList<>();

    IntStream.range(0, 40_000)
        .forEach(
            i ->
                problems.add(
                    "$[" + i + "]",
                    () -> {
                      made.add(i);
                      return "Wrong.";
                    }));

    assertThat(made).hasSize(50);
    assertThat(problems.list()).hasSize(50);
    assertThat(problems.count()).isEqualTo(40_000);
    assertThatThrownBy(problems::throwIfAny)
        .hasMessageStartingWith("The payload has 40000 problems:\n- $[0]: Wrong.\n")
        .hasMessageEndingWith("\n- $[49]: Wrong.\nand 39950 more.");
  }

  @Test
  void onlyTheFirstTenProblemsBringASuggestion() {
    List<Integer> made = new ArrayList<>();

    List<String> suggestions =
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    problems.suggestion(
                        () -> {
                          made.add(i);
                          return " Did you mean \"x\"?";
                        }))
            .toList();

    assertThat(made).hasSize(10);
    assertThat(suggestions.subList(0, 10)).containsOnly(" Did you mean \"x\"?");
    assertThat(suggestions.subList(10, 1_000)).containsOnly("");
  }

  @Test
  void theSameProblemIsToldOnce() {
    problems.add("$.a", "Wrong.");
    problems.add("$.a", "Wrong.");
    problems.add("$.a", "Wrong in another way.");

    assertThat(problems.list())
        .containsExactly(new Problem("$.a", "Wrong."), new Problem("$.a", "Wrong in another way."));
    assertThat(problems.count()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "$.iam.role, true",
    "$.iam, true",
    "$, true",
    "$.iam.roleTags, false",
    "$.iam.rol, false",
    "$.iam.role.name, false",
    "$.options, false"
  })
  void whatStandsAboveAWrongValueIsWrongAndWhatStandsBesideItIsNot(String path, boolean wrong) {
    problems.add("$.iam.role", "Wrong.");

    assertThat(problems.concern(path)).isEqualTo(wrong);
  }

  @Test
  void theProblemsOfAPartAreToldWhereTheyComeFromAndAllCounted() {
    Problems part = problems.ofPart();
    IntStream.range(0, 60).forEach(i -> part.add("$.statements[" + i + "]", "Wrong."));

    problems.addAll(part, path -> true, path -> path.replace("$.statements", "$.jobStatements"));

    assertThat(problems.list().get(7).path()).isEqualTo("$.jobStatements[7]");
    assertThat(problems.count()).isEqualTo(60);
  }

  @Test
  void theWorkOfAPartIsThatOfTheWholePayload() {
    problems.ofPart().work().add(Work.MAX_STEPS);

    assertThatThrownBy(() -> problems.ofPart().work().add(1)).isInstanceOf(Work.TooMuch.class);
  }
}
