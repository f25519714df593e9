package spawn.simulation;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.PutRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.cleanup.SweepTerms;
import spawn.role.Revocation;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** What may be taken from the account: nothing that is used, leased, or another's. */
final class Removals {
  private static final Pattern READ = Pattern.compile("Get|List");
  private static final Pattern TAKING = Pattern.compile("De(lete|tach)|Remove|Untag");
  private static final Set<String> FROM_A_ROLE =
      Set.of("DeleteRolePolicy", "DetachRolePolicy", "UntagRole");

  private final SimulatedAws aws;
  private final Ownership ownership;
  private final Map<String, Instant> leases = new HashMap<>();
  private final Set<String> namedForRemoval = new HashSet<>();
  private final Map<String, Instant> markedByHand = new HashMap<>();
  private final Map<String, String> namesById = new HashMap<>();

  Removals(SimulatedAws aws, Ownership ownership) {
    this.aws = aws;
    this.ownership = ownership;
  }

  /** Notes that somebody has asked for a role's removal by its name. */
  void allow(String role) {
    namedForRemoval.add(role);
  }

  /** Returns whether somebody has asked for a role's removal by its name. */
  boolean isNamed(String role) {
    return namedForRemoval.contains(role);
  }

  /** Returns whether a role is gone of which somebody has asked for the removal by its name. */
  boolean isNamedId(String id) {
    return namedForRemoval.contains(namesById.getOrDefault(id, ""));
  }

  /** Notes the name of a role, by which its id is known when it is gone. */
  void know(SimulatedRole role) {
    namesById.put(role.id(), role.name());
  }

  /**
   * Checks a call by which an operator revokes a role or undoes that: denials and their mark, and
   * nothing else.
   */
  void checkByAnOperator(Call call) {
    Object request = call.request();
    boolean allowed =
        request instanceof DeleteRolePolicyRequest delete
            ? Revocation.isPolicy(delete.policyName())
            : request instanceof PutRolePolicyRequest put
                ? Revocation.isPolicy(put.policyName())
                : request instanceof UntagRoleRequest untag
                    ? untag.tagKeys().equals(List.of(Tags.REVOKED))
                    : request instanceof TagRoleRequest tag
                        ? tag.tags().stream().allMatch(each -> each.key().equals(Tags.REVOKED))
                        : READ.matcher(call.operation()).lookingAt();
    Violation.unless(allowed, () -> "An operator's call made %s.".formatted(call));
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
    if (!TAKING.matcher(call.operation()).lookingAt()) {
      return;
    }
    String role = call.request().getValueForField("RoleName", String.class).orElse("");
    Violation.unless(
        FROM_A_ROLE.contains(call.operation())
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
        RoleRequests.OWNER.isGenerated(name) || namedForRemoval.contains(name) || isOver(role),
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

  /** Returns whether a role has come to its end, so that it grants nothing any more. */
  boolean isOver(SimulatedRole role) {
    return role.tag(Tags.EXPIRES)
        .map(Instant::parse)
        .filter(end -> end.isBefore(aws.clock().instant()))
        .isPresent();
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
