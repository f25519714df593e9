package spawn.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.inventory.SideBySide;
import spawn.role.Tags;
import spawn.workflow.Stack;

/**
 * How long sweeps take in a large account where each call takes 100 ms, and that {@code
 * docs/benchmarks.md} says so: the real function, its time limits and its messages, on simulated
 * time, with what it does side by side side by side.
 */
@Tag("slow")
class SweepLatencyTest {
  private static final Duration CALL = Duration.ofMillis(100);
  private static final Duration VISIBILITY = Duration.ofMinutes(20);
  private static final int ROLES = 5_000;
  private static final int UNUSED = 2_000;

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
          });
  private final SimulatedAws aws =
      SimulatedAws.create()
          .enabledRegions("us-east-1", "eu-west-1", "ap-south-1")
          .rolesQuota(ROLES + 10)
          .profilesQuota(ROLES + 10);
  private final Scheduler scheduler = new Scheduler(aws, new SplittableRandom(1), threads);
  private final Map<Region, Ec2Client> large = new HashMap<>();
  private final TokenBucket iamRate = new TokenBucket();
  private long repeated;

  /** IAM's rate, which launches and sweeps of an account share. */
  private final class TokenBucket {
    private double perSecond = Double.POSITIVE_INFINITY;
    private double tokens;
    private Instant filled = Instant.EPOCH;

    boolean take() {
      if (Double.isInfinite(perSecond)) {
        return true;
      }
      Instant now = aws.clock().instant();
      double seconds = Duration.between(filled, now).toMillis() / 1000.0;
      tokens = Math.min(perSecond, tokens + seconds * perSecond);
      filled = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  private final class Parts implements Stack.Parts {
    @Override
    public IamClient iam(String function) {
      return aws.iam(owner().path());
    }

    @Override
    public Ec2Client ec2(String function, Region region) {
      return large.containsKey(region) ? large.get(region) : aws.ec2(region);
    }

    @Override
    public Clock clock(String function) {
      return aws.clock();
    }

    @Override
    public SideBySide sideBySide() {
      return (tasks, limit) -> {
        Instant end = aws.clock().instant().plus(limit);
        BooleanSupplier isAwaited = () -> aws.clock().instant().isBefore(end);
        scheduler.sideBySide(
            tasks.stream().map(task -> Stack.onBehalf(() -> task.run(isAwaited))).toList());
      };
    }

    @Override
    public LongSupplier repeated() {
      return () -> repeated;
    }
  }

  private Stack stack;

  @BeforeEach
  void deploy() {
    stack =
        Stack.deployed(
            new Workflows().free(), aws, new Parts(), scheduler::sleep, new SplittableRandom(0));
  }

  @AfterEach
  void endTheThreads() {
    threads.shutdownNow();
  }

  /** A call takes its time; IAM's waits, as the SDK does, until the account's rate allows it. */
  private final Faults latency =
      new Faults() {
        @Override
        public void before(Call call) {
          scheduler.sleep(CALL);
          for (int attempt = 1; call.service().equals("iam") && !iamRate.take(); attempt++) {
            repeated++;
            scheduler.sleep(Duration.ofMillis(Math.min(4_000, 250L << attempt)));
          }
        }
      };

  private static String name(int i) {
    return "spawn-instance-%08x".formatted(i);
  }

  private void givenRoles(int all, int unused) {
    for (int i = 0; i < all; i++) {
      String name = name(i);
      aws.givenRole(
          name,
          role ->
              role.path("/spawn/spawn/us-east-1/")
                  .age(Duration.ofDays(2))
                  .tag(Tags.MANAGED, "true")
                  .tag(
                      Tags.LEASE_UNTIL,
                      aws.clock().instant().minus(Duration.ofHours(30)).toString())
                  .inlinePolicy("spawn", GivenRole.POLICY)
                  .inProfile(name));
      aws.personsIam()
          .tagInstanceProfile(
              tag -> tag.instanceProfileName(name).tags(Answers.tag(Tags.MANAGED, "true")));
      if (i >= unused && large.isEmpty()) {
        aws.givenInstance(name);
      }
    }
    aws.settle();
    aws.forgetCalls();
  }

  /**
   * Lets the queue deliver the schedule's message until it is not given back; returns what each run
   * took.
   */
  private List<Duration> deliver(Duration within) {
    ObjectNode batch = Stack.message("nightly");
    Instant sent = aws.clock().instant();
    ((ObjectNode) batch.at("/Records/0/attributes"))
        .put("SentTimestamp", Long.toString(sent.toEpochMilli()));
    List<Duration> runs = new ArrayList<>();
    scheduler.add(
        "queue",
        Duration.ZERO,
        () -> {
          boolean isGivenBack = true;
          while (isGivenBack && aws.clock().instant().isBefore(sent.plus(within))) {
            Instant begin = aws.clock().instant();
            Optional<JsonNode> answer = stack.sweep(batch);
            runs.add(Duration.between(begin, aws.clock().instant()));
            isGivenBack =
                answer.map(given -> !given.path("batchItemFailures").isEmpty()).orElse(true);
            scheduler.sleep(VISIBILITY);
          }
        });
    end();
    return runs;
  }

  private void end() {
    aws.faults(stack.limited(latency));
    scheduler.run().ifPresent(failed -> Violation.unless(false, failed::toString));
  }

  private static void isShown(String row) throws IOException {
    System.out.println(row);
    assertThat(Files.readString(Path.of("docs", "benchmarks.md"))).contains(row);
  }

  private long left() {
    return (long) aws.roles().size() - (ROLES - UNUSED);
  }

  @Test
  void twoThousandUnusedRolesOfFiveThousandAreGoneADayAfterTheScheduleHasComeRound()
      throws IOException {
    iamRate.perSecond = 20;
    givenRoles(ROLES, UNUSED);
    Instant begin = aws.clock().instant();

    List<Duration> runs = deliver(Duration.ofHours(24));

    assertThat(left()).isZero();
    Duration last = Duration.between(begin, aws.clock().instant()).minus(VISIBILITY);
    assertThat(last).isLessThan(Duration.ofHours(24));
    Duration longest = runs.stream().max(Duration::compareTo).orElseThrow();
    assertThat(longest).isLessThan(Duration.ofMinutes(3));
    isShown(
        String.format(
            Locale.ROOT,
            "| 5,000 roles, 2,000 of them unused | 20 a second | %d | %.1f h | %d s | %,d |",
            runs.size(),
            last.toMinutes() / 60.0,
            longest.toSeconds(),
            aws.calls().size() / runs.size()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRegionOfThreeMillionInstancesIsAskedAround(boolean byProfile) throws IOException {
    large.put(Region.EU_WEST_1, null);
    givenRoles(ROLES, UNUSED);
    LargeRegion region =
        new LargeRegion(
            aws.profiles().stream()
                .filter(profile -> profile.name().compareTo(name(UNUSED)) >= 0)
                .toList(),
            1_000,
            byProfile,
            () -> scheduler.sleep(CALL));
    large.put(Region.EU_WEST_1, region);
    assertThat(region.instances()).isEqualTo(3_000_000);
    List<JsonNode> reports = new ArrayList<>();
    Instant begin = aws.clock().instant();
    List<Duration> took = new ArrayList<>();
    scheduler.add(
        "nightly",
        Duration.ZERO,
        () -> {
          reports.add(stack.sweep(Stack.event("nightly")).orElseThrow());
          took.add(Duration.between(begin, aws.clock().instant()));
          scheduler.sleep(VISIBILITY);
          reports.add(stack.sweep(Stack.event("nightly")).orElseThrow());
        });
    end();

    assertThat(took.get(0)).isLessThan(Duration.ofMinutes(3));
    assertThat(reports)
        .allSatisfy(report -> assertThat(report.path("unreadableRegions")).isEmpty());
    assertThat(reports.get(0).at("/counts/marked").asInt()).isGreaterThanOrEqualTo(150);
    assertThat(reports.get(1).at("/counts/deleted").asInt()).isEqualTo(50);
    assertThat(aws.roles()).extracting(role -> role.name()).contains(name(UNUSED), name(ROLES - 1));
    isShown(
        String.format(
            Locale.ROOT,
            "| 3,000,000 instances of 3,000 roles in one region, listed %s | %d s | %,d | %,d | %,d |",
            byProfile ? "role by role" : "mixed",
            took.get(0).toSeconds(),
            region.calls() / 2,
            reports.get(0).at("/counts/marked").asInt(),
            reports.get(1).at("/counts/deleted").asInt()));
  }
}
