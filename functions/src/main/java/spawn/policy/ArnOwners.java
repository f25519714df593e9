package spawn.policy;

import java.util.Optional;
import java.util.regex.Pattern;
import spawn.policy.ServiceTemplates.Form;

/**
 * Fills in and checks the region and the account of ARNs: what is left out is the stack's where the
 * form has such a part.
 */
final class ArnOwners {
  private static final Pattern REGION = Pattern.compile("\\*|[a-z]{2,3}(-[a-z]+)+-\\d{1,2}");
  private static final Pattern ACCOUNT = Pattern.compile("\\*|\\d{12}");

  /** In AWS's forms a {@code *} for a part stands for any, as a name does. */
  private static final String ANY = "*";

  private final StackContext context;

  ArnOwners(StackContext context) {
    this.context = context;
  }

  /**
   * Who owns a resource.
   *
   * @param prefix the ARN up to its last part
   * @param problem what is wrong with the region or account, as a sentence without its subject
   */
  record Owner(String prefix, Optional<String> problem) {}

  Owner of(ResourceArn arn, Form form) {
    String region = part(arn.region(), form.region(), "REGION", context.region());
    String account = part(arn.account(), form.account(), "ACCOUNT", context.account());
    String service = form.service().equals(ANY) ? arn.service() : form.service();
    Optional<String> ofRegion =
        problem(region, form.region(), "REGION", "region", REGION, "one such as us-east-1");
    return new Owner(
        String.join(":", "arn", arn.partition(), service, region, account, ""),
        ofRegion.isPresent()
            ? ofRegion
            : problem(account, form.account(), "ACCOUNT", "account", ACCOUNT, "twelve digits"));
  }

  private static String part(String written, String form, String any, String own) {
    if (!written.isEmpty()) {
      return written;
    }
    return form.equals(any) || form.equals(ANY) ? own : form;
  }

  private static Optional<String> problem(
      String part, String form, String any, String name, Pattern valid, String example) {
    String article = name.equals("account") ? "an account" : "a region";
    if (form.equals(any) || form.equals(ANY)) {
      // Some resources are AWS's own, in any service.
      return valid.matcher(part).matches() || (name.equals("account") && part.equals("aws"))
          ? Optional.empty()
          : Optional.of(
              "does not name %s: write %s, *, or nothing for the stack's."
                  .formatted(article, example));
    }
    if (part.equals(form)) {
      return Optional.empty();
    }
    return Optional.of(
        form.isEmpty()
            ? "names %s, but these resources have none: leave it empty.".formatted(article)
            : "names %s, but for these resources it is always %s: leave it empty."
                .formatted(article, form));
  }
}
