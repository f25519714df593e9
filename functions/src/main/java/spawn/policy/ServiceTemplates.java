package spawn.policy;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The templates of one service, and how its resources are written.
 *
 * @param example a resource as messages show it, in the shorthand if there is one
 * @param shorthand how a resource is written without its ARN, or null if it is not
 * @param forms the ARNs to which the templates can be bound; the first that matches counts
 * @param groups the actions
 */
record ServiceTemplates(
    String example, Shorthand shorthand, List<Form> forms, List<ActionGroup> groups) {
  /**
   * How a resource is written as {@code service://name}.
   *
   * @param before what stands before the name in the ARN's last part
   * @param after what follows the name there, unless the name ends in a wildcard
   */
  record Shorthand(String before, String after) {
    String resource(String name) {
      // The names of parameters may or may not begin with the slash that their ARNs share.
      boolean slashes = before.endsWith("/") && name.startsWith("/");
      return before + (slashes ? name.substring(1) : name) + (name.endsWith("*") ? "" : after);
    }
  }

  /**
   * One form of ARN.
   *
   * @param arn service, region and account, the last two empty or the stack's own
   * @param matches the ARN's last part
   * @param gives for each ARN kind the last parts to which actions on that kind are bound
   */
  record Form(String arn, Pattern matches, Map<String, List<String>> gives) {
    String service() {
      return arn.substring(0, arn.indexOf(':'));
    }

    boolean hasRegion() {
      return arn.contains(":REGION:");
    }

    boolean hasAccount() {
      return arn.endsWith(":ACCOUNT");
    }
  }

  /** Returns whether ARNs of this service, such as {@code iam}, are among its resources. */
  boolean hasArnsOf(String arnService) {
    return forms.stream().anyMatch(form -> form.service().equals(arnService));
  }

  Template template(String service, Level level) {
    return new Template(
        service, level, groups.stream().filter(group -> group.levels().contains(level)).toList());
  }
}
