package spawn.roleset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import spawn.error.InvalidRequest;
import spawn.json.Json;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;

/** {@code docs/role-sets.md} says what is so. */
class RoleSetsGuideTest {
  private static final RoleSetReader READER = new RoleSetReader(RoleRequests.CONTEXT);

  private static String guide() throws IOException {
    return Files.readString(Path.of("docs", "role-sets.md"));
  }

  private static String chapter(String title) throws IOException {
    String guide = guide();
    int from = guide.indexOf("\n## " + title + "\n");
    return guide.substring(from, guide.indexOf("\n## ", from + 1));
  }

  @Test
  void itListsTheFieldsOfAPayloadAndNoOthers() throws IOException {
    InvalidRequest refused =
        catchThrowableOfType(
            InvalidRequest.class, () -> READER.read(json("{'unheardOf': 1}"), "guide"));
    Matcher known = Pattern.compile("Known fields: ([\\w, ]+)\\.").matcher(refused.getMessage());
    assertThat(known.find()).isTrue();

    assertThat(
            Pattern.compile("^\\| `(\\w+)` \\| ", Pattern.MULTILINE)
                .matcher(chapter("The payload"))
                .results()
                .map(row -> row.group(1)))
        .containsExactlyInAnyOrder(known.group(1).split(", "));
  }

  @Test
  void itListsTheOutputsOfThePreset() throws IOException {
    String result = chapter("The result");

    assertThat(example("role-set").outputs())
        .hasSize(10)
        .allSatisfy(output -> assertThat(result).contains("`" + output + "`"));
  }

  @Test
  void itsTableOfThePresetIsWhatThePresetAsksFor() throws IOException {
    String payload = chapter("The payload");

    assertThat(example("role-set").roles())
        .hasSize(4)
        .allSatisfy(
            role -> {
              RoleRequest wanted = role.role();
              String row = row(payload, wanted.names().get(0));
              assertThat(row)
                  .contains(
                      wanted.permissions().permissionsBoundary().contains("service-boundary")
                          ? "`ServiceBoundaryArn`"
                          : "`InstanceBoundaryArn`");
              if (!role.output().equals(Optional.of("batchJob"))) {
                assertThat(wanted.permissions().managedPolicyArns())
                    .allSatisfy(
                        arn ->
                            assertThat(row)
                                .contains("`" + arn.substring(arn.lastIndexOf('/') + 1) + "`"));
              }
            });
  }

  @Test
  void itsExamplesExistAndAreValid() throws IOException {
    List<String> examples =
        Pattern.compile("\\.\\./events/([\\w-]+)\\.json\\)")
            .matcher(guide())
            .results()
            .map(link -> link.group(1))
            .toList();

    Set<String> names =
        examples.stream().map(name -> example(name).name()).collect(Collectors.toSet());

    assertThat(examples).hasSize(4);
    assertThat(names).containsExactlyInAnyOrder("metaflow-prod", "nightly");
  }

  private static String row(String table, String name) {
    return table
        .lines()
        .filter(line -> line.startsWith("| `" + name + "` | "))
        .findFirst()
        .orElseThrow();
  }

  private static RoleSet example(String name) {
    try {
      JsonNode payload = Json.read(Files.readString(Path.of("events", name + ".json")));
      return READER.read(payload, "guide");
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }
}
