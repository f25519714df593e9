package spawn.association;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.Ec2Answers;
import spawn.error.InvalidRequest;
import spawn.error.LaunchRejected;
import spawn.error.LeaseEnding;
import spawn.error.PropagationTimeout;
import spawn.inventory.Regions;
import spawn.launch.LaunchedInstance;
import spawn.role.LeaseTerms;
import spawn.role.Tags;

/**
 * Puts an instance profile on an instance that is there already, in place of the one that it has,
 * or takes it off.
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

  /** How long all regions together may take to say where an instance is that is not here. */
  private static final Duration ELSEWHERE = Duration.ofSeconds(20);

  private final Ec2Client ec2;
  private final Regions regions;
  private final Clock clock;
  private final LeaseTerms terms;
  private final Duration timeout;
  private final AssociationScope scope;

  /**
   * Creates the service on EC2 in the stack's region.
   *
   * @param regions all regions, to tell where an instance is that is not here
   * @param timeout how long EC2 may take to see a profile
   * @param scope which instances may be changed; the function's own policy holds it to the same
   */
  public Associations(
      Ec2Client ec2,
      Regions regions,
      Clock clock,
      LeaseTerms terms,
      Duration timeout,
      AssociationScope scope) {
    this.ec2 = ec2;
    this.regions = regions;
    this.clock = clock;
    this.terms = terms;
    this.timeout = timeout;
    this.scope = scope;
  }

  /**
   * Returns an instance with the profile that it has, before anything is made or changed.
   *
   * @throws InvalidRequest if it is not there, is in another region, is not open to spawn, or is in
   *     a state in which EC2 changes no profile
   */
  public AssociationTarget look(String instanceId) {
    Instance instance = find(instanceId).orElseThrow(() -> notHere(instanceId));
    InstanceStateName state = instance.state().name();
    if (!isAtRest(state)) {
      throw new InvalidRequest(
          "$.instanceId",
          switch (state) {
            case PENDING -> "%s is still starting. Try again once it runs.".formatted(instanceId);
            case STOPPING ->
                "%s is just being stopped. Try again once it has stopped.".formatted(instanceId);
            case SHUTTING_DOWN ->
                "%s is being terminated, so it gets no role any more.".formatted(instanceId);
            default ->
                "%s is %s, so it gets no role any more."
                    .formatted(instanceId, instance.state().nameAsString());
          });
    }
    if (scope == AssociationScope.TAGGED && !isOpen(instance)) {
      throw new InvalidRequest(
          "$.instanceId",
          "%s is not open to spawn. Its owner can give it the tag %s=true; the stack's parameter AssociateInstances can open all instances."
              .formatted(instanceId, Tags.ASSOCIATE));
    }
    return new AssociationTarget(
        LaunchedInstance.of(instance), current(instanceId).map(HeldProfile::of).orElse(null));
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
        find(request.instanceId())
            .filter(found -> !hasEnded(found.state().name()))
            .orElseThrow(
                () ->
                    new LaunchRejected(
                        "Instance %s has ended meanwhile.".formatted(request.instanceId())));
    Optional<IamInstanceProfileAssociation> current = current(request.instanceId());
    if (!isAtRest(instance.state().name())) {
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

  /**
   * Returns the association that counts: while one is replaced there are two, and the old one is on
   * its way out (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html">the
   * association's states</a>).
   */
  private Optional<IamInstanceProfileAssociation> current(String instanceId) {
    return ec2
        .describeIamInstanceProfileAssociationsPaginator(
            list -> list.filters(filter("instance-id", instanceId)))
        .iamInstanceProfileAssociations()
        .stream()
        .filter(
            held ->
                held.state() == IamInstanceProfileAssociationState.ASSOCIATED
                    || held.state() == IamInstanceProfileAssociationState.ASSOCIATING)
        .max(
            Comparator.comparing(
                IamInstanceProfileAssociation::timestamp,
                Comparator.nullsFirst(Comparator.naturalOrder())));
  }

  private static boolean isOpen(Instance instance) {
    return instance.tags().contains(Tag.builder().key(Tags.ASSOCIATE).value("true").build());
  }

  private Optional<Instance> find(String instanceId) {
    return find(ec2, instanceId);
  }

  /** By a filter: an id that is not there is then no error, whatever its form. */
  private static Optional<Instance> find(Ec2Client ec2, String instanceId) {
    return ec2
        .describeInstancesPaginator(list -> list.filters(filter("instance-id", instanceId)))
        .reservations()
        .stream()
        .flatMap(reservation -> reservation.instances().stream())
        .findFirst();
  }

  private static Filter filter(String name, String value) {
    return Filter.builder().name(name).values(value).build();
  }

  private InvalidRequest notHere(String instanceId) {
    Regions.Answers<Boolean> found =
        regions.ask(
            regions.enabled(),
            ELSEWHERE,
            (elsewhere, isAwaited) -> find(elsewhere, instanceId).isPresent());
    String sentence =
        found.answered().entrySet().stream()
            .filter(Map.Entry::getValue)
            .findFirst()
            .map(
                region ->
                    "%s is in %s, and this stack serves another region. Ask a stack of that region."
                        .formatted(instanceId, region.getKey().id()))
            .orElseGet(
                () ->
                    "There is no instance %s in this account%s."
                        .formatted(instanceId, searched(found.unreadable().keySet())));
    return new InvalidRequest("$.instanceId", sentence);
  }

  /** Says where an instance is not; a policy of the organization may close some regions. */
  private static String searched(Set<String> unreadable) {
    return unreadable.isEmpty()
        ? ", in any enabled region"
        : "; these regions could not be read: " + String.join(", ", unreadable);
  }

  private static boolean isAtRest(InstanceStateName state) {
    return state == InstanceStateName.RUNNING || state == InstanceStateName.STOPPED;
  }

  private static boolean hasEnded(InstanceStateName state) {
    return state == InstanceStateName.TERMINATED || state == InstanceStateName.SHUTTING_DOWN;
  }
}
