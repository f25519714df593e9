package spawn.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation finds the bugs that it is there to find, each within as many schedules as a build
 * runs. It prints how many each needed; {@code -Dfrom=1} counts from the first schedule for all of
 * them.
 */
@Tag("slow")
class PlantedBugsTest {
  private static final long MOST_SCHEDULES = 3_000;

  /**
   * The seed at which the search begins, for bugs that only few schedules show. A schedule of this
   * seed has shown the bug, and none of a lower one had. This saves time and assumes nothing: the
   * bug must be found in what runs here, and after a change that makes other schedules of the same
   * seeds, the search goes on until it is.
   */
  private static final Map<Mutation, Long> FIRST_FOUND =
      Map.ofEntries(
          Map.entry(Mutation.LEASE_OF_ANOTHER_COUNTED, 142L),
          Map.entry(Mutation.CLAIM_NOT_WAITED_FOR, 442L),
          Map.entry(Mutation.LEASE_NOT_LOOKED_AT_BY_THE_LAUNCH, 31L),
          Map.entry(Mutation.MARKED_ROLE_REUSED, 177L),
          Map.entry(Mutation.LOST_ANSWER_TAKEN_FOR_NO_CAPACITY, 770L),
          Map.entry(Mutation.PROFILE_PROVEN_IN_ONE_SUBNET_ONLY, 37L),
          Map.entry(Mutation.REFUSED_LAUNCH_REPEATED_AT_ONCE, 416L),
          Map.entry(Mutation.OLD_PROFILE_NOT_PUT_BACK, 972L),
          Map.entry(Mutation.ONE_END_ENDS_THE_LAUNCH, 18L),
          Map.entry(Mutation.LEASE_NOT_LOOKED_AT_BY_THE_SWEEP, 35L),
          Map.entry(Mutation.MARK_NOT_CHECKED_AGAIN, 37L),
          Map.entry(Mutation.MARK_NOT_WAITED_FOR, 1_341L),
          Map.entry(Mutation.SWEPT_BY_NAME, 139L),
          Map.entry(Mutation.ONE_REGION_SKIPPED, 18L),
          Map.entry(Mutation.FIRST_PAGE_ONLY, 105L),
          Map.entry(Mutation.STARTERS_NOT_LOOKED_AT, 392L),
          Map.entry(Mutation.UNREADABLE_REGION_TAKEN_FOR_EMPTY, 106L),
          Map.entry(Mutation.LARGE_REGION_TAKEN_FOR_READ, 189L),
          Map.entry(Mutation.FIRST_PAGE_OF_A_LARGE_REGION_ONLY, 494L),
          Map.entry(Mutation.EMPTY_PROFILE_OF_ANOTHER_FILLED, 33L),
          Map.entry(Mutation.POLICY_NOT_DETACHED, 17L),
          Map.entry(Mutation.CONTENT_NOT_LOOKED_AT, 17L),
          Map.entry(Mutation.UNFINISHED_ROLE_OF_A_SET_USED, 162L),
          Map.entry(Mutation.SET_REMOVED_DESPITE_LEASES, 73L),
          Map.entry(Mutation.SET_REMOVED_DESPITE_USE, 889L),
          Map.entry(Mutation.SET_REMOVED_WITHOUT_WAITING, 73L),
          Map.entry(Mutation.PATH_NOT_LOOKED_AT, 95L),
          Map.entry(Mutation.DEFAULT_ROLE_SHARED, 49L),
          Map.entry(Mutation.ROLE_OF_ANOTHER_STACK_SWEPT, 16L),
          Map.entry(Mutation.DENIAL_TAKEN_OFF_BY_A_SET, 354L),
          Map.entry(Mutation.WHAT_WAS_ADDED_IS_LEFT, 22L),
          Map.entry(Mutation.INLINE_POLICIES_NOT_LOOKED_AT, 22L),
          Map.entry(Mutation.APPROVAL_NOT_LOOKED_UP, 18L),
          Map.entry(Mutation.PLAN_NOT_COMPARED, 18L));

  @ParameterizedTest
  @EnumSource(
      value = Mutation.class,
      names = {"NONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyPlantedBugIsFoundWithinThreeThousandSchedules(Mutation bug) throws Exception {
    Simulation simulation = new Simulation(bug);

    long from = Long.getLong("from", FIRST_FOUND.getOrDefault(bug, 1L));

    Statistics statistics = simulation.run(from, from + MOST_SCHEDULES - 1);

    System.out.printf(
        "%,6d schedules from %,d until %s: %s%n",
        statistics.schedules(), from, bug, first(simulation));
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
