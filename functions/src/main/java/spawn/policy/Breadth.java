package spawn.policy;

import java.util.List;
import java.util.Map;
import spawn.policy.ServiceReference.ArnForm;

/**
 * How much a resource names: everything, everything of a service, or everything of a kind count as
 * every resource, however they are written.
 */
final class Breadth {
  /** The services whose ARNs have another name in them than their actions. */
  private static final Map<String, String> OWNERS =
      Map.of(
          "catalog", "servicecatalog",
          "elastic-inference", "ec2",
          "route53-recovery-control", "route53-recovery-control-config");

  private Breadth() {}

  /** Returns whether a statement is about every resource, of a kind at least. */
  static boolean isEverything(Statement statement) {
    return statement.resources().inverted()
        || statement.resources().patterns().stream()
            .map(Glob::toString)
            .anyMatch(Breadth::isEverything);
  }

  /**
   * Returns whether an ARN, or {@code *}, names every resource of a kind: its last part matches all
   * ARNs that the service authorization reference gives for that kind.
   */
  private static boolean isEverything(String resource) {
    if (resource.indexOf('*') < 0) {
      return false;
    }
    Arn arn = Arn.of(resource);
    String last = withoutNeedlessQuestionMarks(arn.parts().get(arn.parts().size() - 1));
    if (!arn.isWhole()) {
      return last.endsWith("*");
    }
    return last.equals("*") || (mayBeAKind(last) && isAKind(arn.service(), last));
  }

  /** Beside a star, a question mark only asks that there be a character. */
  private static String withoutNeedlessQuestionMarks(String pattern) {
    StringBuilder kept = new StringBuilder(pattern.length());
    boolean star = false;
    for (int at = pattern.length() - 1; at >= 0; at--) {
      char character = pattern.charAt(at);
      star = character == '*' || (star && character == '?');
      if (character != '?' || !star) {
        kept.append(character);
      }
    }
    return kept.reverse().toString();
  }

  /** Returns whether any name in it is left open, as it is in every ARN of a kind. */
  private static boolean mayBeAKind(String last) {
    return last.endsWith("*") || last.contains("*/") || last.contains("*:");
  }

  private static boolean isAKind(String arnService, String last) {
    Glob pattern = Glob.resource(last);
    return ServiceReference.of(OWNERS.getOrDefault(arnService, arnService)).stream()
        .flatMap(reference -> reference.kinds().values().stream().flatMap(List::stream))
        .filter(form -> form.service().equals(arnService))
        .map(ArnForm::resource)
        .filter(resource -> resource.contains("*"))
        .anyMatch(resource -> pattern.covers(Glob.resource(resource)));
  }
}
