package spawn.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation finds the bugs that it is there to find, each within ten thousand schedules. It
 * prints how many each needed.
 */
@Tag("slow")
class PlantedBugsTest {
  private static final long MOST_SCHEDULES = 10_000;

  @ParameterizedTest
  @EnumSource(
      value = Mutation.class,
      names = {"NONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyPlantedBugIsFoundWithinTenThousandSchedules(Mutation bug) throws Exception {
    Simulation simulation = new Simulation(bug);

    Statistics statistics = simulation.run(1, MOST_SCHEDULES);

    System.out.printf(
        "%,6d schedules until %s: %s%n", statistics.schedules(), bug, first(simulation));
    assertThat(simulation.failures()).as("%s was not found", bug).isNotEmpty();
  }

  @Test
  void theGuideListsEachOfThem() throws IOException {
    String guide = Files.readString(Path.of("docs/simulation.md"));

    assertThat(
            Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE)
                .matcher(guide)
                .results()
                .map(row -> row.group(1)))
        .containsExactlyElementsOf(
            Arrays.stream(Mutation.values())
                .filter(bug -> bug != Mutation.NONE)
                .map(Mutation::name)
                .toList());
  }

  private static String first(Simulation simulation) {
    return simulation.failures().stream()
        .findFirst()
        .flatMap(failure -> failure.lines().findFirst())
        .orElse("not found");
  }
}
