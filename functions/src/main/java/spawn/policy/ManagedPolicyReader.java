package spawn.policy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import spawn.payload.Quote;

/** Reads {@code managedPolicies}: AWS's by name or ARN, those of an account by ARN. */
final class ManagedPolicyReader {
  private final StackContext context;
  private final PolicyReview review;

  ManagedPolicyReader(StackContext context, PolicyReview review) {
    this.context = context;
    this.review = review;
  }

  /** Returns the ARNs of the policies. */
  List<String> read(Reading reading) {
    Set<String> arns = new LinkedHashSet<>();
    reading.texts(
        "managedPolicies",
        (text, at) -> {
          Optional<String> arn =
              text.startsWith("arn:") ? byArn(text, at, reading) : byName(text, at, reading);
          arn.ifPresent(arns::add);
        });
    return List.copyOf(arns);
  }

  private Optional<String> byArn(String text, String at, Reading reading) {
    Matcher arn = IamArns.MANAGED_POLICY.matcher(text);
    if (!arn.matches()) {
      reading.problem(
          at,
          "%s is not the ARN of a managed policy: write arn:%s:iam::account:policy/name."
              .formatted(Quote.of(text), context.partition()));
      return Optional.empty();
    }
    if (!arn.group(1).equals(context.partition())) {
      reading.problem(at, context.notOfPartition(text));
      return Optional.empty();
    }
    if (arn.group(2).equals("aws")) {
      checkListed(text, arn.group(3), at, reading);
    }
    review.ofManagedPolicy(ManagedPolicies.name(text), at).ifPresent(reading::warning);
    return Optional.of(text);
  }

  private void checkListed(String arn, String policyPath, String at, Reading reading) {
    if (ManagedPolicies.isServiceLinked(policyPath)) {
      serviceLinked(arn, at, reading);
      return;
    }
    Optional<String> listed = ManagedPolicies.list().pathOf(ManagedPolicies.name(policyPath));
    if (!listed.equals(Optional.of(policyPath))) {
      reading.warning(
          new Warning(
              "UNKNOWN_MANAGED_POLICY",
              Severity.LOW,
              at,
              "%s is not among the AWS managed policies that spawn knows.".formatted(Quote.of(arn)),
              listed
                  .map(known -> "That name is known as %s.".formatted(context.awsPolicyArn(known)))
                  .orElse("Check that it exists, or the launch ends when it is attached.")));
    }
  }

  private Optional<String> byName(String name, String at, Reading reading) {
    Optional<String> policyPath = ManagedPolicies.list().pathOf(name);
    if (policyPath.isEmpty()) {
      reading.problem(at, () -> unknown(name, reading));
    } else if (ManagedPolicies.isServiceLinked(policyPath.get())) {
      serviceLinked(name, at, reading);
      return Optional.empty();
    }
    review.ofManagedPolicy(name, at).ifPresent(reading::warning);
    return policyPath.map(context::awsPolicyArn);
  }

  private String unknown(String name, Reading reading) {
    return IamArns.MANAGED_POLICY_NAME.matcher(name).matches()
        ? "%s is not an AWS managed policy.%s Name policies of your own account by ARN."
            .formatted(Quote.of(name), reading.problems().suggestion(() -> nearest(name)))
        : "%s is neither the name nor the ARN of a managed policy: write for example ReadOnlyAccess, or arn:%s:iam::account:policy/name."
            .formatted(Quote.of(name), context.partition());
  }

  private static String nearest(String name) {
    List<String> nearest = ManagedPolicies.list().nearest(name);
    return nearest.isEmpty() ? "" : " Nearest: %s.".formatted(String.join(", ", nearest));
  }

  private static void serviceLinked(String policy, String at, Reading reading) {
    reading.problem(
        at,
        "%s belongs to a service-linked role and cannot be attached to another role. Leave it out."
            .formatted(Quote.of(policy)));
  }
}
