package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import spawn.error.Problems;

/**
 * What callers of one stack may ask for in their roles, as its owner says it in the stack's
 * parameters. The workflow hands their values on with each payload, so a change takes effect at
 * once.
 *
 * @param ownStatements whether a payload may spell out statements
 */
public record PolicyLimits(boolean ownStatements) {
  /** A stack in which callers may ask for anything. */
  public static final PolicyLimits NONE = of(Map.of());

  private static final List<String> SPELT_OUT =
      List.of(PermissionFields.POLICY_DOCUMENT.name(), PermissionFields.STATEMENTS.name());

  /** Returns the limits in the values of the stack's parameters, by their names. */
  public static PolicyLimits of(Map<String, String> parameters) {
    return new PolicyLimits(!"reject".equals(parameters.get("OwnStatements")));
  }

  /** Notes the statements that a payload spells out where it must not. */
  void checkStatements(JsonNode iam, String path, Problems problems) {
    if (ownStatements) {
      return;
    }
    for (String field : SPELT_OUT) {
      if (iam.hasNonNull(field)) {
        problems.add(
            path + "." + field,
            "This stack takes no statements from payloads (OwnStatements). Ask by words in \"policies\".");
      }
    }
  }
}
