package spawn.policy;

import java.util.List;
import java.util.stream.Stream;
import spawn.error.Problems;
import spawn.payload.ParameterList;
import spawn.payload.Quote;

/**
 * The managed policies that callers may attach. IAM holds the functions to the same by the
 * condition {@code iam:PolicyARN}.
 *
 * <p>Limits on resources say nothing of what stands in a managed policy. So where there are any,
 * only listed policies are attached, as where {@code AllowedManagedPolicies} lists some.
 *
 * @param names patterns of the names of AWS's own policies, without their paths: {@code
 *     AllowedManagedPolicies}
 * @param arns patterns of the ARNs of policies whose content the stack's owner answers for: {@code
 *     AllowedPolicyArns}
 * @param onlyListed whether another limit of the stack lets nothing but listed policies through
 */
record ManagedPolicyLimit(ParameterList names, ArnPatterns arns, boolean onlyListed) {
  /** Returns whether the stack's owner answers for what a managed policy grants. */
  boolean answersFor(String arn) {
    return arns.match(arn);
  }

  /** Notes that a policy must not be attached, if so. */
  void check(String arn, String path, StackContext context, Problems problems) {
    if (!allows(arn, context)) {
      problems.add(
          path,
          "%s is not a managed policy that this stack allows (AllowedManagedPolicies, AllowedPolicyArns): %s."
              .formatted(Quote.of(arn), shown()));
    }
  }

  private boolean allows(String arn, StackContext context) {
    return (names.isEmpty() && !onlyListed)
        || answersFor(arn)
        || (arn.startsWith(context.awsPolicyArn("/")) && names.matches(ManagedPolicies.name(arn)));
  }

  private String shown() {
    List<String> all = Stream.concat(names.entries().stream(), arns.patterns().stream()).toList();
    return all.isEmpty() ? "none" : ParameterList.shown(all);
  }
}
