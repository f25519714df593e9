package spawn.profile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.Ec2Answers;
import spawn.error.LaunchRejected;
import spawn.error.PropagationTimeout;
import spawn.error.RoleVanished;

/**
 * Asks EC2, by dry runs of the launch itself, whether it sees an instance profile yet. Asking
 * changes nothing, and this class does not wait: the state machine asks again.
 *
 * <p>EC2's hosts learn of a profile one by one, so a good answer does not prove the next. A launch
 * needs one: the host that launches looks at the profile too, and refuses, without launching
 * anything, what it does not see. An existing instance may lose the profile that it has before EC2
 * looks at the new one, so that it needs several.
 *
 * <p>A dry run checks the profile before it answers; <a
 * href="https://github.com/aws/karpenter-provider-aws/blob/main/pkg/controllers/nodeclass/validation.go">Karpenter</a>
 * relies on that too.
 */
public final class PropagationProbe {
  private static final int ANSWERS_BEFORE_A_LAUNCH = 1;

  /** Three hosts in a row that see a profile are seldom the only ones. */
  private static final int ANSWERS_BEFORE_AN_ASSOCIATION = 3;

  /**
   * IAM's own reads may lag behind by half a minute, and the clock by which the wait began may
   * differ by nearly a minute; only after that does IAM's "no such entity" mean that the profile is
   * gone.
   */
  private static final Duration IAM_IS_SETTLED_AFTER = Duration.ofSeconds(90);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** The longest pause between two looks at a profile's age. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final Ec2Client ec2;
  private final InstanceProfiles profiles;
  private final Clock clock;
  private final Duration timeout;

  /**
   * Creates a probe.
   *
   * @param ec2 a client without retries of its own: the question is repeated here anyway
   * @param timeout how long a profile may take to become visible
   */
  public PropagationProbe(Ec2Client ec2, InstanceProfiles profiles, Clock clock, Duration timeout) {
    this.ec2 = ec2;
    this.profiles = profiles;
    this.clock = clock;
    this.timeout = timeout;
  }

  /**
   * Asks until enough answers in a row are good, or one says "not yet". EC2 may refuse one of
   * several places before it looks at the profile, for example because it does not offer the
   * instance type there; then the next place is asked.
   *
   * @throws PropagationTimeout if EC2 has not seen the profile within the time limit
   * @throws RoleVanished if IAM says that the profile, or the role in it, is gone
   * @throws LaunchRejected with a refusal of the request itself; with any other refusal the failure
   *     that it means: it would end the launch as well
   * @throws IllegalStateException if EC2 answers a dry run with success, with the instances that
   *     may be running
   */
  public Visibility probe(ProbeRequest request) {
    int last = request.places().size() - 1;
    for (RunInstancesRequest place : request.places().subList(0, last)) {
      try {
        return probe(place, request);
      } catch (Ec2Exception refusal) {
        if (AwsErrors.kind(refusal) != AnswerKind.CAPACITY) {
          throw AwsErrors.ofLaunch(refusal, place.imageId());
        }
      }
    }
    try {
      return probe(request.places().get(last), request);
    } catch (Ec2Exception refusal) {
      throw AwsErrors.ofLaunch(refusal, request.places().get(last).imageId());
    }
  }

  private Visibility probe(RunInstancesRequest place, ProbeRequest request) {
    Instant now = clock.instant();
    Instant since = request.waitingSince().orElse(now);
    RunInstancesRequest question = place.toBuilder().dryRun(true).clientToken(null).build();
    for (int answers = 0; answers < answersNeeded(request); answers++) {
      try {
        if (!isVisible(question)) {
          giveUpIfHopeless(name(question.iamInstanceProfile().arn()), since, now);
          return Visibility.notYet(since, now, pause(Duration.between(since, now)));
        }
      } catch (Ec2Exception refusal) {
        if (request.settlesAt().isEmpty() || !isOfTheLaunchItself(refusal)) {
          throw refusal;
        }
        return byAge(request.settlesAt().get(), since, now);
      }
    }
    return Visibility.seen(since, clock.instant());
  }

  private static int answersNeeded(ProbeRequest request) {
    return request.settlesAt().isPresent()
        ? ANSWERS_BEFORE_AN_ASSOCIATION
        : ANSWERS_BEFORE_A_LAUNCH;
  }

  /** Returns what a profile's age says, for when EC2 cannot be asked. */
  private static Visibility byAge(Instant settlesAt, Instant since, Instant now) {
    return settlesAt.isAfter(now)
        ? Visibility.notYet(since, now, atMost(LONGEST_WAIT, now, settlesAt))
        : Visibility.seen(since, now);
  }

  private static Duration atMost(Duration longest, Instant now, Instant until) {
    Duration left = Duration.between(now, until).plusSeconds(1);
    return left.compareTo(longest) < 0 ? left : longest;
  }

  /**
   * Returns whether a refusal is about the launch's image, instance type or place, and so says
   * nothing about the profile; throttling and a lack of permission do not count.
   */
  private static boolean isOfTheLaunchItself(Ec2Exception refusal) {
    return switch (AwsErrors.kind(refusal)) {
      case CALLER, CAPACITY, QUOTA -> true;
      default -> false;
    };
  }

  private boolean isVisible(RunInstancesRequest question) {
    try {
      List<String> launched =
          ec2.runInstances(question).instances().stream().map(Instance::instanceId).toList();
      throw new IllegalStateException(
          "EC2 answered a dry run with success, which it never does. Instances that nothing keeps track of may be running: %s. Look at them, and terminate them."
              .formatted(launched.isEmpty() ? "EC2 named none" : String.join(", ", launched)));
    } catch (Ec2Exception answer) {
      if (Ec2Answers.isDryRunPassed(answer)) {
        return true;
      }
      if (Ec2Answers.isNotYet(answer)) {
        return false;
      }
      throw answer;
    }
  }

  /**
   * Returns the name in a profile's ARN: what comes after the path (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html">IAM
   * identifiers</a>).
   */
  private static String name(String profileArn) {
    return profileArn.substring(profileArn.lastIndexOf('/') + 1);
  }

  private void giveUpIfHopeless(String profileName, Instant since, Instant now) {
    if (!now.isBefore(since.plus(timeout))) {
      throw new PropagationTimeout(
          "EC2 did not see instance profile %s within %d seconds. The profile stays for the next launch; try again later."
              .formatted(profileName, timeout.toSeconds()));
    }
    if (now.isAfter(since.plus(IAM_IS_SETTLED_AFTER))
        && profiles
            .find(profileName)
            .filter(profile -> profile.hasRoles() && !profile.roles().isEmpty())
            .isEmpty()) {
      throw new RoleVanished(
          "Instance profile %s, or the role in it, is gone, although this launch found or made it a moment ago. Something else deletes it."
              .formatted(profileName));
    }
  }

  /** Short at first, since EC2 sees most profiles within ten seconds, and longer later. */
  private static Duration pause(Duration waited) {
    Duration quarter = waited.dividedBy(4).plusSeconds(1);
    return quarter.compareTo(LONGEST_PAUSE) < 0 ? quarter : LONGEST_PAUSE;
  }
}
