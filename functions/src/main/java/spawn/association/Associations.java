package spawn.association;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.Ec2Answers;
import spawn.error.LaunchRejected;
import spawn.error.LeaseEnding;
import spawn.error.PropagationTimeout;
import spawn.role.LeaseTerms;

/**
 * Puts an instance profile on an existing instance, in place of the one that it has, or takes the
 * profile off.
 *
 * <p>Every call looks at what is and makes one step from there, so it is safe to repeat and to stop
 * after. An instance has one profile at most (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html">AssociateIamInstanceProfile</a>).
 * A running one changes it in one step, by a replacement that EC2 refuses whole as long as it does
 * not see the new profile. A stopped one knows no replacement (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceIamInstanceProfileAssociation.html">ReplaceIamInstanceProfileAssociation</a>):
 * its old profile is only taken off once EC2 has shown, by a dry run, that it would launch with the
 * new one, and put back should EC2 refuse that after all.
 */
public final class Associations {
  /** EC2's reads and writes of an association settle within seconds. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final Ec2Client ec2;
  private final ExistingInstances instances;
  private final Clock clock;
  private final LeaseTerms terms;
  private final Duration timeout;

  /**
   * Creates the service on EC2 in the stack's region.
   *
   * @param timeout how long EC2 may take to see a profile
   */
  public Associations(Ec2Client ec2, Clock clock, LeaseTerms terms, Duration timeout) {
    this.ec2 = ec2;
    this.instances = new ExistingInstances(ec2);
    this.clock = clock;
    this.terms = terms;
    this.timeout = timeout;
  }

  /**
   * Makes one step towards the wanted profile.
   *
   * @throws PropagationTimeout if EC2 has not seen the profile within the time limit
   * @throws LeaseEnding if the role's lease is too short to go on under
   * @throws LaunchRejected if the instance has ended meanwhile
   */
  public AssociationStep step(AssociationRequest request) {
    request
        .leaseUntil()
        .ifPresent(until -> terms.checkFresh(until, clock.instant(), "put it on an instance"));
    Instance instance =
        instances
            .find(request.instanceId())
            .filter(found -> !hasEnded(found.state().name()))
            .orElseThrow(
                () ->
                    new LaunchRejected(
                        "Instance %s has ended meanwhile.".formatted(request.instanceId())));
    Optional<IamInstanceProfileAssociation> current = instances.association(request.instanceId());
    if (!ExistingInstances.isAtRest(instance)) {
      return later(request, instance);
    }
    return request.wantedProfile().isEmpty()
        ? takeOff(request, instance, current)
        : putOn(request, request.wantedProfile().get(), instance, current);
  }

  private AssociationStep takeOff(
      AssociationRequest request,
      Instance instance,
      Optional<IamInstanceProfileAssociation> current) {
    if (current.isEmpty()) {
      return AssociationStep.done(instance, false);
    }
    return attempt(request, instance, () -> disassociate(current.get()));
  }

  private AssociationStep putOn(
      AssociationRequest request,
      HeldProfile wanted,
      Instance instance,
      Optional<IamInstanceProfileAssociation> current) {
    if (current.filter(held -> held.iamInstanceProfile().id().equals(wanted.id())).isPresent()) {
      return AssociationStep.done(instance, false);
    }
    if (current.isEmpty()) {
      return attempt(request, instance, () -> associateOrRestore(request, wanted));
    }
    if (instance.state().name() == InstanceStateName.RUNNING) {
      return attempt(request, instance, () -> replace(current.get(), wanted));
    }
    if (!request.proven()) {
      return AssociationStep.prove(instance, waitingSince(request));
    }
    AssociationStep off = attempt(request, instance, () -> disassociate(current.get()));
    return off.isDone()
        ? attempt(request, instance, () -> associateOrRestore(request, wanted))
        : off;
  }

  /** Makes a write; that EC2 does not see something yet, or sees it otherwise, is no failure. */
  private AssociationStep attempt(AssociationRequest request, Instance instance, Runnable write) {
    try {
      write.run();
      return AssociationStep.done(instance, true);
    } catch (Ec2Exception answer) {
      if (Ec2Answers.isNotYet(answer) || Ec2Answers.isOvertaken(answer)) {
        return later(request, instance);
      }
      throw answer;
    }
  }

  /**
   * Puts the old profile back on an instance that has none, since EC2 refuses the new one although
   * it was proven to take it. Where EC2 only does not see it, the next step tries again. An old
   * profile that is gone, or whose role spawn may not pass, cannot be put back.
   */
  private void restore(String instanceId, HeldProfile before) {
    try {
      associate(instanceId, before);
    } catch (Ec2Exception answer) {
      boolean cannotBePutBack = AwsErrors.kind(answer) == AnswerKind.PERMISSION;
      if (!cannotBePutBack && !Ec2Answers.isNotYet(answer) && !Ec2Answers.isOvertaken(answer)) {
        throw answer;
      }
    }
  }

  private void associateOrRestore(AssociationRequest request, HeldProfile wanted) {
    try {
      associate(request.instanceId(), wanted);
    } catch (Ec2Exception answer) {
      if (!Ec2Answers.isOvertaken(answer)) {
        request.before().ifPresent(before -> restore(request.instanceId(), before));
      }
      throw answer;
    }
  }

  private AssociationStep later(AssociationRequest request, Instance instance) {
    Instant since = waitingSince(request);
    if (!clock.instant().isBefore(since.plus(timeout))) {
      throw new PropagationTimeout(
          "The profile of instance %s could not be changed within %d seconds: EC2 does not see %s, or something else changes it too. What it has is left as it is; try again later."
              .formatted(
                  request.instanceId(),
                  timeout.toSeconds(),
                  request.wantedProfile().map(HeldProfile::arn).orElse("the change")));
    }
    return AssociationStep.later(instance, since, (int) PAUSE.toSeconds());
  }

  private Instant waitingSince(AssociationRequest request) {
    return request.waitingSince().orElseGet(clock::instant);
  }

  private void associate(String instanceId, HeldProfile profile) {
    ec2.associateIamInstanceProfile(
        associate ->
            associate.instanceId(instanceId).iamInstanceProfile(held -> held.arn(profile.arn())));
  }

  private void replace(IamInstanceProfileAssociation current, HeldProfile wanted) {
    ec2.replaceIamInstanceProfileAssociation(
        replace ->
            replace
                .associationId(current.associationId())
                .iamInstanceProfile(held -> held.arn(wanted.arn())));
  }

  private void disassociate(IamInstanceProfileAssociation current) {
    ec2.disassociateIamInstanceProfile(off -> off.associationId(current.associationId()));
  }

  private static boolean hasEnded(InstanceStateName state) {
    return state == InstanceStateName.TERMINATED || state == InstanceStateName.SHUTTING_DOWN;
  }
}
