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
    Optional<String> listed = ManagedPolicies.list().pathOf(ManagedPolicies.name(policyPath));
    if (ManagedPolicies.isServiceLinked(listed.orElse(policyPath))
        || ManagedPolicies.isServiceLinked(policyPath)) {
      serviceLinked(arn, at, reading);
    } else if (listed.isEmpty()) {
      reading.warning(
          new Warning(
              "UNKNOWN_MANAGED_POLICY",
              Severity.LOW,
              at,
              "%s is not among the AWS managed policies that spawn knows.".formatted(Quote.of(arn)),
              "Check that it exists, or the launch ends when it is attached."));
    } else if (!listed.get().equals(policyPath)) {
      // No two policies of an account, and AWS's count as one, have the same name.
      reading.problem(at, otherPath(arn, listed.get()));
    }
  }

  private String otherPath(String given, String listed) {
    return "%s is not where AWS has this policy: write %s, or %s."
        .formatted(Quote.of(given), ManagedPolicies.name(listed), context.awsPolicyArn(listed));
  }

  /** Returns the ARN of one of AWS's policies by its name, with or without its path before it. */
  private Optional<String> byName(String given, String at, Reading reading) {
    String name = ManagedPolicies.name(given);
    Optional<String> policyPath = ManagedPolicies.list().pathOf(name);
    if (policyPath.isEmpty()) {
      reading.problem(at, unknown(given));
    } else if (ManagedPolicies.isServiceLinked(policyPath.get())) {
      serviceLinked(given, at, reading);
      return Optional.empty();
    } else if (!given.equals(name)
        && !policyPath.get().equals(given.startsWith("/") ? given : "/" + given)) {
      reading.problem(at, otherPath(given, policyPath.get()));
      return Optional.empty();
    }
    review.ofManagedPolicy(name, at).ifPresent(reading::warning);
    return policyPath.map(context::awsPolicyArn);
  }

  private String unknown(String given) {
    String name = ManagedPolicies.name(given);
    return IamArns.MANAGED_POLICY_NAME.matcher(name).matches()
        ? "%s is not an AWS managed policy. Nearest: %s. Name policies of your own account by ARN."
            .formatted(Quote.of(given), String.join(", ", ManagedPolicies.list().nearest(name)))
        : "%s is neither the name nor the ARN of a managed policy: write for example ReadOnlyAccess, or arn:%s:iam::account:policy/name."
            .formatted(Quote.of(given), context.partition());
  }

  private static void serviceLinked(String policy, String at, Reading reading) {
    reading.problem(
        at,
        "%s belongs to a service-linked role and cannot be attached to another role. Leave it out."
            .formatted(Quote.of(policy)));
  }
}
