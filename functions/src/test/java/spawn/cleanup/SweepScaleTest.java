package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenSweep.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;

/**
 * What a sweep costs in a large account, and that {@code docs/benchmarks.md} says so; the command
 * there runs it in 256 MiB, the simulated account included.
 */
@org.junit.jupiter.api.Tag("slow") // IAM has a Tag too
class SweepScaleTest {
  private static final int PAGE = 1000;
  private static final int REGIONS = 17;

  /** The calls that delete one role with a profile and one inline policy. */
  private static final int CALLS_OF_A_DELETION = 11;

  /** The calls that ask a region what can still start instances. */
  private static final int STARTERS = 4;

  private final SimulatedAws aws =
      SimulatedAws.create()
          .enabledRegions(
              IntStream.range(0, REGIONS).mapToObj(SweepScaleTest::region).toArray(String[]::new))
          .rolesQuota(10_000)
          .profilesQuota(10_000);
  private final Sweep sweep = GivenSweep.of(aws).from(region(0)).build();
  private int roles;

  private static String region(int i) {
    return "eu-west-" + (i + 1);
  }

  /** Makes a role of two hours in its profile; returns its number. */
  private int givenRole() {
    int number = roles++;
    String name = name(number);
    aws.givenRole(
        name,
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .age(Duration.ofHours(2))
                .tag("spawn:managed", "true")
                .tag(
                    "spawn:lease-until",
                    aws.clock().instant().minus(Duration.ofHours(3)).toString())
                .inlinePolicy("spawn", GivenRole.POLICY)
                .inProfile(name));
    GivenSweep.managing(aws, name);
    return number;
  }

  private static String name(int number) {
    return "spawn-instance-%08x".formatted(number);
  }

  private void givenRoleInUse(int instances) {
    int number = givenRole();
    String name = name(number);
    aws.personsEc2(region(number % REGIONS))
        .runInstances(
            run ->
                run.imageId("ami-1")
                    .minCount(instances)
                    .maxCount(instances)
                    .iamInstanceProfile(profile -> profile.name(name)));
  }

  private static int pages(int items) {
    return Math.max(1, (items + PAGE - 1) / PAGE);
  }

  private int calls(SweepRequest request) {
    aws.forgetCalls();
    run(sweep, request);
    return aws.calls().size();
  }

  private static void isShown(String row) throws IOException {
    assertThat(Files.readString(Path.of("docs", "benchmarks.md"))).contains(row);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 1000, 5000})
  void callsGrowWithPagesAndCandidatesAndNotWithRoles(int inUse) throws IOException {
    for (int i = 0; i < inUse; i++) {
      givenRoleInUse(1);
    }
    for (int candidates : new int[] {0, 10, 100}) {
      for (int i = 0; i < candidates; i++) {
        givenRole();
      }
      aws.settle();
      // Pages of roles and of profiles, the list of regions, and a page of each region.
      int listings = 2 * pages(inUse + candidates) + 1 + REGIONS;
      // Spot requests, Spot Fleets, EC2 Fleets, launch templates.
      listings += candidates == 0 ? 0 : STARTERS * REGIONS;
      int marking = calls(SweepRequest.ordinary());
      assertThat(marking).isEqualTo(listings + 2 * candidates);
      aws.advance(Duration.ofMinutes(20));
      int deleted = Math.min(candidates, SweepLimits.STANDARD.deletions());
      int deleting = calls(SweepRequest.ordinary());
      assertThat(deleting)
          .isEqualTo(
              listings
                  + (deleted == 0 ? 0 : (1 + STARTERS) * REGIONS)
                  + CALLS_OF_A_DELETION * deleted
                  + (candidates - deleted));
      isShown(
          String.format(
              Locale.ROOT, "| %,d | %d | %d | %d |", inUse, candidates, marking, deleting));
      run(sweep, SweepRequest.ordinary());
      assertThat(aws.roles()).hasSize(inUse);
    }
  }

  @Test
  void aThousandRolesAndAHundredThousandInstancesIn17RegionsFitInto256MiB() {
    int candidates = 100;
    for (int i = 0; i < 1000 - candidates; i++) {
      givenRoleInUse(112);
    }
    for (int i = 0; i < candidates; i++) {
      givenRole();
    }
    aws.settle();
    assertThat(aws.instances()).hasSizeGreaterThan(100_000);
    int pagesOfInstances =
        IntStream.range(0, REGIONS)
            .map(
                region ->
                    pages(
                        (int)
                            aws.instances().stream()
                                .filter(instance -> instance.region().equals(region(region)))
                                .count()))
            .sum();
    long begin = System.nanoTime();
    int calls = calls(SweepRequest.ordinary());
    long took = Duration.ofNanos(System.nanoTime() - begin).toMillis();

    assertThat(calls).isEqualTo(2 + 1 + pagesOfInstances + STARTERS * REGIONS + 2 * candidates);
    System.out.printf(
        Locale.ROOT,
        "1,000 roles, %,d instances, %d regions: %d calls, %.1f s, heap of at most %d MiB%n",
        aws.instances().size(),
        REGIONS,
        calls,
        took / 1000.0,
        Runtime.getRuntime().maxMemory() >> 20);
  }
}
