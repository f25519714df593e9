package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;

/** What a sweep does where there is more than one run gets through. */
class SweepOfManyTest {
  private static final SweepRequest ORDINARY = SweepRequest.ordinary();

  private final SimulatedAws aws =
      SimulatedAws.create()
          .enabledRegions("us-east-1", "eu-west-1")
          .instanceQuota(1_000)
          .shortPages(5);

  private Sweep sweep(int deletions, int pages) {
    return GivenSweep.of(aws).limits(new SweepLimits(deletions, pages)).build();
  }

  private static String name(int i) {
    return "spawn-instance-%08x".formatted(i);
  }

  private void givenUnused(int from, int to, Consumer<GivenRole> traits) {
    for (int i = from; i < to; i++) {
      String name = name(i);
      GivenSweep.givenUnused(aws, name, traits);
    }
    aws.settle();
    aws.forgetCalls();
  }

  private void givenUsed(int from, int to, int instances) {
    givenUnused(from, to, role -> {});
    for (int round = 0; round < instances; round++) {
      for (int i = from; i < to; i++) {
        aws.givenInstance("eu-west-1", name(i));
      }
    }
    aws.settle();
    aws.forgetCalls();
  }

  private String ago(Duration age) {
    return aws.clock().instant().minus(age).toString();
  }

  private static List<RoleReport> with(SweepReport report, KeepReason code) {
    return report.roles().stream().filter(role -> role.code() == code).toList();
  }

  private static List<String> with(SweepReport report, Verdict verdict) {
    return report.roles().stream()
        .filter(role -> role.verdict() == verdict)
        .map(RoleReport::role)
        .toList();
  }

  // Enough

  @Test
  void aRunReadsNoMoreThanTheNextOnesNeed() {
    givenUnused(0, 200, role -> {});

    SweepReport report = run(sweep(5, 100), ORDINARY);

    assertThat(with(report, Verdict.MARKED)).hasSizeBetween(15, 15 + 24);
    assertThat(aws.calls("GetRole")).hasSameSizeAs(with(report, Verdict.MARKED));
    assertThat(with(report, KeepReason.POSTPONED))
        .extracting(RoleReport::detail)
        .containsOnly("not read, since this run has found enough for the next ones too");
    assertThat(report.isBehind()).isTrue();
    assertThat(report.isPending()).isTrue();
  }

  @Test
  void whatARunHasMarkedTheNextOneReadsFirstAndDeletes() {
    givenUnused(0, 200, role -> {});
    Sweep sweep = sweep(5, 100);
    List<String> marked = with(run(sweep, ORDINARY), Verdict.MARKED);
    aws.advance(Duration.ofMinutes(20));

    for (int run = 0; run < 3; run++) {
      List<String> deleted = with(run(sweep, ORDINARY), Verdict.DELETED);

      assertThat(marked).containsAll(deleted);
      assertThat(deleted).hasSize(5);
    }
  }

  @Test
  void thoseMarkedLongestAgoGoFirst() {
    givenUnused(0, 6, role -> role.tag("spawn:deleting", ago(Duration.ofMinutes(30))));
    givenUnused(6, 9, role -> role.tag("spawn:deleting", ago(Duration.ofHours(2))));

    assertThat(with(run(sweep(3, 100), ORDINARY), Verdict.DELETED))
        .containsExactly(name(6), name(7), name(8));
  }

  @Test
  void rolesThatAreReadAndStayDoNotCountAsEnough() {
    givenUnused(0, 100, role -> role.tag("spawn:keep", "true"));
    givenUnused(100, 101, role -> {});

    assertThat(with(run(sweep(1, 100), ORDINARY), Verdict.MARKED)).containsExactly(name(100));
  }

  @Test
  void anotherWeekHasAnotherOrder() {
    givenUnused(0, 200, role -> {});
    List<String> thisWeek = with(run(sweep(5, 100), ORDINARY), Verdict.MARKED);
    aws.advance(Duration.ofDays(7));

    assertThat(with(run(sweep(5, 100), ORDINARY), Verdict.MARKED))
        .isNotEmpty()
        .isNotEqualTo(thisWeek);
  }

  /** Otherwise the brake would see only as many as the run has read. */
  @Test
  void asLongAsMostRolesCouldGoAllAreRead() {
    givenUnused(
        0,
        60,
        role -> role.age(Duration.ofDays(2)).tag("spawn:deleting", ago(Duration.ofMinutes(30))));

    SweepReport report = run(sweep(2, 100), ORDINARY);

    assertThat(report.alarm()).startsWith("60 of 60 roles");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void whoeverAsksIsToldOfEachRole() {
    givenUnused(0, 60, role -> {});

    assertThat(with(run(sweep(2, 100), ORDINARY.asDryRun()), Verdict.MARKED)).hasSize(60);
    assertThat(
            with(
                run(sweep(2, 100), aRequest().everything().mayDeleteMost().build()),
                Verdict.MARKED))
        .hasSize(60);
  }

  // Side by side

  @Test
  void rolesThatAreDeletedSideBySideAreEachDeletedOnce() {
    givenUnused(0, 50, role -> role.tag("spawn:deleting", ago(Duration.ofMinutes(30))));
    ExecutorService threads = Executors.newFixedThreadPool(Crew.WIDEST);

    SweepReport report = run(GivenSweep.of(aws).asking(threads).build(), ORDINARY);
    threads.shutdown();

    assertThat(with(report, Verdict.DELETED)).hasSize(50);
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();
    assertThat(aws.calls("DeleteRole"))
        .extracting(call -> ((DeleteRoleRequest) call.request()).roleName())
        .doesNotHaveDuplicates()
        .hasSize(50);
  }

  // Large regions

  @Test
  void aRegionThatIsTooLargeToBeListedIsAskedForTheProfilesThatMatter() {
    givenUsed(0, 30, 3);
    givenUnused(30, 60, role -> {});

    SweepReport report = run(sweep(50, 1), ORDINARY);

    assertThat(report.unreadableRegions()).isEmpty();
    assertThat(with(report, KeepReason.IN_USE)).hasSize(30);
    assertThat(with(report, Verdict.MARKED)).hasSize(30);
    assertThat(aws.calls("DescribeIamInstanceProfileAssociations"))
        .as("a page of each region, and what is being made or ended in the large one")
        .hasSize(3);
  }

  @Test
  void howManyInstancesCarryAProfileMakesNoDifference() {
    givenUsed(0, 10, 1);
    givenUnused(10, 12, role -> {});
    run(sweep(50, 1), ORDINARY);
    int calls = aws.calls("DescribeInstances").size();
    for (int round = 0; round < 40; round++) {
      for (int i = 0; i < 10; i++) {
        aws.givenInstance("eu-west-1", name(i));
      }
    }
    aws.settle();
    aws.forgetCalls();

    run(sweep(50, 1), ORDINARY);

    assertThat(aws.calls("DescribeInstances").size()).isBetween(1, calls + 10);
  }

  /** DescribeInstances does not show it any more. */
  @Test
  void aProfileThatIsBeingReplacedInALargeRegionIsUsed() {
    givenUsed(0, 10, 1);
    givenUnused(10, 11, role -> {});
    String instance = aws.givenInstance("eu-west-1", name(10));
    aws.advance(Duration.ofMinutes(1));
    aws
        .personsEc2("eu-west-1")
        .describeIamInstanceProfileAssociationsPaginator(list -> list.maxResults(1000))
        .iamInstanceProfileAssociations()
        .stream()
        .filter(association -> association.instanceId().equals(instance))
        .forEach(
            association ->
                aws.personsEc2("eu-west-1")
                    .replaceIamInstanceProfileAssociation(
                        replace ->
                            replace
                                .associationId(association.associationId())
                                .iamInstanceProfile(profile -> profile.name(name(0)))));

    assertThat(with(run(sweep(50, 1), ORDINARY), KeepReason.IN_USE))
        .extracting(RoleReport::role)
        .contains(name(10));
  }

  @Test
  void aLargeRegionThatRefusesTheNarrowQuestionIsNotRead() {
    givenUsed(0, 10, 1);
    givenUnused(10, 12, role -> {});
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("DescribeInstances")) {
              throw AwsErrors.unavailable();
            }
          }
        });

    SweepReport report = run(sweep(50, 1), ORDINARY);

    assertThat(report.unreadableRegions()).containsOnlyKeys("eu-west-1");
    assertThat(with(report, KeepReason.REGION_NOT_READ))
        .extracting(RoleReport::role)
        .contains(name(10), name(11));
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aLargeRegionThatHasAnsweredForSomeProfilesOnlyKeepsTheOthersForTheNextRun() {
    givenUsed(0, 10, 1);
    givenUnused(10, 250, role -> {});
    SweepReport report = run(stoppingAfterTheFirstBatch(), ORDINARY);

    assertThat(report.unreadableRegions()).isEmpty();
    assertThat(with(report, KeepReason.POSTPONED))
        .extracting(RoleReport::detail)
        .contains(
            "this run had no time to ask eu-west-1 for its profile, where there are too many instances to list");
    assertThat(aws.roles())
        .filteredOn(role -> role.tag("spawn:deleting").isPresent())
        .extracting(SimulatedRole::name)
        .doesNotContainAnyElementsOf(
            with(report, KeepReason.POSTPONED).stream().map(RoleReport::role).toList());
  }

  @Test
  void ofASetNothingGoesUntilALargeRegionHasAnsweredForAllOfIt() {
    givenUnused(0, 250, role -> role.tag("spawn:set", "spawn-instance"));
    aws.givenInstance("eu-west-1", name(0));
    aws.givenInstance("eu-west-1", name(1));
    for (int i = 0; i < 10; i++) {
      aws.givenInstance("eu-west-1", name(2));
    }
    aws.settle();
    aws.forgetCalls();
    SweepReport report =
        run(stoppingAfterTheFirstBatch(), aRequest().roleSet("spawn-instance").build());

    assertThat(report.unreadableRegions()).containsOnlyKeys("eu-west-1");
    assertThat(aws.writes()).isEmpty();
  }

  private Sweep stoppingAfterTheFirstBatch() {
    return GivenSweep.of(aws)
        .limits(new SweepLimits(50, 1))
        .working(
            (tasks, limit) ->
                tasks.forEach(
                    task -> task.run(() -> tasks.size() > 1 || !hasBegunTheSecondBatch())))
        .build();
  }

  /** The first one holds 200 profiles. */
  private boolean hasBegunTheSecondBatch() {
    return aws.calls("DescribeInstances").stream()
        .map(call -> (DescribeInstancesRequest) call.request())
        .anyMatch(asked -> asked.filters().get(0).values().size() < 100);
  }
}
