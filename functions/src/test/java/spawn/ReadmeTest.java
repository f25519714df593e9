package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import spawn.error.SpawnException;
import spawn.json.Json;

/** The README says what is so. */
class ReadmeTest {
  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  @Test
  void itsPayloadIsTheExampleThatItLaunches() throws IOException {
    Matcher payload = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(readme());
    assertThat(payload.find()).isTrue();

    assertThat(json(payload.group(1)))
        .isEqualTo(json(Files.readString(Path.of("events/launch.json"))));
  }

  /** The states that the diagram leaves out beside its questions, which its arrows answer. */
  private static final Map<String, String> STATES_LEFT_OUT =
      Map.of(
          "PauseForAssociation", "it only waits, and leads back to where it came from",
          "PauseForInstances", "it only waits, and leads back to where it came from",
          "PauseForCapacity", "it only waits, and leads back to where it came from",
          "WaitAgain", "it only waits before the next probe",
          "ResolveAgain", "it does the same once more, after a yes",
          "PlanAgain", "the same",
          "Failed", "every task may end there",
          "NeverVisible", "it is another such end, for a launch that was denied its profile");

  /** The ways between states that the diagram leaves out. */
  private static final Map<String, String> WAYS_LEFT_OUT =
      Map.of(
          "EnsureProfile --> Done", "a role without an instance",
          "EnsureProfile --> EnsureRole", "the role has gone, which something else must have done",
          "WaitForPropagation --> EnsureRole", "the same",
          "AssociateProfile --> EnsureRole", "its lease is nearly over, as with RunInstance",
          "AssociateProfile --> AssociateProfile", "the next step after a pause",
          "RunInstance --> RunInstance", "the next subnet",
          "WaitForInstances --> WaitForInstances", "the next look after a pause");

  @Test
  void itsStatesAreThoseOfTheWorkflow() throws IOException {
    Set<String> shown =
        arrows().stream()
            .flatMap(arrow -> Stream.of(arrow.split(" --> ")))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> states = new TreeSet<>();
    states().fieldNames().forEachRemaining(states::add);

    assertThat(states).containsAll(STATES_LEFT_OUT.keySet());
    states.removeIf(ReadmeTest::isLeftOut);
    assertThat(shown).isEqualTo(states);
  }

  @Test
  void itsArrowsAreTheWaysOfTheWorkflow() throws IOException {
    Set<String> ways = new TreeSet<>();
    states()
        .properties()
        .forEach(
            state -> {
              if (!isLeftOut(state.getKey())) {
                next(state.getValue(), new TreeSet<>())
                    .forEach(next -> ways.add(state.getKey() + " --> " + next));
              }
            });

    assertThat(ways).containsAll(WAYS_LEFT_OUT.keySet());
    ways.removeAll(WAYS_LEFT_OUT.keySet());
    assertThat(arrows()).isEqualTo(ways);
  }

  private static Set<String> arrows() throws IOException {
    String diagram = readme().substring(0, readme().indexOf("```console"));
    return Pattern.compile("\\w+ --> \\w+")
        .matcher(diagram)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static JsonNode states() {
    try {
      return json(Files.readString(Path.of("statemachine/launch.asl.json"))).path("States");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static boolean isLeftOut(String state) {
    return state.endsWith("?") || STATES_LEFT_OUT.containsKey(state);
  }

  /** Returns the states that can follow, by way of those that are left out. */
  private static Set<String> next(JsonNode state, Set<String> passed) {
    Set<String> next = new TreeSet<>();
    for (String field : List.of("Next", "Default")) {
      for (JsonNode name : state.findValues(field)) {
        if (!isLeftOut(name.asText())) {
          next.add(name.asText());
        } else if (passed.add(name.asText())) {
          next.addAll(next(states().path(name.asText()), passed));
        }
      }
    }
    return next;
  }

  @Test
  void itsErrorsAreThoseOfTheProject() throws IOException {
    try (Stream<Path> sources = Files.list(Path.of("functions/src/main/java/spawn/error"))) {
      assertThat(
              sources
                  .map(file -> file.getFileName().toString().replace(".java", ""))
                  .filter(ReadmeTest::isError))
          .isNotEmpty()
          .allSatisfy(error -> assertThat(readme()).contains("`" + error + "`"));
    }
  }

  private static boolean isError(String name) {
    try {
      Class<?> type = Class.forName("spawn.error." + name);
      return SpawnException.class.isAssignableFrom(type) && type != SpawnException.class;
    } catch (ClassNotFoundException packageInfo) {
      return false;
    }
  }

  @Test
  void everyParameterOfTheStackIsNamed() throws IOException {
    String template = Files.readString(Path.of("template.yaml"));
    String parameters =
        template.substring(template.indexOf("\nParameters:"), template.indexOf("\nConditions:"));

    assertThat(
            Arrays.stream(parameters.split("\n"))
                .filter(line -> line.matches("  \\w+:"))
                .map(line -> line.strip().replace(":", "")))
        .isNotEmpty()
        .allSatisfy(parameter -> assertThat(readme()).contains("`" + parameter + "`"));
  }

  private static JsonNode json(String text) throws IOException {
    return Json.read(text);
  }
}
