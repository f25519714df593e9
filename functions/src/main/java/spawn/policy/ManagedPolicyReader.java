package spawn.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * Returns the ARNs of the policies, each with the JSON path of its first entry.
   *
   * @param limit which ones callers may attach
   */
  Map<String, String> read(Reading reading, ManagedPolicyLimit limit) {
    Map<String, String> paths = new LinkedHashMap<>();
    reading.texts(
        "managedPolicies",
        (text, at) -> {
          Optional<String> arn =
              text.startsWith("arn:") ? byArn(text, at, reading) : byName(text, at, reading);
          arn.ifPresent(read -> paths.putIfAbsent(read, at));
        });
    paths.forEach((arn, at) -> limit.check(arn, at, context, reading.problems()));
    return paths;
  }

  /**
   * Returns what is risky in policies.
   *
   * @param paths their ARNs with their JSON paths
   * @param boundary the ARN of the permissions boundary of the role that gets them
   * @param limit for which of them the stack's owner answers
   */
  List<Warning> warnings(Map<String, String> paths, String boundary, ManagedPolicyLimit limit) {
    List<Warning> warnings = new ArrayList<>();
    paths.forEach(
        (arn, path) -> {
          if (isKnown(arn)) {
            ManagedPolicies.list().findings(ManagedPolicies.name(arn)).stream()
                .filter(
                    finding ->
                        !finding.id().equals(Boundaries.FINDING)
                            || boundary.equals(context.defaultBoundary()))
                .map(finding -> review.ofManagedPolicy(ManagedPolicies.name(arn), finding, path))
                .forEach(warnings::add);
          } else if (!limit.answersFor(arn)) {
            warnings.add(unread(arn, path));
          }
        });
    return warnings;
  }

  private boolean isKnown(String arn) {
    return ManagedPolicies.list()
        .pathOf(ManagedPolicies.name(arn))
        .map(context::awsPolicyArn)
        .equals(Optional.of(arn));
  }

  private static Warning unread(String arn, String path) {
    return new Warning(
        "UNREAD_POLICY",
        Severity.HIGH,
        path,
        "spawn does not know what %s grants.".formatted(Quote.of(arn)),
        "Write what the instance needs in \"policies\" or \"statements\"; or the stack's owner lists the policy in the parameter AllowedPolicyArns.");
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
      reading.problem(at, () -> unknown(given, reading));
    } else if (ManagedPolicies.isServiceLinked(policyPath.get())) {
      serviceLinked(given, at, reading);
      return Optional.empty();
    } else if (!given.equals(name)
        && !policyPath.get().equals(given.startsWith("/") ? given : "/" + given)) {
      reading.problem(at, otherPath(given, policyPath.get()));
      return Optional.empty();
    }
    return policyPath.map(context::awsPolicyArn);
  }

  private String unknown(String given, Reading reading) {
    String name = ManagedPolicies.name(given);
    return IamArns.MANAGED_POLICY_NAME.matcher(name).matches()
        ? "%s is not an AWS managed policy.%s Name policies of your own account by ARN."
            .formatted(Quote.of(given), reading.problems().suggestion(() -> nearest(name)))
        : "%s is neither the name nor the ARN of a managed policy: write for example ReadOnlyAccess, or arn:%s:iam::account:policy/name."
            .formatted(Quote.of(given), context.partition());
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
