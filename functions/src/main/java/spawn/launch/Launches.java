package spawn.launch;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.AwsErrors;
import spawn.error.AwsUnavailable;
import spawn.error.Ec2Answers;
import spawn.error.LaunchFailed;
import spawn.error.LaunchRejected;
import spawn.error.LeaseEnding;
import spawn.error.SpawnException;
import spawn.role.LeaseTerms;

/** Makes the one RunInstances call of a launch. */
public final class Launches {
  private final Ec2Client ec2;
  private final Clock clock;
  private final LeaseTerms terms;

  /** Creates the service on EC2 in the region of the launch. */
  public Launches(Ec2Client ec2, Clock clock, LeaseTerms terms) {
    this.ec2 = ec2;
    this.clock = clock;
    this.terms = terms;
  }

  /**
   * Launches, or finds what an earlier try of the same execution has launched.
   *
   * @param request the launch with its profile and tags
   * @param execution the ARN of the execution, from which the client token comes
   * @param subnetId the one of several subnets that is tried now; the caller goes on to another
   *     only when EC2 has refused this one for lack of capacity, so that no launch is made twice
   * @param leaseUntil until when the role may be relied on; nothing for a role that no sweep
   *     touches
   * @return the instances in the order of their launch index, or nothing when EC2 does not see the
   *     profile
   * @throws LeaseEnding if the lease is too short to launch under
   * @throws AwsUnavailable if EC2 has launched but does not show what; to be tried again
   * @throws LaunchRejected if EC2 refuses the request, or this execution has launched before and
   *     its instances have ended so long ago that EC2 does not show them any more
   * @throws LaunchFailed if it has launched before, and all its instances have ended, with why
   */
  public Optional<List<LaunchedInstance>> launch(
      RunInstancesRequest request,
      String execution,
      Optional<String> subnetId,
      Optional<Instant> leaseUntil) {
    leaseUntil.ifPresent(until -> terms.checkFresh(until, clock.instant(), "launch under it"));
    String token = ClientToken.of(execution, subnetId);
    try {
      return Optional.of(
          stillThere(ec2.runInstances(request.toBuilder().clientToken(token).build()).instances()));
    } catch (Ec2Exception answer) {
      if (Ec2Answers.isNotYet(answer)) {
        return Optional.empty();
      }
      if (Ec2Answers.isTokenTaken(answer)) {
        return Optional.of(stillThere(launchedUnder(token)));
      }
      if (Ec2Answers.isTokenOfTerminated(answer)) {
        throw ended(token, answer);
      }
      throw AwsErrors.ofLaunch(answer, request.imageId());
    }
  }

  /**
   * Returns what an earlier try launched whose answer was lost, and whose role has since been made
   * anew under another name: EC2 has taken the token, so this execution has launched.
   */
  private List<Instance> launchedUnder(String token) {
    List<Instance> found = shownUnder(token);
    if (found.isEmpty()) {
      throw new AwsUnavailable(
          "EC2 says that this execution has launched, but does not show its instances yet.");
    }
    return found;
  }

  private List<Instance> shownUnder(String token) {
    return ec2
        .describeInstancesPaginator(
            describe ->
                describe.filters(Filter.builder().name("client-token").values(token).build()))
        .reservations()
        .stream()
        .flatMap(reservation -> reservation.instances().stream())
        .toList();
  }

  /**
   * Returns the failure of a launch whose instances EC2 calls terminated; it may still show why.
   */
  private SpawnException ended(String token, Ec2Exception answer) {
    List<LaunchedInstance> shown = inOrder(shownUnder(token));
    return shown.isEmpty()
        ? new LaunchRejected(
            "This execution has launched before, and all its instances have ended: EC2 does not show them any more. Start a new execution to launch again.",
            answer)
        : EndedInstances.allOfBefore(shown);
  }

  /**
   * Returns the instances of a launch, unless all have ended: EC2 answers a repeated token with the
   * first call's instances for as long as it shows them, also after they have ended.
   */
  private static List<LaunchedInstance> stillThere(List<Instance> instances) {
    List<LaunchedInstance> launched = inOrder(instances);
    if (launched.stream().allMatch(LaunchedInstance::wasTerminated)) {
      throw EndedInstances.allOfBefore(launched);
    }
    return LaunchSize.fitting(launched);
  }

  private static List<LaunchedInstance> inOrder(List<Instance> instances) {
    return instances.stream()
        .map(LaunchedInstance::of)
        .sorted(
            Comparator.comparingInt(LaunchedInstance::launchIndex)
                .thenComparing(LaunchedInstance::instanceId))
        .toList();
  }
}
