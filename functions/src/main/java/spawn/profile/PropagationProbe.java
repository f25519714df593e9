package spawn.profile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.AwsErrors;
import spawn.error.CapacityUnavailable;
import spawn.error.LaunchRejected;
import spawn.error.PropagationTimeout;
import spawn.error.QuotaExceeded;
import spawn.error.RoleVanished;
import spawn.error.SpawnException;

/**
 * Asks EC2, by dry runs of the launch itself, whether it sees an instance profile yet. Nothing is
 * changed by asking, and nobody waits in here: the state machine asks again.
 *
 * <p>A dry run looks at the profile before it answers, as <a
 * href="https://github.com/aws/karpenter-provider-aws/blob/main/pkg/controllers/nodeclass/validation.go">Karpenter</a>
 * relies on too.
 */
public final class PropagationProbe {
  /**
   * EC2's replicas learn of a profile one by one, so one good answer says little about the next.
   */
  private static final int ANSWERS_IN_A_ROW = 3;

  /**
   * IAM's own reads may lag behind by half a minute, and the clock that the wait began by may
   * differ by nearly one; only after that does IAM's "not there" mean that the profile is gone.
   */
  private static final Duration IAM_IS_SETTLED_AFTER = Duration.ofSeconds(90);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** Between two looks at a profile's age. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final Ec2Client ec2;
  private final InstanceProfiles profiles;
  private final Clock clock;
  private final Duration timeout;

  /**
   * Creates a probe.
   *
   * @param ec2 a client without retries of its own: what it would repeat is the question
   * @param timeout how long a profile may take to become visible
   */
  public PropagationProbe(Ec2Client ec2, InstanceProfiles profiles, Clock clock, Duration timeout) {
    this.ec2 = ec2;
    this.profiles = profiles;
    this.clock = clock;
    this.timeout = timeout;
  }

  /**
   * Asks until three answers in a row are good, or one says "not yet".
   *
   * @param launch the launch's own request, with the profile in it
   * @param waitingSince when this wait began; nothing at the first question
   * @throws PropagationTimeout if EC2 has not seen the profile within the time limit
   * @throws RoleVanished if IAM says that the profile, or the role in it, is gone
   * @throws Ec2Exception with any other refusal: it would end the launch as well
   */
  public Visibility probe(RunInstancesRequest launch, Optional<Instant> waitingSince) {
    return probe(launch, waitingSince, Optional.empty());
  }

  /**
   * Asks the same of a launch that goes into one of several places. EC2 may refuse a place before
   * it looks at the profile, since it does not offer the type there, say; then the next one is
   * asked.
   *
   * @param places the launch's own request for each place, in the order in which to ask; at least
   *     one
   */
  public Visibility probe(List<RunInstancesRequest> places, Optional<Instant> waitingSince) {
    int last = places.size() - 1;
    for (RunInstancesRequest place : places.subList(0, last)) {
      try {
        return probe(place, waitingSince);
      } catch (Ec2Exception refusal) {
        if (!(AwsErrors.translate(refusal) instanceof CapacityUnavailable)) {
          throw refusal;
        }
      }
    }
    return probe(places.get(last), waitingSince);
  }

  /**
   * Asks the same where nothing will be launched: the request is like an instance that is there,
   * and EC2 may refuse it for reasons that do not matter, since that instance's image is gone, say.
   * Then it cannot be asked at all, and the profile's age has to do.
   *
   * @param settlesAt from when on the profile is taken as visible without asking
   */
  public Visibility probe(
      RunInstancesRequest likeIt, Optional<Instant> waitingSince, Instant settlesAt) {
    return probe(likeIt, waitingSince, Optional.of(settlesAt));
  }

  private Visibility probe(
      RunInstancesRequest launch, Optional<Instant> waitingSince, Optional<Instant> settlesAt) {
    Instant now = clock.instant();
    Instant since = waitingSince.orElse(now);
    RunInstancesRequest question = launch.toBuilder().dryRun(true).clientToken(null).build();
    for (int answers = 0; answers < ANSWERS_IN_A_ROW; answers++) {
      try {
        if (!isVisible(question)) {
          giveUpIfHopeless(name(launch.iamInstanceProfile().arn()), since, now);
          return Visibility.notYet(since, now, pause(Duration.between(since, now)));
        }
      } catch (Ec2Exception refusal) {
        if (settlesAt.isEmpty() || !isOfTheLaunchItself(refusal)) {
          throw refusal;
        }
        return settlesAt.get().isAfter(now)
            ? Visibility.notYet(since, now, atMost(LONGEST_WAIT, now, settlesAt.get()))
            : Visibility.seen(since, now);
      }
    }
    return Visibility.seen(since, clock.instant());
  }

  private static Duration atMost(Duration longest, Instant now, Instant until) {
    Duration left = Duration.between(now, until).plusSeconds(1);
    return left.compareTo(longest) < 0 ? left : longest;
  }

  /**
   * What is neither throttling nor a lack of permission is about the image, the type, the place.
   */
  private static boolean isOfTheLaunchItself(Ec2Exception refusal) {
    SpawnException failure = AwsErrors.translate(refusal);
    return failure instanceof LaunchRejected
        || failure instanceof CapacityUnavailable
        || failure instanceof QuotaExceeded;
  }

  private boolean isVisible(RunInstancesRequest question) {
    try {
      ec2.runInstances(question);
    } catch (Ec2Exception answer) {
      if (isDryRunPassed(answer)) {
        return true;
      }
      if (isNotYet(answer)) {
        return false;
      }
      throw answer;
    }
    throw new IllegalStateException("EC2 answered a dry run with success, which it never does.");
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
          "EC2 did not see instance profile %s within %d seconds. It stays for the next launch; try again later."
              .formatted(profileName, timeout.toSeconds()));
    }
    if (now.isAfter(since.plus(IAM_IS_SETTLED_AFTER))
        && profiles
            .find(profileName)
            .filter(profile -> profile.hasRoles() && !profile.roles().isEmpty())
            .isEmpty()) {
      throw new RoleVanished(
          "Instance profile %s, or the role in it, is gone that this launch has found or made a moment ago. Something else deletes it."
              .formatted(profileName));
    }
  }

  /** Asks often at first, since most profiles show within ten seconds, and seldom later. */
  private static Duration pause(Duration waited) {
    Duration quarter = waited.dividedBy(4).plusSeconds(1);
    return quarter.compareTo(LONGEST_PAUSE) < 0 ? quarter : LONGEST_PAUSE;
  }

  /**
   * Returns whether EC2 would have launched (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances,
   * DryRun</a>): the good answer is an error too.
   */
  private static boolean isDryRunPassed(Ec2Exception answer) {
    return "DryRunOperation".equals(answer.awsErrorDetails().errorCode());
  }

  /**
   * Returns whether EC2 refuses only because it does not see the profile, or the role in it, yet.
   *
   * <p>EC2 shares one code among many causes here, so its text has to be read, as <a
   * href="https://github.com/aws/karpenter-provider-aws/blob/main/pkg/errors/errors.go">Karpenter</a>
   * and <a
   * href="https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ec2_instance.go">Terraform</a>
   * do: "Invalid IAM Instance Profile name" (or "ARN") for an unknown profile, "has no associated
   * IAM Roles" for a profile whose role it does not see.
   */
  public static boolean isNotYet(Ec2Exception answer) {
    String message = answer.awsErrorDetails().errorMessage();
    return "InvalidParameterValue".equals(answer.awsErrorDetails().errorCode())
        && message != null
        && (message.contains("Invalid IAM Instance Profile")
            || message.contains("has no associated IAM Roles"));
  }
}
