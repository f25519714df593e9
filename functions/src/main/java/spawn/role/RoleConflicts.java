package spawn.role;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.error.RoleExpired;
import spawn.error.RoleRevoked;
import spawn.error.RoleUnfinished;
import spawn.payload.JsonPath;
import spawn.policy.PermissionFields;

/**
 * The failures of requests that an existing role stands in the way of: what the role is, and what
 * the caller can do about it.
 */
final class RoleConflicts {
  private RoleConflicts() {}

  /** The request describes a role, and its name belongs to a role that the stack did not make. */
  static RoleConflict notMadeByTheStack(KnownRole role) {
    return new RoleConflict(
        "Role \"%s\" (%s) was not made by this stack, so it was left as it is. Leave out the policies to use it as it is, or choose another role name."
            .formatted(role.name(), role.arn()));
  }

  /** The role lies under the stack's path, behind none of the boundaries that the stack has now. */
  static RoleConflict otherBoundary(KnownRole role, RoleRequest request) {
    String boundary = request.permissions().permissionsBoundary();
    return new RoleConflict(
        "Role \"%s\" has %s, which is none of this stack's present ones, so no launch uses it. To bring it under the present one: aws iam put-role-permissions-boundary --role-name %s --permissions-boundary %s%s. Or choose another role name."
            .formatted(
                role.name(),
                boundaryOf(role),
                role.name(),
                boundary,
                request.described()
                    ? " and, if the payload describes what the role holds, aws iam tag-role --role-name %s --tags Key=%s,Value=%s"
                        .formatted(role.name(), Tags.POLICIES, request.hash().hex())
                    : ""));
  }

  /** Somebody has changed whom the role trusts. */
  static RoleConflict otherTrust(KnownRole role) {
    return new RoleConflict(
        "Role \"%s\" trusts others than it was made for: somebody has changed its trust policy, so no launch uses it. Put its trust policy back (aws iam update-assume-role-policy), or choose another role name."
            .formatted(role.name()));
  }

  /** The same of a role of a set. */
  static RoleConflict otherBoundaryInSet(KnownRole role, String set, String wanted) {
    return new RoleConflict(
        "Role \"%s\" of the role set \"%s\" has %s, and spawn never changes a boundary. To bring the role under this stack's, and then run the set again: aws iam put-role-permissions-boundary --role-name %s --permissions-boundary %s"
            .formatted(role.name(), set, boundaryOf(role), role.name(), wanted));
  }

  private static String boundaryOf(KnownRole role) {
    return role.permissionsBoundary()
        .map("the permissions boundary %s"::formatted)
        .orElse("no permissions boundary");
  }

  /** A payload names a role that is neither the stack's nor listed by its owner. */
  static InvalidRequest notPassable(KnownRole role, RolePaths paths) {
    return new InvalidRequest(
        JsonPath.member(paths.role(), IamFields.ROLE.name()),
        "Role \"%s\" (%s) is not this stack's, and its owner does not let launches use it (PassableRoleArns). Choose another name, or ask the stack's owner."
            .formatted(role.name(), role.arn()));
  }

  /** A payload names a role that EC2 may not assume. */
  static InvalidRequest notForEc2(KnownRole role, RolePaths paths) {
    return new InvalidRequest(
        JsonPath.member(paths.role(), IamFields.ROLE.name()),
        "Role \"%s\" does not trust ec2.amazonaws.com, so an instance would get no credentials from it. Name a role that does, or let it trust EC2."
            .formatted(role.name()));
  }

  /**
   * The request describes a role, and its name belongs to a whole role of spawn's with other
   * content.
   */
  static RoleConflict otherContent(KnownRole role, List<String> differences) {
    return new RoleConflict(
        "Role \"%s\" was made by spawn for %s with other content: %s. It was left as it is. Choose another role name, or leave out the policies to use it as it is."
            .formatted(
                role.name(),
                creator(role),
                differences.isEmpty()
                    ? "its " + Tags.POLICIES + " tag differs"
                    : String.join("; ", differences)));
  }

  /** An operator has revoked the role. */
  static RoleRevoked revoked(KnownRole role) {
    Optional<Revocation> revocation = role.revocation();
    return revoked(
        role.name(),
        revocation.map(told -> " at " + told.since()).orElse("")
            + revocation
                .map(Revocation::note)
                .filter(note -> !note.isBlank())
                .map(note -> " (%s)".formatted(note))
                .orElse(""));
  }

  /** The role holds a denial of an operator's, and its tag does not say so yet. */
  static RoleRevoked beingRevoked(String role) {
    return revoked(role, "");
  }

  private static RoleRevoked revoked(String role, String details) {
    return new RoleRevoked(
        "An operator has revoked role \"%s\"%s, so nothing is launched with it or changed in it, and no other role of the same permissions takes its place. Ask an operator to undo that, or ask for other permissions under another name."
            .formatted(role, details));
  }

  /** What the request asks for ends too soon, though it did not when the payload was read. */
  static RoleExpired endsTooSoon(RoleRequest request, Instant until) {
    return new RoleExpired(
        "The role that %s asks for ends at %s, too soon to launch with it. Launch again with a later \"%s\"."
            .formatted(request.paths().role(), until, PermissionFields.EXPIRES.name()));
  }

  /** The role under this name is over, or nearly. */
  static RoleExpired hasEnded(KnownRole role, Instant until) {
    return new RoleExpired(
        role.set()
            .map(
                set ->
                    "Role \"%s\" ends at %s, too soon to launch with it. To let it last longer, run its role set \"%s\" again with a later \"%s\"."
                        .formatted(role.name(), until, set, PermissionFields.EXPIRES.name()))
            .orElseGet(
                () ->
                    "Role \"%s\", made by spawn for %s, ends at %s, too soon to launch with it, and what was made with an end is never prolonged. Choose another role name. The clean-up removes this role when it is over and nothing uses it any more; to have it removed before, call the clean-up with {\"roleNames\": [\"%s\"]}."
                        .formatted(role.name(), creator(role), until, role.name())));
  }

  /**
   * The role is half-made, and the request does not describe what would make it whole. One that has
   * been whole is made whole only as it was.
   */
  static RoleConflict neverFinished(KnownRole role) {
    return new RoleConflict(
        (role.wasLeased()
                ? "Role \"%s\", made by spawn for %s, is not whole, since its removal was begun, and this payload does not say what it should hold. Launch once with the policies that it had, or choose another role name."
                : "Role \"%s\", made by spawn for %s, was never finished, and this payload does not say what it should hold. Launch once with the policies that it should have.")
            .formatted(role.name(), creator(role)));
  }

  /**
   * The role is half-made, and putting and attaching what the request asks for would not make it
   * what that describes.
   *
   * @param obstacles why, as clauses of a sentence
   */
  static RoleConflict cannotBeCompleted(KnownRole role, List<String> obstacles) {
    return new RoleConflict(
        "Role \"%s\", made by spawn for %s, is not finished, and this payload cannot complete it: %s. Launches take nothing from a role, so it was left as it is. Choose another role name, or have this one removed: call the clean-up with {\"roleNames\": [\"%s\"]}."
            .formatted(
                role.name(),
                creator(role),
                obstacles.isEmpty() ? "it holds more than that" : String.join("; ", obstacles),
                role.name()));
  }

  /**
   * The role has been whole, with other content than the request describes, and is not any more.
   */
  static RoleConflict hadOtherContent(KnownRole role) {
    return new RoleConflict(
        "Role \"%s\", made by spawn for %s with other content, is not whole, since its removal was begun. Launch with the policies that it had, choose another role name, or have its removal finished: call the clean-up with {\"roleNames\": [\"%s\"]}."
            .formatted(role.name(), creator(role), role.name()));
  }

  /**
   * The role was never finished, and has to wait before it is completed with other content than it
   * was created for.
   *
   * @param claim what it waits for
   */
  static RoleUnfinished claimed(KnownRole role, Claim claim, RoleRequest request) {
    return new RoleUnfinished(
        claim.isFor(request.hash())
            ? "Role \"%s\" was never finished with what it was made for. It is completed with this payload's policies from %s on, when no other launch can still be writing. If this one has ended by then, launch again."
                .formatted(role.name(), claim.ripeAt())
            : "Role \"%s\" was never finished, and another launch is about to complete it with other policies. If that has not happened by %s, launch again, or choose another role name."
                .formatted(role.name(), claim.ripeAt().plus(Claim.GRACE)));
  }

  /** Returns for whom a role was made, as its caller said. */
  private static String creator(KnownRole role) {
    return role.tag(Tags.CREATOR).orElse("an unknown caller");
  }

  /** The name has the form of spawn's own names, and there is no such role to use. */
  static InvalidRequest generatedName(String name, RolePaths paths) {
    return new InvalidRequest(
        JsonPath.member(paths.role(), IamFields.ROLE.name()),
        "There is no role \"%s\", and only spawn itself gives names of this form, to roles that it also removes by itself. Choose another name, or leave it out."
            .formatted(name));
  }

  /** The sweep has marked the role under every name that the request may use. */
  static RoleBeingDeleted everyNameTaken(RoleRequest request) {
    return new RoleBeingDeleted(
        "The role %s is being removed by the clean-up, and %s. Launch again in about half an hour."
            .formatted(
                request.names().get(0),
                request.mayTakeAnotherName()
                    ? "each of its longer names is also being removed or belongs to other permissions"
                    : "its name is fixed, so no other can be used"));
  }

  /** A launch names a role of a set whose last run has not finished. */
  static NotVisibleYet changedBySet(KnownRole role, String set) {
    return new NotVisibleYet(
        "Role \"%s\" is being changed by its role set \"%s\", or a run of the set stopped before it was finished. If this stays so, run the set again."
            .formatted(role.name(), set));
  }

  /** A set wants a name that belongs to a role outside of the set. */
  static RoleConflict notOfSet(KnownRole role, Owner owner) {
    Optional<String> otherSet = owner.manages(role) ? role.set() : Optional.empty();
    return new RoleConflict(
        "Role \"%s\" (%s) %s, so it was left as it is. Choose another $.namePrefix, or remove that role yourself."
            .formatted(
                role.name(),
                role.arn(),
                otherSet
                    .map("belongs to the role set \"%s\""::formatted)
                    .orElse(
                        owner.manages(role)
                            ? "was made by spawn for launches"
                            : "was not made by this stack")));
  }

  /** The role is marked, so its set is being removed. */
  static RoleBeingDeleted removedWithSet(KnownRole role, String set) {
    return new RoleBeingDeleted(
        "The role %s is being removed with its role set \"%s\". Run the set again in about half an hour, when the role is gone. If the removal was abandoned, remove the set again, or take the mark off: aws iam untag-role --role-name %s --tag-keys %s"
            .formatted(role.name(), set, role.name(), Tags.DELETING));
  }

  /**
   * A set asks for another trust policy or boundary.
   *
   * @param parts what differs, each as a noun
   */
  static RoleConflict unchangeable(KnownRole role, String set, List<String> parts) {
    return new RoleConflict(
        "Role \"%s\" of the role set \"%s\" differs in what is never changed on an existing role: %s. Give it another name, or remove the set and make it again."
            .formatted(role.name(), set, String.join(" and ", parts)));
  }
}
