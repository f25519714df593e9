package spawn.launch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import spawn.error.Ec2Answers;
import spawn.error.LaunchFailed;

/**
 * Asks EC2 whether the instances of a launch run. EC2 answers a launch while they are still {@code
 * pending}, and may end each of them before it runs (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html">an
 * instance that terminates immediately</a>). Asking changes nothing, and this class does not wait:
 * the state machine asks again.
 */
public final class StartProbe {
  /** EC2's limit for the values of all filters of a call. */
  private static final int IDS_A_CALL = 200;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final Ec2Client ec2;
  private final Clock clock;
  private final Duration timeout;

  /**
   * Creates a probe.
   *
   * @param ec2 EC2 in the region of the launch
   * @param timeout how long, from the first question on, an instance is waited for
   */
  public StartProbe(Ec2Client ec2, Clock clock, Duration timeout) {
    this.ec2 = ec2;
    this.clock = clock;
    this.timeout = timeout;
  }

  /**
   * Asks about those that are not known to run or to have ended: what has run once counts as
   * running, whatever an older answer shows later. An instance that EC2 does not show counts as
   * pending, until the time is over: EC2's reads lag behind its launches (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html">eventual
   * consistency</a>). After that it counts as ended.
   *
   * @param launched the instances as they were last known
   * @param minCount how many must run, or at least be on their way when the time is over
   * @param waitingSince when the first question was asked; nothing for the first
   * @throws LaunchFailed when no instance is waited for any more, and fewer than {@code minCount}
   *     run or are on their way
   */
  public StartProgress look(
      List<LaunchedInstance> launched, int minCount, Optional<Instant> waitingSince) {
    Instant since = waitingSince.orElseGet(clock::instant);
    Map<String, LaunchedInstance> shown = shown(pending(launched));
    Instant now = clock.instant();
    boolean late = !now.isBefore(since.plus(timeout));
    List<LaunchedInstance> known =
        launched.stream().map(before -> known(before, shown, late)).toList();
    boolean settled = late || pending(known).isEmpty();
    if (settled && known.stream().filter(instance -> !instance.hasEnded()).count() < minCount) {
      throw EndedInstances.tooMany(known, minCount);
    }
    return new StartProgress(
        settled, LaunchSize.fitting(known), since, (int) pause(since, now).toSeconds());
  }

  private static List<String> pending(List<LaunchedInstance> instances) {
    return instances.stream()
        .filter(LaunchedInstance::isPending)
        .map(LaunchedInstance::instanceId)
        .toList();
  }

  private static LaunchedInstance known(
      LaunchedInstance before, Map<String, LaunchedInstance> shown, boolean late) {
    if (!before.isPending()) {
      return before;
    }
    LaunchedInstance now = shown.get(before.instanceId());
    if (now == null) {
      return late ? before.notShown() : before;
    }
    return now;
  }

  /**
   * Returns those that EC2 shows. By a filter, an id that EC2 does not know yet is no error, and
   * the answer comes in pages, as AWS <a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html">asks
   * for</a>.
   */
  private Map<String, LaunchedInstance> shown(List<String> ids) {
    Map<String, LaunchedInstance> shown = new HashMap<>();
    for (int from = 0; from < ids.size(); from += IDS_A_CALL) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + IDS_A_CALL));
      described(some).forEach(instance -> shown.put(instance.instanceId(), instance));
    }
    return shown;
  }

  private List<LaunchedInstance> described(List<String> ids) {
    Filter wanted = Filter.builder().name("instance-id").values(ids).build();
    List<LaunchedInstance> found = new ArrayList<>();
    try {
      ec2.describeInstancesPaginator(describe -> describe.filters(wanted)).reservations().stream()
          .flatMap(reservation -> reservation.instances().stream())
          .map(LaunchedInstance::of)
          .forEach(found::add);
    } catch (Ec2Exception answer) {
      if (!Ec2Answers.isUnknownInstance(answer)) {
        throw answer;
      }
    }
    return found;
  }

  /** Short at first, since most instances run within twenty seconds, and longer later. */
  private static Duration pause(Instant since, Instant now) {
    Duration quarter = Duration.between(since, now).dividedBy(4).plusSeconds(2);
    if (quarter.compareTo(LONGEST_PAUSE) > 0) {
      return LONGEST_PAUSE;
    }
    // Negative where the two instants come from the clocks of two machines.
    return quarter.compareTo(Duration.ofSeconds(2)) < 0 ? Duration.ofSeconds(2) : quarter;
  }
}
