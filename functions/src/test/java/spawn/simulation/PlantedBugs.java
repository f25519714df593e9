package spawn.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation finds the bugs that it is there to find. It takes minutes, so it runs on demand:
 * {@code mvn test -Dtest=PlantedBugs} prints how many schedules each needed.
 *
 * <p>Two are not found, and fail here: {@code MARK_NOT_WAITED_FOR} and {@code
 * UNREADABLE_REGION_TAKEN_FOR_EMPTY}. Since a sweep looks twice and never runs beside another, ten
 * thousand schedules do not lead to the harm that they would do.
 */
class PlantedBugs {
  private static final long MOST_SCHEDULES = 10_000;

  @ParameterizedTest
  @EnumSource(
      value = Mutation.class,
      names = {"NONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyPlantedBugIsFoundWithinTenThousandSchedules(Mutation bug) throws Exception {
    Simulation simulation = new Simulation(bug);

    Tally tally = simulation.run(1, MOST_SCHEDULES);

    System.out.printf("%,6d schedules until %s: %s%n", tally.schedules(), bug, first(simulation));
    assertThat(simulation.failures()).as("%s was not found", bug).isNotEmpty();
  }

  private static String first(Simulation simulation) {
    return simulation.failures().stream()
        .findFirst()
        .flatMap(failure -> failure.lines().findFirst())
        .orElse("not found");
  }
}
