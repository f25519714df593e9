package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import spawn.error.SpawnException;
import spawn.lambda.Json;

/** The README says what is so. */
class ReadmeTest {
  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  @Test
  void everyFileThatItLinksToExists() throws IOException {
    assertThat(
            Pattern.compile("]\\(([^)h#][^)]*)\\)")
                .matcher(readme())
                .results()
                .map(link -> link.group(1)))
        .isNotEmpty()
        .allSatisfy(file -> assertThat(Path.of(file)).exists());
  }

  @Test
  void itsPayloadIsTheExampleThatItLaunches() throws IOException {
    Matcher payload = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(readme());
    assertThat(payload.find()).isTrue();

    assertThat(json(payload.group(1)))
        .isEqualTo(json(Files.readString(Path.of("events/launch.json"))));
  }

  @Test
  void itsStatesAreThoseOfTheWorkflow() throws IOException {
    String diagram = readme().substring(0, readme().indexOf("```console"));
    TreeSet<String> shown =
        Pattern.compile("(\\w+) --> (\\w+)")
            .matcher(diagram)
            .results()
            .flatMap(arrow -> Stream.of(arrow.group(1), arrow.group(2)))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(
            json(Files.readString(Path.of("statemachine/launch.asl.json")))
                .path("States")
                .fieldNames())
        .toIterable()
        .containsAll(shown);
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
    return Json.MAPPER.readTree(text);
  }
}
