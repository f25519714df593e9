package spawn.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.aws.AwsErrors;
import spawn.aws.SimulatedAws;

@Timeout(60)
class RegionsTest {
  private static final InstanceProfile PROFILE =
      InstanceProfile.builder()
          .instanceProfileName("a")
          .instanceProfileId("AIPAA")
          .arn("arn:aws:iam::123456789012:instance-profile/a")
          .build();

  private static final List<Region> THREE =
      List.of(Region.US_EAST_1, Region.EU_WEST_1, Region.AP_SOUTH_1);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final SimulatedAws aws =
      SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1", "ap-south-1");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<Region, Ec2Client> asked = new ConcurrentHashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void endTheThreads() {
    over.countDown();
    threads.shutdownNow();
  }

  private Regions regions(ExecutorService executor) {
    return new Regions(
        aws.ec2("us-east-1"), region -> asked.computeIfAbsent(region, aws::ec2), executor);
  }

  private static String name(Ec2Client ec2) {
    return ec2.describeRegions().regions().isEmpty() ? "none" : "some";
  }

  /** Answers late: only once the test is over. */
  private String late() {
    try {
      over.await();
      return "late";
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
  }

  @Test
  void allRegionsAreAskedSideBySideAndAnswerInTheirOrder() {
    CyclicBarrier all = new CyclicBarrier(THREE.size());

    Regions.Answers<String> answers =
        regions(threads)
            .ask(
                THREE,
                LONG,
                (ec2, isAwaited) -> {
                  await(all);
                  return name(ec2);
                });

    assertThat(answers.answered().keySet()).containsExactlyElementsOf(THREE);
    assertThat(answers.answered()).containsEntry(Region.EU_WEST_1, "some");
    assertThat(answers.unreadable()).isEmpty();
  }

  private static void await(CyclicBarrier all) {
    try {
      all.await(20, TimeUnit.SECONDS);
    } catch (Exception notSideBySide) {
      throw new IllegalStateException(notSideBySide);
    }
  }

  @Test
  void aRegionThatRefusesIsUnreadableAndTheOthersAnswer() {
    aws.breakRegion("eu-west-1");

    Regions.Answers<String> answers =
        regions(threads).ask(THREE, LONG, (ec2, isAwaited) -> name(ec2));

    assertThat(answers.answered()).containsOnlyKeys(Region.US_EAST_1, Region.AP_SOUTH_1);
    assertThat(answers.unreadable()).containsOnlyKeys("eu-west-1");
    assertThat(answers.unreadable().get("eu-west-1")).isNotBlank();
  }

  @Test
  void aRegionThatIsLateIsUnreadableAndHoldsUpNoOther() throws InterruptedException {
    CountDownLatch others = new CountDownLatch(2);

    Regions.Answers<String> answers =
        regions(threads)
            .ask(
                THREE,
                SHORT,
                (ec2, isAwaited) -> {
                  if (ec2 == asked.get(Region.EU_WEST_1)) {
                    return late();
                  }
                  others.countDown();
                  return name(ec2);
                });

    assertThat(answers.unreadable()).containsEntry("eu-west-1", "it did not answer within 1 s");
    assertThat(answers.answered()).doesNotContainKey(Region.EU_WEST_1);
    assertThat(others.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aQuestionWhoseTimeIsOverBeforeItsTurnIsNotAsked() throws InterruptedException {
    ExecutorService one = Executors.newSingleThreadExecutor();

    Regions.Answers<String> answers = regions(one).ask(THREE, SHORT, (ec2, isAwaited) -> late());
    over.countDown();
    one.shutdown();

    assertThat(answers.unreadable()).hasSize(3);
    assertThat(one.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(asked).doesNotContainKeys(Region.EU_WEST_1, Region.AP_SOUTH_1);
  }

  @Test
  void whatIsNeitherARefusalNorLateIsThrown() {
    assertThatThrownBy(
            () ->
                regions(threads)
                    .ask(
                        THREE,
                        LONG,
                        (ec2, isAwaited) -> {
                          throw new IllegalStateException("a bug");
                        }))
        .hasRootCauseMessage("a bug");
    assertThatThrownBy(
            () ->
                regions(threads)
                    .ask(
                        THREE,
                        LONG,
                        (ec2, isAwaited) -> {
                          throw new StackOverflowError();
                        }))
        .isInstanceOf(StackOverflowError.class);
  }

  @Test
  void withoutTimeNoRegionIsAskedAndNoneCountsAsRead() {
    Regions.Answers<String> answers =
        regions(threads).ask(THREE, Duration.ofMillis(999), (ec2, isAwaited) -> late());

    assertThat(answers.unreadable())
        .hasSize(3)
        .containsEntry("us-east-1", "there was no time left to ask it");
    assertThat(asked).isEmpty();
  }

  @Test
  void anAnswerIsAwaitedUntilItsTimeIsOver() {
    CountDownLatch seen = new CountDownLatch(1);

    regions(threads)
        .ask(
            List.of(Region.US_EAST_1),
            SHORT,
            (ec2, isAwaited) -> {
              while (isAwaited.getAsBoolean()) {
                Thread.onSpinWait();
              }
              seen.countDown();
              throw AwsErrors.throttling();
            });

    assertThat(seen).satisfies(latch -> assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue());
  }

  /** EC2 of a region whose instances have ended, or were started without a profile. */
  private static final class NoUse implements Ec2Client {
    @Override
    public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
      Instance ended =
          Instance.builder()
              .instanceId("i-1")
              .state(state -> state.name(InstanceStateName.TERMINATED))
              .iamInstanceProfile(profile -> profile.id("AIPAA"))
              .build();
      Instance without =
          Instance.builder()
              .instanceId("i-2")
              .state(state -> state.name(InstanceStateName.RUNNING))
              .build();
      return DescribeInstancesResponse.builder()
          .reservations(Reservation.builder().instances(ended, without).build())
          .build();
    }

    @Override
    public String serviceName() {
      return "ec2";
    }

    @Override
    public void close() {}
  }

  @Test
  void anEndedInstanceAndOneWithoutAProfileAreNoUse() {
    Ec2Client ec2 = new NoUse();
    UsageScan scan = new UsageScan(ec2, region -> ec2, threads);

    Usage usage = scan.instancesOf(List.of(Region.US_EAST_1), List.of(PROFILE), LONG);

    assertThat(usage.unreadableRegions()).isEmpty();
    assertThat(usage.instances("AIPAA")).isEmpty();
  }

  @Test
  void nobodyIsAskedWhoCarriesNoProfile() {
    UsageScan scan = new UsageScan(ENDLESS, region -> ENDLESS, threads);

    assertThat(scan.instancesOf(THREE, List.of(), LONG)).isSameAs(Usage.NOT_ASKED);
  }

  /** EC2 of an account that has no last page. */
  private static final Ec2Client ENDLESS =
      new Ec2Client() {
        @Override
        public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
          Instance instance =
              Instance.builder()
                  .instanceId("i-1")
                  .state(state -> state.name(InstanceStateName.RUNNING))
                  .iamInstanceProfile(profile -> profile.id("AIPA1"))
                  .build();
          return DescribeInstancesResponse.builder()
              .reservations(Reservation.builder().instances(instance).build())
              .nextToken("more")
              .build();
        }

        @Override
        public DescribeIamInstanceProfileAssociationsResponse
            describeIamInstanceProfileAssociations(
                DescribeIamInstanceProfileAssociationsRequest request) {
          return DescribeIamInstanceProfileAssociationsResponse.builder()
              .iamInstanceProfileAssociations(
                  IamInstanceProfileAssociation.builder()
                      .instanceId("i-1")
                      .state(IamInstanceProfileAssociationState.ASSOCIATED)
                      .iamInstanceProfile(profile -> profile.id("AIPA1"))
                      .build())
              .nextToken("more")
              .build();
        }

        @Override
        public String serviceName() {
          return "ec2";
        }

        @Override
        public void close() {}
      };

  @Test
  void aListingThatIsNoLongerAwaitedStopsAndFreesItsThread() throws InterruptedException {
    UsageScan scan = new UsageScan(ENDLESS, region -> ENDLESS, threads);

    assertThat(scan.everywhere(THREE, SHORT).unreadableRegions()).hasSize(3);
    assertThat(scan.ofProfiles(THREE, List.of(PROFILE), SHORT).unreadableRegions()).hasSize(3);

    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }
}
