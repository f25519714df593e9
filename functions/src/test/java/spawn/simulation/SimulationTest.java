package spawn.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs many schedules. {@code -Dseed=N} replays one and prints its calls, {@code -Dschedules=N}
 * says how many; the seeds are 1 to N, so that every run is the same.
 */
@Tag("slow")
class SimulationTest {
  /** As many show each fault and each rare path. */
  private static final long ENOUGH = 3_000;

  private static final long SCHEDULES = Long.getLong("schedules", ENOUGH);
  private static final Optional<Long> SEED = Optional.ofNullable(Long.getLong("seed"));

  @Test
  void noScheduleOfLaunchesAndSweepsBreaksWhatMustHold() throws Exception {
    Simulation simulation = new Simulation(Mutation.NONE);
    long began = System.nanoTime();

    Statistics statistics = simulation.run(SEED.orElse(1L), SEED.orElse(SCHEDULES));

    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("%s%n  in %,d s%n", statistics, took.toSeconds());
    assertThat(simulation.failures())
        .as("replay with: mvn test -Dtest=SimulationTest -Dseed=N")
        .isEmpty();
    if (SEED.isEmpty() && SCHEDULES >= ENOUGH) {
      assertThat(statistics.rarePaths())
          .allSatisfy((path, count) -> assertThat(count).isPositive());
      assertThat(statistics.faults()).allSatisfy((fault, count) -> assertThat(count).isPositive());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aSeedReplaysExactly(long seed) throws Exception {
    Simulation simulation = new Simulation(Mutation.NONE);

    assertThat(simulation.trace(seed)).isNotEmpty().isEqualTo(simulation.trace(seed));
  }
}
