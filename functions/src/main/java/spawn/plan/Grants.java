package spawn.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import spawn.policy.GrantDifference;
import spawn.role.KnownRole;

/** Puts a difference of grants into what a plan tells of it. */
final class Grants {
  private Grants() {}

  /**
   * Returns what is granted more and less.
   *
   * @param comparedWith the role that the difference is from; nothing where there is none
   * @param after what would be in force
   */
  static ObjectNode json(
      Optional<KnownRole> comparedWith, GrantDifference difference, Holdings after) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("comparedWith", comparedWith.map(KnownRole::arn).orElse(null));
    new ShownChanges(difference.more()).addTo(json, "more");
    new ShownChanges(difference.less()).addTo(json, "less");
    json.putObject("boundary")
        .put("before", comparedWith.flatMap(KnownRole::permissionsBoundary).orElse(null))
        .put("after", after.boundaryArn().orElse(null));
    return json;
  }
}
