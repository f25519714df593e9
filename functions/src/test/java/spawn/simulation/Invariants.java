package spawn.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationRequest;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.role.RoleRequests;
import spawn.role.Roles;
import spawn.role.Tags;

/**
 * What must hold at every step, looked at right before and right after each call takes effect. It
 * sees what is true, not what readers see.
 */
final class Invariants {
  private static final Set<String> FILLING = Set.of("PutRolePolicy", "AttachRolePolicy", "TagRole");

  private final SimulatedAws aws;
  private final Ownership ownership = new Ownership();
  private final Removals removals;
  private final LaunchedRoles launchedRoles;
  private final RevokedRoles revoked;
  private Map<String, SimulatedRole> othersRoles = Map.of();
  private Map<String, SimulatedProfile> othersProfiles = Map.of();

  Invariants(SimulatedAws aws, List<RequestedRole> requestedRoles) {
    this.aws = aws;
    this.removals = new Removals(aws, ownership);
    this.revoked = new RevokedRoles(aws, ownership, removals);
    this.launchedRoles = new LaunchedRoles(aws, ownership, revoked, requestedRoles);
  }

  /** Notes what an execution asks for. */
  void expect(String execution, RequestedRole requested) {
    expect(execution, requested, Site.FIRST);
  }

  /** Notes what an execution of some stack asks for. */
  void expect(String execution, RequestedRole requested, Site site) {
    launchedRoles.expect(execution, requested, site);
  }

  /** Notes what else launches may ask for. */
  void know(List<RequestedRole> more) {
    launchedRoles.know(more);
  }

  /** Notes that somebody has asked for a role's removal by its name. */
  void allowRemoval(String role) {
    removals.allow(role);
  }

  /** Returns what is known of roles that an operator has revoked. */
  RevokedRoles revoked() {
    return revoked;
  }

  /** Notes that people have changed something themselves: it is theirs to answer for. */
  void handOver(String roleOrProfileId) {
    ownership.handOver(roleOrProfileId);
  }

  /** Notes that a person has deleted a role. */
  void deletedByHand(String roleName) {
    ownership.deletedByHand(roleName);
  }

  /** Notes that a person lets others assume a role, long before anybody launches. */
  void widened(String roleId) {
    launchedRoles.widened(roleId);
  }

  /** Notes that a person has marked a role for the sweep. */
  void markedByHand(String roleId) {
    removals.markedByHand(roleId);
  }

  /** Takes what is not spawn's as it is now: from here on nothing may change it. */
  void rememberWhatIsNotOurs() {
    othersRoles = othersRoles();
    othersProfiles = othersProfiles();
    launchedRoles.passOver();
  }

  /** Returns whether an execution has instances. */
  boolean hasLaunched(String execution) {
    return aws.instances().stream()
        .anyMatch(instance -> execution.equals(instance.tags().get(Tags.EXECUTION)));
  }

  /**
   * Looks before a call takes effect.
   *
   * @param actor who makes it
   */
  void before(Call call, String actor) {
    revoked.acts(actor);
    if (actor.startsWith(RoleSetActors.CHANGER)) {
      removals.checkByASet(call);
    } else if (actor.startsWith(Operators.OPERATOR)) {
      removals.checkByAnOperator(call);
    } else {
      removals.check(call);
    }
  }

  /**
   * Looks after a call took effect.
   *
   * @param actor who has made it
   */
  void after(Call call, String actor) {
    if (!call.isWrite()) {
      return;
    }
    revoked.check(call);
    if (call.request() instanceof TagRoleRequest tag) {
      removals.noteLease(tag);
      if (actor.startsWith(RoleSetActors.CHANGER)) {
        launchedRoles.noteFinished(tag);
      }
    }
    if (FILLING.contains(call.operation())) {
      call.request()
          .getValueForField("RoleName", String.class)
          .ifPresent(role -> launchedRoles.checkWhole(role, call));
    }
    if (call.operation().equals("RunInstances")) {
      launchedRoles.checkLaunch(call, actor);
    }
    if (call.request() instanceof AssociateIamInstanceProfileRequest associate) {
      launchedRoles.checkAssociation(associate.iamInstanceProfile().arn(), actor, call);
    }
    if (call.request() instanceof ReplaceIamInstanceProfileAssociationRequest replace) {
      launchedRoles.checkAssociation(replace.iamInstanceProfile().arn(), actor, call);
    }
    Violation.unless(
        othersRoles().equals(othersRoles), () -> "%s changed another's role.".formatted(call));
    Violation.unless(
        othersProfiles().equals(othersProfiles),
        () -> "%s changed another's profile.".formatted(call));
    for (SimulatedInstance instance : aws.instancesWithoutCredentials()) {
      Violation.unless(
          ownership.isInPeoplesHands(instance),
          () ->
              "After %s instance %s has no credentials: its profile %s, or the role in it, is gone."
                  .formatted(call, instance.id(), instance.profile().orElseThrow().profileArn()));
    }
  }

  /**
   * Checks that nothing is left that nobody uses and that spawn should have removed. An empty
   * profile stays as long as the role of its name: the next launch puts the role into it.
   */
  void checkNoGarbage() {
    for (SimulatedRole role : aws.roles()) {
      Violation.unless(
          !Ownership.isOurs(role)
              || !(RoleRequests.OWNER.isGenerated(role.name()) || isOverAndTellsIt(role))
              || RevokedRoles.isRevoked(role)
              || role.tag(Tags.KEEP).isPresent()
              || launchedRoles.isWidened(role.id())
              || ownership.isInPeoplesHands(role.id()),
          () -> "Role %s is left, with tags %s.".formatted(role.name(), role.tags()));
    }
    for (SimulatedProfile profile : aws.profiles()) {
      Violation.unless(
          !Ownership.isOurs(profile)
              || profile
                  .roleName()
                  .or(() -> Optional.of(profile.name()))
                  .flatMap(aws::role)
                  .isPresent()
              || ownership.isInPeoplesHands(profile.id()),
          () -> "Profile %s is left without a role.".formatted(profile.name()));
    }
  }

  /** One that was never finished tells by its tag only, and holds nothing that would end. */
  private boolean isOverAndTellsIt(SimulatedRole role) {
    return removals.isOver(role) && role.inlinePolicies().containsKey(Roles.INLINE_POLICY);
  }

  /** Checks that a role which is still there is kept by somebody. */
  void checkIsKept(SimulatedRole role) {
    Violation.unless(
        role.tag(Tags.KEEP).isPresent()
            || role.tag(Tags.MANAGED).isEmpty()
            || ownership.isInPeoplesHands(role.id()),
        () -> "Role %s is left of a stack that removed everything.".formatted(role));
  }

  private Map<String, SimulatedRole> othersRoles() {
    Map<String, SimulatedRole> others = new TreeMap<>();
    aws.roles().stream()
        .filter(role -> !Ownership.isOurs(role))
        .forEach(role -> others.put(role.name(), role));
    return others;
  }

  private Map<String, SimulatedProfile> othersProfiles() {
    Map<String, SimulatedProfile> others = new TreeMap<>();
    aws.profiles().stream()
        .filter(profile -> !Ownership.isOurs(profile))
        .forEach(profile -> others.put(profile.name(), profile));
    return others;
  }
}
