package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import spawn.policy.PolicyDocument;

/**
 * Decides which calls make a role of a launch hold again what it was made with: first those that
 * take from it, then those that give.
 */
final class RoleRepairChanges {
  private final IamRoles roles;
  private final IamSetRoles taking;

  /** Creates the decision; the changes that it returns make these calls. */
  RoleRepairChanges(IamRoles roles, IamSetRoles taking) {
    this.roles = roles;
    this.taking = taking;
  }

  /** Returns the changes in their order; none if the role holds what it was made with. */
  List<Change> of(FullRole held, Made made) {
    String name = held.role().name();
    List<Change> changes = new ArrayList<>(taken(name, held, made));
    int is = held.role().maxSessionDuration();
    int was = made.permissions().maxSessionDuration();
    if (is > was) {
      changes.add(session(name, was));
    }
    changes.addAll(given(name, held, made));
    if (is < was) {
      changes.add(session(name, was));
    }
    return changes;
  }

  private Change session(String name, int seconds) {
    return Change.of(
        "set longest session to %d s".formatted(seconds),
        () -> taking.updateSession(name, seconds));
  }

  private List<Change> taken(String name, FullRole held, Made made) {
    List<Change> changes = new ArrayList<>();
    boolean hasInline = !made.permissions().inlinePolicy().isEmpty();
    for (Map.Entry<String, JsonNode> inline : held.policies().inline().entrySet()) {
      String policy = inline.getKey();
      if (Revocation.isDenial(policy, inline.getValue())) {
        continue; // an operator may be about to revoke the role
      }
      if (!policy.equals(Roles.INLINE_POLICY) || !hasInline) {
        changes.add(
            Change.of("delete inline policy " + policy, () -> taking.deleteInline(name, policy)));
      }
    }
    for (String arn : held.policies().managed()) {
      if (!made.permissions().managedPolicyArns().contains(arn)) {
        changes.add(Change.of("detach " + arn, () -> taking.detach(name, arn)));
      }
    }
    Map<String, String> tags = ignoringCase(made.tags());
    List<String> keys =
        Tags.ofCaller(held.role().tags()).keySet().stream()
            .filter(key -> !tags.containsKey(key))
            .toList();
    if (!keys.isEmpty()) {
      changes.add(
          Change.of("remove tags " + String.join(", ", keys), () -> taking.untag(name, keys)));
    }
    return changes;
  }

  private List<Change> given(String name, FullRole held, Made made) {
    List<Change> changes = new ArrayList<>();
    PolicyDocument inline = made.permissions().inlinePolicy();
    if (!inline.isEmpty() && held.policies().ownInline().filter(inline::equals).isEmpty()) {
      changes.add(
          Change.of(
              "put inline policy " + Roles.INLINE_POLICY,
              () -> roles.putInline(name, inline, RolePaths.OF_A_LAUNCH)));
    }
    List<String> managed = made.permissions().managedPolicyArns();
    for (String arn : managed) {
      if (!held.policies().managed().contains(arn)) {
        changes.add(
            Change.of(
                "attach " + arn,
                () -> roles.attach(name, arn, managed.size(), RolePaths.OF_A_LAUNCH)));
      }
    }
    Map<String, String> lacking = new TreeMap<>(made.tags());
    lacking.entrySet().removeIf(tag -> tag.getValue().equals(held.role().tags().get(tag.getKey())));
    if (!lacking.isEmpty()) {
      changes.add(
          Change.of(
              "set tags " + String.join(", ", lacking.keySet()),
              () ->
                  roles.tag(
                      name,
                      lacking.entrySet().stream()
                          .map(tag -> Tags.of(tag.getKey(), tag.getValue()))
                          .toList())));
    }
    return changes;
  }

  private static Map<String, String> ignoringCase(Map<String, String> tags) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(tags);
    return all;
  }
}
