package spawn.policy;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.policy.ServiceReference.Action;
import spawn.policy.ServiceReference.ArnForm;
import spawn.template.Template;

/** ARNs of the sample account as AWS's service authorization reference writes them. */
public final class ReferenceArns {
  private ReferenceArns() {}

  /**
   * Returns one ARN of each kind that an action accepts, or {@code *} if it accepts none.
   *
   * @param action with its service; one that AWS has ended accepts none
   */
  public static List<String> of(String action) {
    List<String> arns =
        forms(action)
            .map(form -> arn(form, form.resource().replace("*", "admin-1")))
            .distinct()
            .toList();
    return arns.isEmpty() ? List.of("*") : arns;
  }

  /** Returns whether an action accepts a resource of that ARN. */
  public static boolean accepts(String action, String arn) {
    return forms(action)
        .map(form -> Pattern.quote(arn(form, form.resource())).replace("*", "\\E.*\\Q"))
        .anyMatch(arn::matches);
  }

  private static Stream<ArnForm> forms(String action) {
    String service = action.substring(0, action.indexOf(':'));
    ServiceReference reference = ServiceReference.of(service).orElse(null);
    return reference == null
        ? Stream.empty()
        : reference.action(action.substring(service.length() + 1)).map(Action::accepts).stream()
            .flatMap(List::stream)
            .flatMap(kind -> reference.kinds().getOrDefault(kind, List.of()).stream());
  }

  private static String arn(ArnForm form, String resource) {
    return "arn:aws:%s:%s:%s:%s"
        .formatted(
            form.service(),
            form.region().equals("R") ? "us-east-1" : form.region(),
            form.account().equals("A") ? Template.ACCOUNT : form.account(),
            resource);
  }
}
