package spawn.roleset;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.role.RoleRequests;

/** What the files of presets must hold, and what becomes of them. */
class PresetTest {
  private static final Path FILES = Path.of("functions/src/main/resources/spawn/roleset/presets");

  static Stream<Preset> presets() {
    return Preset.ALL.stream();
  }

  @Test
  void everyFileIsAPresetOfItsName() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              presets().map(preset -> preset.name() + ".json").toList());
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void theNamesOfItsRolesDifferAndFitBehindTheLongestPrefix(Preset preset) {
    assertThat(preset.roles())
        .extracting(Preset.Role::nameEnding)
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .allMatch(ending -> ending.matches("-[\\w+=.@-]+"))
        .allMatch(ending -> ending.length() <= RoleSetFields.MAX_NAME_ENDING);
    assertThat(preset.roles()).extracting(Preset.Role::output).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyFieldIsForARoleThatThereIs(Preset preset) {
    List<String> roles = preset.roles().stream().map(Preset.Role::output).toList();
    List<String> flags = preset.roles().stream().map(Preset.Role::onlyIf).toList();

    assertThat(preset.fields())
        .allSatisfy(
            field -> {
              if (field.becomes() == null) {
                assertThat(flags).contains(field.name());
              } else {
                assertThat(roles).contains(field.of());
              }
            });
    assertThat(preset.fields())
        .extracting(Preset.Input::name)
        .containsAll(flags.stream().filter(flag -> flag != null).toList());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void itsRolesAreValidAsTheyStand(Preset preset) {
    RoleSet set =
        new RoleSetReader(RoleRequests.CONTEXT)
            .read(
                json("{'namePrefix': 'a', 'preset': '%s'}".formatted(preset.name())), "execution");

    assertThat(set.roles())
        .hasSize((int) preset.roles().stream().filter(role -> role.onlyIf() == null).count());
    assertThat(set.outputs()).isEqualTo(preset.outputs());
  }

  @Test
  void aFieldOfAnotherPresetIsNotItsOwn() {
    PayloadObject payload =
        PayloadObject.of(
            json("{'jobResources': [], 'jobStatements': null, 'plan': true}"),
            RoleSetFields.ALL,
            new Problems());

    assertThat(new Preset("other", List.of(), List.of(), Set.of()).notItsOwn(payload))
        .containsExactly("jobResources");
    assertThat(Preset.named("metaflow-batch").orElseThrow().notItsOwn(payload)).isEmpty();
  }

  @Test
  void aPathWithinARoleIsTracedToTheMemberThatItComesFrom() {
    Preset.Asked job =
        Preset.named("metaflow-batch")
            .orElseThrow()
            .asked(
                "a",
                PayloadObject.of(
                    json("{'jobResources': ['s3://a'], 'jobStatements': [{}]}"),
                    RoleSetFields.ALL,
                    new Problems()))
            .get(0);

    assertThat(job.origin("$.statements[0].Action")).isEqualTo("$.jobStatements[0].Action");
    assertThat(job.origin("$.resources[0]")).isEqualTo("$.jobResources[0]");
    assertThat(job.origin("$.resources")).isEqualTo("$.jobResources");
    assertThat(job.origin("$.resourcesOfOthers")).isEqualTo("$.preset");
    assertThat(job.origin("$.managedPolicies[0]")).isEqualTo("$.preset");
    assertThat(job.origin("$")).isEqualTo("$.preset");
  }
}
