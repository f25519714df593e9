package spawn.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.model.ContextEntry;
import software.amazon.awssdk.services.iam.model.ContextKeyTypeEnum;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.SimulateCustomPolicyRequest;
import software.amazon.awssdk.services.iam.model.SimulateCustomPolicyResponse;
import software.amazon.awssdk.services.iam.model.Statement;
import spawn.aws.PolicySimulator.Verdict;

/**
 * SimulateCustomPolicy: its limits (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html">SimulateCustomPolicy</a>)
 * and its answer.
 */
final class Simulations {
  private static final int LONGEST_DOCUMENT = 131_072;

  private Simulations() {}

  static SimulateCustomPolicyResponse of(SimulateCustomPolicyRequest request) {
    check(request);
    PolicySimulator simulator =
        PolicySimulator.of(
            request.policyInputList(),
            request.permissionsBoundaryPolicyInputList().stream().findFirst());
    Map<String, List<String>> context = new TreeMap<>();
    request
        .contextEntries()
        .forEach(entry -> context.put(entry.contextKeyName(), entry.contextKeyValues()));
    List<String> resources = request.hasResourceArns() ? request.resourceArns() : List.of("*");
    List<EvaluationResult> results = new ArrayList<>();
    for (String action : request.actionNames()) {
      for (String resource : resources) {
        Verdict verdict = simulator.decide(action, resource, context);
        results.add(result(action, resource, verdict, List.copyOf(simulator.missing(context))));
      }
    }
    return SimulateCustomPolicyResponse.builder()
        .evaluationResults(results)
        .isTruncated(false)
        .build();
  }

  private static EvaluationResult result(
      String action, String resource, Verdict verdict, List<String> missing) {
    EvaluationResult.Builder result =
        EvaluationResult.builder()
            .evalActionName(action)
            .evalResourceName(resource)
            .evalDecision(verdict.decision().spelling())
            .matchedStatements(
                verdict.matched().stream()
                    .map(
                        matched ->
                            Statement.builder()
                                .sourcePolicyId(matched.source())
                                .sourcePolicyType("IAM Policy")
                                .startPosition(
                                    at ->
                                        at.line(matched.start().line())
                                            .column(matched.start().column()))
                                .endPosition(
                                    at ->
                                        at.line(matched.end().line())
                                            .column(matched.end().column()))
                                .build())
                    .toList())
            .missingContextValues(missing);
    verdict
        .withinBoundary()
        .ifPresent(
            within ->
                result.permissionsBoundaryDecisionDetail(
                    detail -> detail.allowedByPermissionsBoundary(within)));
    return result.build();
  }

  private static void check(SimulateCustomPolicyRequest request) {
    if (!request.hasPolicyInputList() || request.policyInputList().isEmpty()) {
      throw AwsErrors.validationError("policyInputList", "Member must not be null");
    }
    if (request.permissionsBoundaryPolicyInputList().size() > 1) {
      throw AwsErrors.invalidInput("PermissionsBoundaryPolicyInputList cannot exceed 1 items.");
    }
    List<String> documents = new ArrayList<>(request.policyInputList());
    documents.addAll(request.permissionsBoundaryPolicyInputList());
    for (String document : documents) {
      length("policyInputList", document, 1, LONGEST_DOCUMENT);
    }
    for (String action : request.actionNames()) {
      length("actionNames", action, 3, 128);
      if (!action.matches("[A-Za-z0-9-]+:[A-Za-z0-9]+")) {
        throw AwsErrors.invalidInput("Invalid Input Actions: [" + action + "]");
      }
    }
    request.resourceArns().forEach(resource -> length("resourceArns", resource, 1, 2_048));
    for (ContextEntry entry : request.contextEntries()) {
      length("contextKeyName", entry.contextKeyName(), 5, 256);
      boolean list = String.valueOf(entry.contextKeyTypeAsString()).endsWith("List");
      if (entry.contextKeyType() == ContextKeyTypeEnum.UNKNOWN_TO_SDK_VERSION
          || entry.contextKeyType() == null
          || (!list && entry.contextKeyValues().size() != 1)) {
        throw AwsErrors.invalidInput("Invalid context entry " + entry.contextKeyName());
      }
    }
  }

  private static void length(String name, String text, int least, int most) {
    if (text == null || text.length() < least || text.length() > most) {
      throw AwsErrors.validationError(
          name,
          Optional.ofNullable(text).orElse("").length() < least
              ? "Member must have length greater than or equal to " + least
              : "Member must have length less than or equal to " + most);
    }
  }
}
