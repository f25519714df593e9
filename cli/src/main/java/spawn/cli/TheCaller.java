package spawn.cli;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;
import spawn.cli.Doctor.Look;

/** Who calls, and what of the stack they may do. */
final class TheCaller {
  private static final Pattern SESSION =
      Pattern.compile("arn:[^:]+:sts::\\d+:assumed-role/([^/]+)/.*");

  private final Connection connection;
  private String arn = "";

  TheCaller(Connection connection) {
    this.connection = connection;
  }

  /** Returns whose credentials they are. */
  Finding identity() {
    try (StsClient sts = connection.sts()) {
      GetCallerIdentityResponse who = sts.getCallerIdentity();
      arn = who.arn();
      return Finding.ok("credentials", "%s in the account %s".formatted(arn, who.account()));
    }
  }

  /** Returns what else to look at, once it is known who calls. */
  List<Look> looks() {
    return List.of(
        new Look(
            "may launch",
            () ->
                may(
                    "may launch",
                    "states:StartExecution",
                    "LaunchStateMachineArn",
                    "LauncherPolicyArn",
                    true)),
        new Look(
            "may audit, revoke, clean up",
            () ->
                may(
                    "may audit, revoke, clean up",
                    "lambda:InvokeFunction",
                    "AuditFunctionName",
                    "OperatorPolicyArn",
                    false)),
        new Look(
            "may approve",
            () ->
                may(
                    "may approve",
                    "lambda:InvokeFunction",
                    "AnswerFunctionName",
                    "ApproverPolicyArn",
                    false)));
  }

  /** Asks IAM about the caller, whose sessions it does not know: it is asked about their role. */
  private Finding may(String what, String action, String on, String policy, boolean needed) {
    if (arn.endsWith(":root")) {
      return Finding.ok(what, "the root user may do everything; better make a user or a role");
    }
    try (IamClient iam = connection.iam()) {
      String resource = connection.output(on);
      boolean allowed =
          iam
              .simulatePrincipalPolicy(
                  asked ->
                      asked
                          .policySourceArn(principal(iam))
                          .actionNames(action)
                          .resourceArns(resource))
              .evaluationResults()
              .stream()
              .allMatch(result -> result.evalDecisionAsString().equals("allowed"));
      if (allowed) {
        return Finding.ok(what, "%s is allowed".formatted(action));
      }
      String detail =
          "%s on %s is not allowed: attach %s"
              .formatted(action, resource, connection.output(policy));
      return needed ? Finding.missing(what, detail) : Finding.note(what, detail);
    }
  }

  private String principal(IamClient iam) {
    Matcher session = SESSION.matcher(arn);
    return session.matches()
        ? Optional.of(session.group(1))
            .map(name -> iam.getRole(get -> get.roleName(name)).role().arn())
            .orElseThrow()
        : arn;
  }
}
