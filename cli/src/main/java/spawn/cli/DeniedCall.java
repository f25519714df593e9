package spawn.cli;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call that a caller may not make: who, what, and which of the stack's policies allows it.
 *
 * <p>AWS's sentence has the same parts for all services (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html">access
 * denied messages</a>); EC2 puts some before it, and an encoded message behind it.
 */
final class DeniedCall {
  private static final Pattern WHO = Pattern.compile("[Uu]ser: (\\S+) is not authorized");
  private static final Pattern ACTION = Pattern.compile("to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)");
  private static final Pattern RESOURCE =
      Pattern.compile("on resource: ((?:role |user |group |policy |instance profile )?\\S+)");
  private static final Pattern EXPLICIT =
      Pattern.compile(
          "with an explicit deny(?: in an? ([A-Za-z-]+(?: [a-z-]+)*?))?(?:: (\\S+))?(?=\\.|$| Encoded)");
  private static final Pattern NOT_ALLOWED =
      Pattern.compile("because no ([a-z-]+(?: [a-z-]+)*) allows");

  /**
   * Which of the stack's outputs names the policy that allows a call. The first that fits counts.
   *
   * @param action the action, as a pattern
   * @param resource a part of its resource, or of none
   * @param output the output whose value is the policy's ARN
   */
  record Remedy(String action, String resource, String output) {
    boolean fits(String denied, String on) {
      return denied.matches(action) && on.contains(resource);
    }
  }

  /** All of them. */
  static final List<Remedy> REMEDIES =
      List.of(
          new Remedy("lambda:InvokeFunction", "AnswerApproval", "ApproverPolicyArn"),
          new Remedy("lambda:InvokeFunction", "", "OperatorPolicyArn"),
          new Remedy("cloudformation:DescribeStacks", "", "CommandLinePolicyArn"),
          new Remedy("ec2:Describe.*", "", "CommandLinePolicyArn"),
          new Remedy("iam:Get(InstanceProfile|AccountSummary)", "", "CommandLinePolicyArn"),
          new Remedy(
              "iam:(Simulate.*|GetRole.*|ListRolePolicies|GetPolicy.*)", "", "RoleTestPolicyArn"),
          new Remedy("ec2:TerminateInstances|ssm:.*|ssmmessages:.*", "", "InstanceAccessPolicyArn"),
          new Remedy("states:StartExecution", "-role-set", "RoleSetPolicyArn"),
          new Remedy("states:StartExecution", "-break-glass", "BreakGlassPolicyArn"),
          new Remedy("states:StartExecution", "", "LauncherPolicyArn"),
          new Remedy("states:(DescribeExecution|ListExecutions)", "-approval", "ApproverPolicyArn"),
          new Remedy(
              "states:DescribeExecution|states:StopExecution", "-role-set", "RoleSetPolicyArn"),
          new Remedy("states:ListExecutions", "", "OperatorPolicyArn"),
          new Remedy(
              "states:(DescribeExecution|GetExecutionHistory|StopExecution)",
              "",
              "LauncherPolicyArn"));

  private DeniedCall() {}

  /**
   * Returns the sentence.
   *
   * @param service who refused it
   * @param said AWS's sentence
   */
  static String sentence(String service, String said, Caller caller) {
    Optional<String> action = first(ACTION, said);
    if (action.isEmpty()) {
      return "%s does not allow it%s.%s"
          .formatted(
              service,
              caller.profile().map(" to the profile %s"::formatted).orElse(""),
              said.isEmpty() ? "" : " It says: " + shortened(said));
    }
    String who = first(WHO, said).orElse("the caller");
    String on =
        first(RESOURCE, said)
            .filter(resource -> !resource.equals("*"))
            .map(DeniedCall::withoutEnd)
            .map(" on %s"::formatted)
            .orElse("");
    return "AWS does not let %s call %s%s: %s."
        .formatted(who, action.get(), on, why(said, action.get(), on));
  }

  private static String why(String said, String action, String on) {
    Matcher explicit = EXPLICIT.matcher(said);
    if (explicit.find()) {
      String policy = Optional.ofNullable(explicit.group(1)).orElse("policy");
      return "an explicit deny in %s %s forbids it; %s"
          .formatted(policy.startsWith("i") ? "an" : "a", policy, whoCanChange(policy));
    }
    Optional<String> none = first(NOT_ALLOWED, said);
    if (none.filter(kind -> !kind.equals("identity-based policy")).isPresent()) {
      return "no %s allows it; %s".formatted(none.get(), whoCanChange(none.get()));
    }
    return remedy(action, on)
        .map(output -> "attach the policy of the stack's output %s".formatted(output))
        .orElse("no policy allows it; docs/security.md says what each command needs");
  }

  /** Returns the output that names the policy to attach. */
  static Optional<String> remedy(String action, String on) {
    return REMEDIES.stream()
        .filter(remedy -> remedy.fits(action, on))
        .map(Remedy::output)
        .findFirst();
  }

  private static String whoCanChange(String policy) {
    return policy.contains("control policy")
        ? "whoever looks after the organization can change that"
        : policy.contains("session policy")
            ? "the session was made with fewer rights than its role has"
            : policy.contains("endpoint")
                ? "whoever looks after the VPC can change that"
                : "an administrator of the account can change that";
  }

  private static Optional<String> first(Pattern pattern, String said) {
    Matcher found = pattern.matcher(said);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  private static String withoutEnd(String resource) {
    return resource.endsWith(".") ? resource.substring(0, resource.length() - 1) : resource;
  }

  private static String shortened(String said) {
    String shown = said.replaceFirst("\\s*Encoded authorization failure message:.*", "");
    return shown.length() > 300 ? shown.substring(0, 300) + "…" : shown;
  }
}
