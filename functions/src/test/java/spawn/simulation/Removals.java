package spawn.simulation;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.cleanup.SweepTerms;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** What may be taken from the account: nothing that is used, leased, or another's. */
final class Removals {
  private final SimulatedAws aws;
  private final Ownership ownership;
  private final Map<String, Instant> leases = new HashMap<>();
  private final Set<String> namedForRemoval = new HashSet<>();
  private final Map<String, Instant> markedByHand = new HashMap<>();

  Removals(SimulatedAws aws, Ownership ownership) {
    this.aws = aws;
    this.ownership = ownership;
  }

  /** Notes that somebody has asked for a role's removal by its name. */
  void allow(String role) {
    namedForRemoval.add(role);
  }

  /**
   * Notes that a person has marked a role for the sweep. A sweep that was held up, and goes on with
   * what it knew of an older role of the name, is stopped by IAM because the role bears no mark:
   * for as long as an honest sweep would wait, this person has lifted that.
   */
  void markedByHand(String roleId) {
    markedByHand.put(roleId, aws.clock().instant());
  }

  private boolean isFreshlyMarkedByHand(SimulatedRole role) {
    return Optional.ofNullable(markedByHand.get(role.id()))
        .filter(when -> when.plus(SweepTerms.STANDARD.mark()).isAfter(aws.clock().instant()))
        .isPresent();
  }

  /** Notes a lease that a call has written. */
  void noteLease(TagRoleRequest request) {
    request.tags().stream()
        .filter(tag -> tag.key().equals(Tags.LEASE_UNTIL))
        .forEach(
            lease ->
                aws.role(request.roleName())
                    .filter(role -> role.tag(Tags.LEASE_UNTIL).equals(Optional.of(lease.value())))
                    .ifPresent(role -> leases.put(role.id(), Instant.parse(lease.value()))));
  }

  /** Checks a call of a launch, a sweep or a removal before it takes effect. */
  void check(Call call) {
    switch (call.operation()) {
      case "DeleteRole" -> mayBeTaken(((DeleteRoleRequest) call.request()).roleName(), call);
      case "DeleteRolePolicy" ->
          mayBeTaken(((DeleteRolePolicyRequest) call.request()).roleName(), call);
      case "DetachRolePolicy" ->
          mayBeTaken(((DetachRolePolicyRequest) call.request()).roleName(), call);
      case "RemoveRoleFromInstanceProfile" ->
          mayBeTaken(((RemoveRoleFromInstanceProfileRequest) call.request()).roleName(), call);
      case "UntagRole" -> {
        UntagRoleRequest untag = (UntagRoleRequest) call.request();
        if (untag.tagKeys().contains(Tags.LEASE_UNTIL)) {
          mayBeTaken(untag.roleName(), call);
        }
      }
      case "DeleteInstanceProfile" ->
          aws.profile(((DeleteInstanceProfileRequest) call.request()).instanceProfileName())
              .filter(profile -> profile.roleName().isEmpty()) // IAM refuses the others
              .ifPresent(profile -> mayBeTaken(profile, call));
      default -> {}
    }
  }

  /** Checks a call of a run of a set, which takes policies from its own roles and nothing else. */
  void checkByASet(Call call) {
    if (!call.operation().matches("(De(lete|tach)|Remove|Untag).*")) {
      return;
    }
    String role = call.request().getValueForField("RoleName", String.class).orElse("");
    Violation.unless(
        call.operation().matches("DeleteRolePolicy|DetachRolePolicy|UntagRole")
            && aws.role(role).map(RoleSetActors::isOfTheSet).orElse(true),
        () -> "A run of a set took from %s: %s.".formatted(role, call));
  }

  private void mayBeTaken(String roleName, Call call) {
    aws.role(roleName)
        .filter(role -> !ownership.isInPeoplesHands(role.id()) && !isFreshlyMarkedByHand(role))
        .ifPresent(role -> mayBeTaken(role, call));
  }

  private void mayBeTaken(SimulatedRole role, Call call) {
    String name = role.name();
    Violation.unless(
        Ownership.isOurs(role),
        () -> "%s takes a role that is not spawn's: %s.".formatted(call, name));
    Violation.unless(
        RoleRequests.OWNER.isGenerated(name) || namedForRemoval.contains(name),
        () -> "%s takes the role %s, which nobody has named.".formatted(call, name));
    Violation.unless(
        users(role).isEmpty(),
        () -> "%s takes role %s, which %s use.".formatted(call, name, users(role)));
    aws.profiles().stream()
        .filter(profile -> profile.holds(role))
        .forEach(profile -> mustStartNothing(profile, call));
    Instant leased = leases.getOrDefault(role.id(), Instant.MIN);
    Violation.unless(
        !leased.isAfter(aws.clock().instant()),
        () -> "%s takes role %s, which is leased until %s.".formatted(call, name, leased));
  }

  private void mayBeTaken(SimulatedProfile profile, Call call) {
    if (ownership.isInPeoplesHands(profile.id())) {
      return;
    }
    Violation.unless(
        Ownership.isOurs(profile),
        () -> "%s takes a profile that is not spawn's: %s.".formatted(call, profile.name()));
    mustStartNothing(profile, call);
    for (SimulatedInstance instance : aws.aliveInstances()) {
      Violation.unless(
          !carries(instance, profile.id()),
          () ->
              "%s takes profile %s, which %s carries."
                  .formatted(call, profile.name(), instance.id()));
    }
  }

  private void mustStartNothing(SimulatedProfile profile, Call call) {
    Set<String> named = aws.profilesToStartWith();
    Violation.unless(
        ownership.isInPeoplesHands(profile.id())
            || (!named.contains(profile.name()) && !named.contains(profile.arn())),
        () -> "%s takes %s, with which instances can start.".formatted(call, profile.name()));
  }

  private List<String> users(SimulatedRole role) {
    return aws.aliveInstances().stream()
        .filter(instance -> !ownership.isInPeoplesHands(instance))
        .filter(
            instance ->
                aws.roleOf(instance).filter(held -> held.id().equals(role.id())).isPresent())
        .map(SimulatedInstance::id)
        .toList();
  }

  private static boolean carries(SimulatedInstance instance, String profileId) {
    return instance.profile().filter(held -> held.profileId().equals(profileId)).isPresent();
  }
}
