package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.error.InvalidRequest;
import spawn.launch.LaunchPlan;
import spawn.launch.PayloadReader;
import spawn.profile.InstanceProfiles;
import spawn.profile.ProfileRequest;
import spawn.role.LeaseTerms;
import spawn.role.RoleContent;
import spawn.role.RoleRequests;
import spawn.role.Roles;

/** What the sweep does when something goes wrong, runs out, or looks wrong. */
class SweepCareTest {
  private static final String ROLE = "spawn-instance-0123abcd";
  private static final SweepRequest EVERYTHING = SweepRequest.ordinary();

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
  private final List<ObjectNode> records = new ArrayList<>();
  private final Sweep sweep = sweep(aws, SweepLimits.STANDARD);

  private Sweep sweep(SimulatedAws account, SweepLimits limits) {
    return GivenSweep.of(account).limits(limits).log(records::add).build();
  }

  private static String name(int i) {
    return "spawn-instance-%08x".formatted(i);
  }

  /** Makes an unused role of two hours, in a profile of its own, as a launch leaves it. */
  private static void givenUnused(SimulatedAws aws, String name, Consumer<GivenRole> traits) {
    GivenSweep.givenUnused(
        aws, name, role -> traits.accept(role.inlinePolicy("spawn", GivenRole.POLICY)));
    aws.settle();
  }

  private static void givenRipe(SimulatedAws aws, String name) {
    givenUnused(aws, name, role -> role.tag("spawn:deleting", ago(aws, Duration.ofHours(1))));
  }

  private static void givenOrphan(SimulatedAws aws, String name) {
    aws.givenProfile(name, "/spawn/spawn/us-east-1/");
    GivenSweep.managing(aws, name);
    aws.settle();
  }

  private static String ago(SimulatedAws aws, Duration age) {
    return aws.clock().instant().minus(age).toString();
  }

  private RoleReport report(SweepReport report, String role) {
    return report.roles().stream()
        .filter(found -> found.role().equals(role))
        .findFirst()
        .orElseThrow();
  }

  // Crashes

  private static SimulatedAws accountWithOneOfEach() {
    SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
    givenOrphan(aws, "left-over");
    aws.advance(Duration.ofHours(2));
    givenUnused(aws, name(1), role -> {});
    givenRipe(aws, name(2));
    givenUnused(
        aws,
        name(3),
        role ->
            role.tag("spawn:deleting", ago(aws, Duration.ofHours(1)))
                .inlinePolicy("second", GivenRole.POLICY)
                .attachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    givenUnused(
        aws,
        name(4),
        role ->
            role.tag("spawn:deleting", ago(aws, Duration.ofHours(1)))
                .tag("spawn:lease-until", ago(aws, Duration.ofHours(-5))));
    givenUnused(aws, name(5), role -> {});
    aws.givenInstance("eu-west-1", name(5));
    givenUnused(aws, "reports", role -> {});
    aws.forgetCalls();
    return aws;
  }

  private void assertFinished(SimulatedAws aws, String stop) {
    aws.faults(Faults.NONE);
    Sweep next = sweep(aws, SweepLimits.STANDARD);
    for (int run = 0; run < 2; run++) {
      run(next, EVERYTHING);
      aws.advance(Duration.ofMinutes(20));
    }
    aws.advance(Duration.ofHours(1));
    SweepReport last = run(next, EVERYTHING);

    assertThat(aws.roles())
        .as(stop)
        .extracting(SimulatedRole::name)
        .containsExactlyInAnyOrder(name(4), name(5), "reports");
    assertThat(aws.profiles())
        .as(stop)
        .extracting(SimulatedProfile::name)
        .containsExactlyInAnyOrder(name(4), name(5), "reports");
    assertThat(aws.role(name(4)).orElseThrow().tag("spawn:deleting")).as(stop).isEmpty();
    assertThat(last.roles()).as(stop).extracting(RoleReport::verdict).containsOnly(Verdict.KEPT);
  }

  @Test
  void aSweepThatStopsAfterAnyOfItsCallsIsFinishedByTheNextOnes() {
    SimulatedAws whole = accountWithOneOfEach();
    run(sweep(whole, SweepLimits.STANDARD), EVERYTHING);
    int calls = whole.calls().size();
    assertThat(calls).isGreaterThan(30);

    for (int call = 1; call <= calls; call++) {
      for (Faults crash : List.of(Faults.crashBefore(call), Faults.crashAfter(call))) {
        SimulatedAws stopped = accountWithOneOfEach();
        stopped.faults(crash);
        Sweep run = sweep(stopped, SweepLimits.STANDARD);
        assertThatExceptionOfType(Error.class).isThrownBy(() -> run(run, EVERYTHING));
        assertFinished(stopped, "stopped at call " + call);
      }
    }
  }

  @Test
  void aCallThatFailsAnywhereIsReportedOrMadeGoodByTheNextSweep() {
    SimulatedAws whole = accountWithOneOfEach();
    run(sweep(whole, SweepLimits.STANDARD), EVERYTHING);
    for (int number = 1; number <= whole.calls().size(); number++) {
      long failing = number;
      SimulatedAws lost = accountWithOneOfEach();
      lost.faults(
          new Faults() {
            @Override
            public void after(Call call) {
              if (call.number() == failing) {
                throw AwsErrors.callTimeout();
              }
            }
          });
      try {
        run(sweep(lost, SweepLimits.STANDARD), EVERYTHING);
      } catch (SdkException listing) {
        assertThat(lost.writes()).isEmpty();
      }
      assertFinished(lost, "answer lost to call " + number);
    }
  }

  // What changes under the sweep's hands

  @Test
  void aPolicyThatIsAttachedDuringTheDeletionIsReadAndTakenOffToo() {
    givenRipe(aws, ROLE);
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("DeleteRole") && records.size() == 1) {
              aws.personsIam()
                  .attachRolePolicy(
                      attach ->
                          attach
                              .roleName(ROLE)
                              .policyArn("arn:aws:iam::aws:policy/ReadOnlyAccess"));
            }
          }
        });

    assertThat(report(run(sweep, EVERYTHING), ROLE).verdict()).isEqualTo(Verdict.DELETED);
    assertThat(aws.roles()).isEmpty();
    assertThat(records)
        .last()
        .satisfies(
            record ->
                assertThat(record.at("/payload/iam/managedPolicies/0").asText())
                    .isEqualTo("arn:aws:iam::aws:policy/ReadOnlyAccess"));
  }

  @Test
  void aRoleThatIsPutIntoSomeoneElsesProfileDuringTheDeletionIsKept() {
    givenRipe(aws, ROLE);
    aws.givenProfile("theirs", "/");
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("DeleteRole") && records.size() == 1) {
              aws.personsIam()
                  .addRoleToInstanceProfile(
                      add -> add.roleName(ROLE).instanceProfileName("theirs"));
            }
          }
        });

    RoleReport kept = report(run(sweep, EVERYTHING), ROLE);

    assertThat(kept.code()).isEqualTo(KeepReason.FOREIGN_PROFILE);
    assertThat(kept.detail()).contains("instance-profile/theirs");
    assertThat(aws.roles()).hasSize(1);
  }

  /** IAM denies what bears no mark, and its read may be from when the name was free. */
  @Test
  void aRoleThatWasMadeAgainAndIsNotShownYetKeepsItsProfile() {
    givenRipe(aws, ROLE);
    aws.faults(
        new Faults() {
          private boolean replaced;

          @Override
          public void before(Call call) {
            if (call.operation().equals("UntagRole")) {
              if (!replaced) {
                aws.deleteRole(ROLE);
                aws.givenRole(ROLE, role -> role.path("/spawn/spawn/us-east-1/").inProfile(ROLE));
              }
              throw AwsErrors.accessDenied("iam:UntagRole");
            }
          }

          @Override
          public void after(Call call) {
            if (call.operation().equals("GetRole")
                && !replaced
                && aws.role(ROLE).get().tags().isEmpty()) {
              replaced = true;
              throw AwsErrors.noSuchEntity("The role cannot be found.");
            }
          }
        });

    assertThat(report(run(sweep, EVERYTHING), ROLE).verdict()).isEqualTo(Verdict.FAILED);
    assertThat(aws.profile(ROLE).orElseThrow().roleName()).contains(ROLE);
  }

  @Test
  void anInstanceThatAppearsBetweenTheTwoLooksSavesTheRole() {
    givenRipe(aws, ROLE);
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("DescribeInstances") && aws.instances().isEmpty()) {
              aws.givenInstance("eu-west-1", ROLE);
            }
          }
        });

    assertThat(report(run(sweep, EVERYTHING), ROLE).verdict()).isEqualTo(Verdict.UNMARKED);
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isEmpty();
  }

  // Profiles without a role

  @Test
  void anEmptyProfileOfSpawnsGoesAndAnothersStays() {
    givenOrphan(aws, "left-over");
    aws.givenProfile("not-tagged", "/spawn/spawn/us-east-1/");
    aws.givenProfile("elsewhere", "/");
    aws.advance(Duration.ofHours(2));
    givenOrphan(aws, "in-the-making");

    SweepReport dryRun = run(sweep, EVERYTHING.asDryRun());
    assertThat(aws.writes()).isEmpty();
    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report.profiles())
        .isEqualTo(dryRun.profiles())
        .extracting(ProfileReport::profile, ProfileReport::verdict)
        .containsExactly(
            tuple("in-the-making", Verdict.KEPT),
            tuple("left-over", Verdict.DELETED),
            tuple("not-tagged", Verdict.KEPT));
    assertThat(aws.profile("left-over")).isEmpty();
    assertThat(aws.profiles()).hasSize(3);
  }

  @Test
  void anEmptyProfileThatIsFilledMeanwhileStays() {
    givenOrphan(aws, "left-over");
    aws.advance(Duration.ofHours(2));
    aws.givenRole("worker");
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("DeleteInstanceProfile")) {
              aws.personsIam()
                  .addRoleToInstanceProfile(
                      add -> add.roleName("worker").instanceProfileName("left-over"));
            }
          }
        });

    assertThat(run(sweep, EVERYTHING).profiles())
        .singleElement()
        .satisfies(profile -> assertThat(profile.detail()).startsWith("a role was put into it"));
  }

  @Test
  void oneProfilesFailureDoesNotStopTheOthers() {
    givenOrphan(aws, "left-over-1");
    givenOrphan(aws, "left-over-2");
    aws.advance(Duration.ofHours(2));
    aws.faults(Faults.beforeFirst("DeleteInstanceProfile", AwsErrors::unavailable));

    assertThat(run(sweep, EVERYTHING).profiles())
        .extracting(ProfileReport::verdict)
        .containsExactly(Verdict.FAILED, Verdict.DELETED);
  }

  // The record of what was deleted

  @Test
  void theRecordOfADeletedRoleMakesTheSameRoleAgain() {
    assertThatItComesBack(
        "{'iam': {'policies': ['s3:ReadOnly', 'sqs:ReadWrite'], 'resources': ['s3://data', 'sqs://work'],"
            + "'managedPolicies': ['arn:aws:iam::aws:policy/ReadOnlyAccess'], 'maxSessionDuration': 7200,"
            + "'roleTags': {'team': 'genomics'}, 'creator': 'ada'}, 'instance': {'ImageId': 'ami-1'}}");
  }

  @Test
  void theRecordOfADeletedNamedRoleMakesItUnderItsNameAndInItsProfile() {
    assertThatItComesBack(
        "{'iam': {'role': 'reports', 'instanceProfile': 'reporting', 'policies': ['logs:WriteOnly']},"
            + "'instance': {'ImageId': 'ami-1'}}");
  }

  private void assertThatItComesBack(String payload) {
    LaunchPlan plan = plan(RoleRequests.json(payload));
    String name = make(plan);
    SimulatedRole before = aws.role(name).orElseThrow();
    JsonNode policies = inlinePolicies(name);
    List<String> profiles = aws.profiles().stream().map(SimulatedProfile::name).toList();
    SweepRequest request = aRequest().roleNames(name).build();
    aws.advance(Duration.ofHours(2));
    run(sweep, request);
    aws.advance(Duration.ofMinutes(20));
    run(sweep, request);
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();

    ObjectNode again = (ObjectNode) records.get(0).path("payload");
    again.putObject("instance").put("ImageId", "ami-1");
    assertThat(make(plan(again))).isEqualTo(name);

    SimulatedRole after = aws.role(name).orElseThrow();
    assertThat(after.role().assumeRolePolicyDocument())
        .isEqualTo(before.role().assumeRolePolicyDocument());
    assertThat(after.role().permissionsBoundary()).isEqualTo(before.role().permissionsBoundary());
    assertThat(after.role().maxSessionDuration()).isEqualTo(before.role().maxSessionDuration());
    assertThat(after.attachedPolicies()).isEqualTo(before.attachedPolicies());
    assertThat(inlinePolicies(name)).isEqualTo(policies);
    for (String tag : List.of("spawn:policies", "spawn:creator", "spawn:managed", "team")) {
      assertThat(after.tag(tag)).isEqualTo(before.tag(tag));
    }
    assertThat(aws.profiles()).extracting(SimulatedProfile::name).isEqualTo(profiles);
  }

  private static LaunchPlan plan(JsonNode payload) {
    return new PayloadReader(RoleRequests.CONTEXT).read(payload, "execution");
  }

  private String make(LaunchPlan plan) {
    String name =
        new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
            .ensure(plan.role().orElseThrow())
            .role()
            .name();
    new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock())
        .ensure(
            new ProfileRequest(
                plan.profileName().orElse(name),
                name,
                aws.role(name).orElseThrow().id(),
                true,
                aws.clock().instant(),
                "tester",
                null));
    aws.settle();
    return name;
  }

  private JsonNode inlinePolicies(String role) {
    return new ObjectMapper().valueToTree(new RoleContent(aws.iam()).inlinePolicies(role));
  }

  // Regions

  @Test
  void aRegionThatDoesNotAnswerInTimeKeepsEveryRole() {
    givenRipe(aws, ROLE);
    CountDownLatch released = new CountDownLatch(1);
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.region().equals("eu-west-1")) {
              try {
                released.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            }
          }
        });
    ExecutorService threads = Executors.newCachedThreadPool();
    SweepReport report =
        GivenSweep.of(aws).asking(threads).build().sweep(EVERYTHING, Duration.ofSeconds(32));
    released.countDown();
    threads.shutdown();

    assertThat(report.unreadableRegions())
        .containsEntry("eu-west-1", "it did not answer within 1 s");
    assertThat(report(report, ROLE).code()).isEqualTo(KeepReason.REGION_NOT_READ);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRegionThatFailsAtTheLastLookKeepsWhatWasDue() {
    givenRipe(aws, ROLE);
    aws.faults(Faults.beforeFirst("DescribeInstances", AwsErrors::unavailable));

    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report(report, ROLE).code()).isEqualTo(KeepReason.REGION_NOT_READ);
    assertThat(report.unreadableRegions()).hasSize(1);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aCallThatLooksAtSomeRegionsOnlyChangesNothing() {
    givenRipe(aws, ROLE);
    givenOrphan(aws, "left-over");
    aws.advance(Duration.ofHours(2));

    SweepReport report = run(sweep, aRequest().regions("us-east-1").mayDeleteMost().build());

    assertThat(report.unreadableRegions()).containsEntry("eu-west-1", "the call leaves it out");
    assertThat(report(report, ROLE).code()).isEqualTo(KeepReason.REGION_NOT_READ);
    assertThat(aws.writes()).isEmpty();
    assertThat(aws.calls()).noneMatch(call -> call.region().equals("eu-west-1"));
  }

  @Test
  void aRegionThatIsNotEnabledIsRefused() {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> run(sweep, aRequest().regions("ap-east-1").dryRun().build()))
        .withMessageContaining("$.regions")
        .withMessageContaining("ap-east-1");
  }

  // Limits

  @Test
  void aRunDeletesNoMoreThanItsLimitAndTheNextOneTheRest() {
    for (int i = 0; i < 5; i++) {
      givenRipe(aws, name(i));
    }
    Sweep limited = sweep(aws, new SweepLimits(3, 100));

    SweepReport first = run(limited, EVERYTHING);
    assertThat(first.roles()).filteredOn(r -> r.verdict() == Verdict.DELETED).hasSize(3);
    assertThat(first.roles()).filteredOn(r -> r.code() == KeepReason.POSTPONED).hasSize(2);
    assertThat(first.isPending()).isTrue();
    run(limited, EVERYTHING);

    assertThat(aws.roles()).isEmpty();
  }

  private void givenEstablished(int used, int ripe) {
    for (int i = 0; i < used + ripe; i++) {
      boolean isRipe = i >= used;
      givenUnused(
          aws,
          name(i),
          role -> {
            role.age(Duration.ofDays(2));
            if (isRipe) {
              role.tag("spawn:deleting", ago(aws, Duration.ofHours(1)));
            }
          });
      if (!isRipe) {
        aws.givenInstance(name(i));
      }
    }
    aws.forgetCalls();
  }

  @Test
  void aRunThatWouldDeleteMostRolesDeletesNoneAndRaisesAnAlarm() {
    givenEstablished(5, 6);

    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report.alarm()).startsWith("6 of 11 roles older than a day would go at once");
    assertThat(report.roles()).filteredOn(r -> r.code() == KeepReason.MOST_WOULD_GO).hasSize(6);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aDirectCallMayLetMostRolesGo() {
    givenEstablished(0, 8);

    SweepReport report = run(sweep, aRequest().mayDeleteMost().build());

    assertThat(report.alarm()).isNull();
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aHandfulOfRolesGoesEvenIfItIsMostOfThem() {
    givenEstablished(0, 5);

    assertThat(run(sweep, EVERYTHING).alarm()).isNull();
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void halfOfTheRolesMayGo() {
    givenEstablished(6, 6);

    assertThat(run(sweep, EVERYTHING).alarm()).isNull();
    assertThat(aws.roles()).hasSize(6);
  }

  // Time and throttling

  @Test
  void runsThatHaveTimeForSomeRolesOnlyGetThroughAllOfThem() {
    int all = 30;
    for (int i = 0; i < all; i++) {
      givenUnused(aws, name(i), role -> {});
    }
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            aws.advance(Duration.ofSeconds(1));
          }
        });
    SweepReport first = sweep.sweep(EVERYTHING, Duration.ofSeconds(80));
    assertThat(first.stopped()).startsWith("before role spawn-instance-");
    assertThat(first.roles()).hasSize(all);
    assertThat(first.roles()).filteredOn(r -> r.verdict() == Verdict.MARKED).isNotEmpty();
    assertThat(first.roles()).filteredOn(r -> r.code() == KeepReason.POSTPONED).isNotEmpty();

    int runs = 1;
    while (!aws.roles().isEmpty()) {
      assertThat(++runs).isLessThan(100);
      aws.advance(Duration.ofMinutes(20));
      Instant begin = aws.clock().instant();
      sweep.sweep(EVERYTHING, Duration.ofSeconds(80));
      assertThat(Duration.between(begin, aws.clock().instant())).isLessThan(Duration.ofSeconds(80));
    }
  }

  @Test
  void throttlingEndsTheRunInGoodOrder() {
    for (int i = 0; i < 3; i++) {
      givenUnused(aws, name(i), role -> {});
    }
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("TagRole")) {
              throw AwsErrors.throttling();
            }
          }
        });

    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report.stopped()).startsWith("at role spawn-instance-").contains("slow down");
    assertThat(report.roles()).extracting(RoleReport::code).containsOnly(KeepReason.POSTPONED);
    assertThat(aws.calls("TagRole")).hasSize(1);
    assertThat(report.isPending()).isTrue();
  }

  @Test
  void throttlingOfAListingFailsNoRunEither() {
    aws.faults(Faults.beforeFirst("ListRoles", AwsErrors::throttling));

    assertThat(run(sweep, EVERYTHING).stopped()).startsWith("while it listed roles");
  }

  // Direct calls

  @Test
  void aCallThatNamesRolesTouchesNoOther() {
    givenRipe(aws, ROLE);
    givenUnused(aws, "reports", role -> {});
    givenOrphan(aws, "left-over");

    SweepReport report = run(sweep, aRequest().roleNames("reports", "misspelt").build());

    assertThat(report(report, ROLE).code()).isEqualTo(KeepReason.NOT_ASKED_FOR);
    assertThat(report(report, "reports").verdict()).isEqualTo(Verdict.MARKED);
    assertThat(report(report, "misspelt").detail()).contains("no such role");
    assertThat(aws.operations()).filteredOn("TagRole"::equals).hasSize(1);
  }
}
