package spawn.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the members of a statement are spelled: as IAM does, or as Terraform does.
 *
 * @param sid the name of its identifier
 * @param effect the name of its effect
 * @param lists the names of what lists actions and resources, by IAM's
 * @param conditions the names that its condition may have
 * @param principals the names of members that no policy of a role may have
 */
record Spelling(
    String sid,
    String effect,
    SortedMap<String, String> lists,
    List<String> conditions,
    List<String> principals) {
  /** As IAM does. */
  static final Spelling IAM =
      new Spelling(
          "Sid",
          "Effect",
          new TreeMap<>(
              Map.of(
                  "Action", "Action",
                  "NotAction", "NotAction",
                  "Resource", "Resource",
                  "NotResource", "NotResource")),
          List.of("Condition"),
          List.of("Principal", "NotPrincipal"));

  /** As Terraform does; modules say {@code conditions}. */
  static final Spelling TERRAFORM =
      new Spelling(
          "sid",
          "effect",
          new TreeMap<>(
              Map.of(
                  "Action", "actions",
                  "NotAction", "not_actions",
                  "Resource", "resources",
                  "NotResource", "not_resources")),
          List.of("condition", "conditions"),
          List.of("principals", "not_principals"));

  boolean isTerraforms() {
    return equals(TERRAFORM);
  }

  String condition() {
    return conditions.get(0);
  }

  /** Returns the names of all members, sorted. */
  SortedSet<String> names() {
    List<String> names = new ArrayList<>(List.of(sid, effect));
    names.addAll(lists.values());
    names.addAll(conditions);
    names.addAll(principals);
    return new TreeSet<>(names);
  }
}
