package spawn.role;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import spawn.policy.Permissions;
import spawn.policy.PolicyDocument;

/** Decides which calls make a role of a set hold what the set asks for, and in which order. */
final class RoleChanges {
  private final IamRoles roles;
  private final IamSetRoles setRoles;

  /** Creates the decision; the changes that it returns make these calls. */
  RoleChanges(IamRoles roles, IamSetRoles setRoles) {
    this.roles = roles;
    this.setRoles = setRoles;
  }

  /** Returns the changes that fill a role without policies. */
  List<Change> ofNewRole(RoleRequest request) {
    return missing(request.names().get(0), request, RolePolicies.NONE, true);
  }

  /**
   * Returns the changes that make an existing role hold what a request asks for, and nothing else.
   *
   * @param certain whether what IAM shows can be trusted; otherwise what it shows is written again
   */
  List<Change> ofExistingRole(FullRole found, RoleRequest request, boolean certain) {
    String name = found.role().name();
    RolePolicies held = found.policies();
    Permissions wanted = request.permissions();
    List<Change> changes = new ArrayList<>();
    tagRemoval(found.role(), request).ifPresent(changes::add);
    sessionChange(found.role(), wanted).ifPresent(changes::add);
    changes.addAll(
        inOrder(
            missing(name, request, held, certain),
            surplus(name, wanted, held),
            fitTogether(wanted, held)));
    return changes;
  }

  private Optional<Change> tagRemoval(KnownRole role, RoleRequest request) {
    List<String> keys =
        role.tags().keySet().stream()
            .filter(key -> !Tags.isReserved(key) && !containsIgnoringCase(request.tags(), key))
            .toList();
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Change.of(
                "remove tags " + String.join(", ", keys), () -> setRoles.untag(role.name(), keys)));
  }

  private static boolean containsIgnoringCase(Map<String, String> tags, String key) {
    return tags.keySet().stream().anyMatch(key::equalsIgnoreCase);
  }

  private Optional<Change> sessionChange(KnownRole role, Permissions wanted) {
    int seconds = wanted.maxSessionDuration();
    return role.maxSessionDuration() == seconds
        ? Optional.empty()
        : Optional.of(
            Change.of(
                "set longest session to %d s".formatted(seconds),
                () -> setRoles.updateSession(role.name(), seconds)));
  }

  /** Returns the calls that give a role what it should hold. */
  private List<Change> missing(
      String name, RoleRequest request, RolePolicies held, boolean certain) {
    Permissions wanted = request.permissions();
    List<Change> changes = new ArrayList<>();
    for (String arn : wanted.managedPolicyArns()) {
      Runnable attach =
          () -> roles.attach(name, arn, wanted.managedPolicyArns().size(), request.paths());
      if (!held.managed().contains(arn)) {
        changes.add(Change.of("attach " + arn, attach));
      } else if (!certain) {
        changes.add(Change.silent(attach));
      }
    }
    PolicyDocument inline = wanted.inlinePolicy();
    if (!inline.isEmpty()) {
      Runnable put = () -> roles.putInline(name, inline, request.paths());
      if (!held.ownInline().equals(Optional.of(inline))) {
        changes.add(Change.of("put inline policy " + Roles.INLINE_POLICY, put));
      } else if (!certain) {
        changes.add(Change.silent(put));
      }
    }
    return changes;
  }

  /** Returns the calls that take from a role what it should not hold. */
  private List<Change> surplus(String name, Permissions wanted, RolePolicies held) {
    List<Change> changes = new ArrayList<>();
    for (String policy : held.inline().keySet()) {
      boolean isWanted = policy.equals(Roles.INLINE_POLICY) && !wanted.inlinePolicy().isEmpty();
      // What an operator denies, even meanwhile, no run of a set takes off.
      if (!isWanted && !Revocation.isPolicy(policy)) {
        changes.add(
            Change.of("delete inline policy " + policy, () -> setRoles.deleteInline(name, policy)));
      }
    }
    for (String arn : held.managed()) {
      if (!wanted.managedPolicyArns().contains(arn)) {
        changes.add(Change.of("detach " + arn, () -> setRoles.detach(name, arn)));
      }
    }
    return changes;
  }

  /**
   * Grants before it takes, so that what runs under the role never lacks what it should keep; where
   * the two do not fit into a role together, the other way round.
   */
  private static List<Change> inOrder(List<Change> more, List<Change> less, boolean fit) {
    List<Change> changes = new ArrayList<>(fit ? more : less);
    changes.addAll(fit ? less : more);
    return changes;
  }

  /** Returns whether a role can hold the wanted policies besides those that it holds. */
  private static boolean fitTogether(Permissions wanted, RolePolicies held) {
    Set<String> both = new LinkedHashSet<>(held.managed());
    both.addAll(wanted.managedPolicyArns());
    return both.size() <= AccountQuotas.MIN_ATTACHED_POLICIES_QUOTA && !held.hasForeignInline();
  }
}
