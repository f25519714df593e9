package spawn.expect;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.ContextEntry;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.InvalidInputException;
import software.amazon.awssdk.services.iam.model.PermissionsBoundaryDecisionDetail;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationException;
import software.amazon.awssdk.services.iam.model.Position;
import software.amazon.awssdk.services.iam.model.SimulateCustomPolicyRequest;
import software.amazon.awssdk.services.iam.model.Statement;
import spawn.error.InvalidRequest;
import spawn.policy.Expectation;
import spawn.policy.Expectation.ContextValue;

/**
 * Asks IAM's own simulator, one call for each request (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html">SimulateCustomPolicy</a>).
 */
final class Simulator {
  private static final String ALLOWED = "allowed";
  private static final String IMPLICIT_DENY = "implicitDeny";

  /** How IAM names the policies of a call, which it counts from 1. */
  private static final Pattern SOURCE =
      Pattern.compile("(PermissionsBoundary)?PolicyInputList\\.(\\d{1,4})");

  /** What IAM knows of every request itself, and its simulator does not. */
  private static final String NOW = "aws:CurrentTime";

  private final IamClient iam;
  private final Clock clock;

  Simulator(IamClient iam, Clock clock) {
    this.iam = iam;
    this.clock = clock;
  }

  /**
   * Returns what IAM decides. A role without policies is allowed nothing, and IAM takes no call
   * about it, so that none is made.
   *
   * @throws InvalidRequest if IAM cannot simulate the request, with its reason
   */
  Verdict verdict(Expectation expectation, TestedRole role) {
    if (role.policies().isEmpty()) {
      return Verdict.of(expectation, IMPLICIT_DENY, "the role has no policies", List.of());
    }
    EvaluationResult result = asked(expectation, role);
    boolean withinBoundary =
        Optional.ofNullable(result.permissionsBoundaryDecisionDetail())
            .map(PermissionsBoundaryDecisionDetail::allowedByPermissionsBoundary)
            .orElse(true);
    String said = result.evalDecisionAsString();
    // Both must allow: so it is, whether or not the decision counts the boundary in.
    String decision = said.equals(ALLOWED) && !withinBoundary ? IMPLICIT_DENY : said;
    return Verdict.of(
        expectation,
        decision,
        because(decision, withinBoundary, result.matchedStatements(), role),
        result.missingContextValues().stream()
            .filter(key -> role.asks(expectation.action(), key))
            .toList());
  }

  private EvaluationResult asked(Expectation expectation, TestedRole role) {
    try {
      return iam.simulateCustomPolicy(request(expectation, role)).evaluationResults().get(0);
    } catch (InvalidInputException | PolicyEvaluationException refused) {
      throw new InvalidRequest(
          expectation.path(),
          "IAM cannot try %s on %s: %s"
              .formatted(
                  expectation.action(),
                  expectation.resource(),
                  refused.awsErrorDetails().errorMessage()));
    }
  }

  private SimulateCustomPolicyRequest request(Expectation expectation, TestedRole role) {
    SimulateCustomPolicyRequest.Builder request =
        SimulateCustomPolicyRequest.builder()
            .policyInputList(role.policies().stream().map(PolicyText::text).toList())
            .actionNames(expectation.action())
            .resourceArns(expectation.resource())
            .contextEntries(context(expectation).map(Simulator::entry).toList());
    // An empty list is not the same as none: it is sent, without a value.
    role.boundary()
        .ifPresent(boundary -> request.permissionsBoundaryPolicyInputList(boundary.text()));
    return request.build();
  }

  /** Returns the context of a request, which is made now if the payload does not say when. */
  private Stream<ContextValue> context(Expectation expectation) {
    boolean saysWhen =
        expectation.context().stream().anyMatch(value -> value.key().equalsIgnoreCase(NOW));
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return Stream.concat(
        expectation.context().stream(),
        saysWhen ? Stream.empty() : Stream.of(new ContextValue(NOW, "date", List.of(now))));
  }

  private static ContextEntry entry(ContextValue value) {
    return ContextEntry.builder()
        .contextKeyName(value.key())
        .contextKeyType(value.type())
        .contextKeyValues(value.values())
        .build();
  }

  private static String because(
      String decision, boolean withinBoundary, List<Statement> matched, TestedRole role) {
    if (decision.equals(IMPLICIT_DENY)) {
      return withinBoundary || role.boundary().isEmpty()
          ? "no statement allows it"
          : "%s does not allow it".formatted(role.boundary().get().name());
    }
    return matched.isEmpty()
        ? "it does not say by which statement"
        : matched.stream()
            .map(statement -> told(statement, role))
            .distinct()
            .limit(3)
            .collect(Collectors.joining("; "));
  }

  private static String told(Statement statement, TestedRole role) {
    Matcher source = SOURCE.matcher(String.valueOf(statement.sourcePolicyId()));
    if (!source.matches()) {
      return "a statement of " + statement.sourcePolicyId();
    }
    List<PolicyText> policies =
        source.group(1) == null ? role.policies() : role.boundary().stream().toList();
    int index = Integer.parseInt(source.group(2)) - 1;
    return index >= 0 && index < policies.size()
        ? policies
            .get(index)
            .statementAt(Optional.ofNullable(statement.startPosition()).map(Position::line))
        : "a statement of " + statement.sourcePolicyId();
  }
}
