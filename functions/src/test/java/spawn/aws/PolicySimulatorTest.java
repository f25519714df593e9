package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.aws.PolicySimulator.Decision;
import spawn.aws.PolicySimulator.Verdict;

/**
 * Sentences of IAM's user guide about its evaluation of policies; and cases for other evaluators.
 */
class PolicySimulatorTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int POLICIES = 3_000;
  private static final int REQUESTS = 4;

  private static Decision decide(String statements, Map<String, List<String>> context) {
    return PolicySimulator.of(
            List.of(
                """
                {"Version": "2012-10-17", "Statement": [%s]}"""
                    .formatted(statements.replace('\'', '"'))),
            Optional.empty())
        .decide("s3:GetObject", "arn:aws:s3:::b/k", context)
        .decision();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'StringEquals': {'a:b': ['x', 'y']}|y|true",
        "'StringEquals': {'A:B': 'X'}|x|false",
        "'StringEqualsIgnoreCase': {'a:b': 'X'}|x|true",
        "'StringNotEquals': {'a:b': ['x', 'y']}|y|false",
        "'StringNotEquals': {'a:b': ['x', 'y']}||true",
        "'StringLike': {'a:b': 'x?z*'}|xyz|true",
        "'StringLike': {'a:b': '${*}'}|x|false",
        "'StringNotLike': {'a:b': 'x*'}|xyz|false",
        "'StringEqualsIfExists': {'a:b': 'x'}||true",
        "'StringEqualsIfExists': {'a:b': 'x'}|y|false",
        "'Null': {'a:b': 'true'}||true",
        "'Null': {'a:b': 'true'}|x|false",
        "'Null': {'a:b': 'false'}|x|true",
        "'NumericLessThan': {'a:b': '10'}|9.5|true",
        "'NumericEquals': {'a:b': '10'}|10.0|true",
        "'NumericNotEquals': {'a:b': '10'}|11|true",
        "'NumericGreaterThanEquals': {'a:b': '10'}||false",
        "'DateLessThan': {'a:b': '2026-01-02T00:00:00Z'}|2026-01-01T23:00:00-00:30|true",
        "'DateGreaterThan': {'a:b': '1767225600'}|2026-01-01T00:00:01Z|true",
        "'Bool': {'a:b': 'true'}|True|true",
        "'BoolIfExists': {'a:b': 'true'}||true",
        "'IpAddress': {'a:b': '10.0.0.0/8'}|10.200.0.1|true",
        "'IpAddress': {'a:b': '10.0.0.0/8'}|2001:db8::1|false",
        "'NotIpAddress': {'a:b': ['10.0.0.0/8']}|11.0.0.1|true",
        "'NotIpAddress': {'a:b': '10.0.0.0/8'}||true",
        "'ArnLike': {'a:b': 'arn:aws:sns:*:*:t*'}|arn:aws:sns:us-east-1:1:topic:x|true",
        "'ArnEquals': {'a:b': 'arn:aws:*:t'}|arn:aws:sns:us-east-1:1:t|false",
        "'ArnNotLike': {'a:b': 'arn:aws:sns:*:*:t'}|arn:aws:sns:us-east-1:1:t|false",
        "'ForAnyValue:StringEquals': {'a:b': ['x', 'y']}|z,y|true",
        "'ForAnyValue:StringEquals': {'a:b': ['x', 'y']}||false",
        "'ForAnyValue:StringNotEquals': {'a:b': ['x', 'y']}|x,z|true",
        "'ForAnyValue:StringNotEquals': {'a:b': ['x', 'y']}||false",
        "'ForAnyValue:StringEqualsIfExists': {'a:b': 'x'}||false",
        "'ForAllValues:StringEqualsIfExists': {'a:b': 'x'}||true",
        "'StringNotEquals': {'a:b': '${c:d}'}|x|true",
        "'ForAllValues:StringEquals': {'a:b': ['x', 'y']}|x,z|false",
        "'ForAllValues:StringEquals': {'a:b': ['x', 'y']}||true",
        "'ForAllValues:StringNotEquals': {'a:b': ['x']}|y,z|true",
        "'StringEquals': {'a:b': '${c:d, \"x\"}'}|x|false"
      })
  void aConditionHoldsAsTheUserGuideSays(String condition, String value, boolean holds) {
    Map<String, List<String>> context =
        value == null ? Map.of() : Map.of("a:b", List.of(value.split(",", -1)));
    String statement =
        "{'Effect': 'Allow', 'Action': 's3:get*', 'Resource': '*', 'Condition': {%s}}"
            .formatted(condition.replace("\"x\"", "x"));

    assertThat(decide(statement, context))
        .isEqualTo(holds ? Decision.ALLOWED : Decision.IMPLICIT_DENY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}|ALLOWED",
        "{'Effect': 'Allow', 'NotAction': 's3:Put*', 'NotResource': 'arn:aws:s3:::c/*'}|ALLOWED",
        "{'Effect': 'Allow', 'NotAction': 'S3:GETOBJECT', 'Resource': '*'}|IMPLICIT_DENY",
        "{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:s3:::B/*'}|IMPLICIT_DENY",
        "{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:s3:::${aws:username}/k'}|ALLOWED",
        "{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:s3:::${aws:userid}/k'}|IMPLICIT_DENY",
        "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}, {'Effect': 'Deny', 'Action': '*', 'Resource': '*'}|EXPLICIT_DENY"
      })
  void aStatementIsAboutItsActionsAndResources(String statements, Decision decision) {
    assertThat(decide(statements, Map.of("aws:username", List.of("b")))).isEqualTo(decision);
  }

  @Test
  void theStatementThatDecidesIsToldByItsPlace() {
    String policy =
        """
        {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"a:b": "true"}}},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}""";

    Verdict verdict =
        PolicySimulator.of(List.of(policy, policy.replace("\n", "")), Optional.empty())
            .decide("s3:GetObject", "arn:aws:s3:::b/k", Map.of());

    assertThat(verdict.matched())
        .extracting(PolicySimulator.Matched::source)
        .containsExactly("PolicyInputList.1", "PolicyInputList.2");
    assertThat(verdict.matched().get(0).start().line()).isEqualTo(3);
    assertThat(verdict.matched().get(1).start().line()).isEqualTo(1);
  }

  /**
   * In the example of the <a
   * href="https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html">AWS
   * CLI</a>, columns are counted like this.
   */
  @Test
  void placesAreCountedAsInTheExampleOfTheCli() {
    String policy =
        """
        {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}""";

    Verdict verdict =
        PolicySimulator.of(List.of(policy), Optional.empty())
            .decide(
                "dynamodb:CreateBackup",
                "*",
                Map.of("aws:CurrentTime", List.of("2019-04-25T11:00:00Z")));

    assertThat(verdict.matched())
        .containsExactly(
            new PolicySimulator.Matched(
                "PolicyInputList.1",
                new PolicySimulator.Place(1, 38),
                new PolicySimulator.Place(1, 167)));
  }

  /** Others judge the same cases: {@code local/judge}. */
  @Test
  void whereTheSecondJudgeDiffersTheUserGuideIsFollowed() throws IOException {
    for (JsonNode each : disagreements()) {
      Map<String, List<String>> context = new TreeMap<>();
      each.path("context")
          .properties()
          .forEach(entry -> context.put(entry.getKey(), PolicySimulator.list(entry.getValue())));
      Verdict verdict =
          PolicySimulator.of(List.of(each.path("policy").toString()), Optional.empty())
              .decide(each.path("action").asText(), each.path("resource").asText(), context);

      assertThat(verdict.decision().spelling())
          .as(each.path("right").asText())
          .isEqualTo(each.path("here").asText())
          .isNotEqualTo(each.path("there").asText());
    }
  }

  private static JsonNode disagreements() throws IOException {
    return JSON.readTree(Path.of("local", "judge", "known.json").toFile()).path("simulated");
  }

  @Test
  void twelveThousandCasesAreWrittenForOtherEvaluators() throws IOException {
    Random random = new Random(1);
    Map<Decision, Integer> decided = new EnumMap<>(Decision.class);
    ObjectNode written = JSON.createObjectNode();
    ArrayNode groups = written.putArray("simulated");
    for (int policies = 0; policies < POLICIES; policies++) {
      List<RandomRequests.Case> cases = RandomRequests.some(random, REQUESTS);
      ObjectNode group = groups.addObject();
      cases.get(0).policies().forEach(group.putArray("policies")::add);
      cases.get(0).boundary().ifPresent(boundary -> group.put("boundary", boundary));
      ArrayNode requests = group.putArray("requests");
      for (RandomRequests.Case each : cases) {
        decided.merge(write(each, requests.addObject()), 1, Integer::sum);
      }
    }
    Path file = Path.of("target", "judge", "PolicySimulatorTest.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, written.toString());

    assertThat(decided.values()).hasSize(3).allMatch(count -> count > 1_500);
  }

  private static Decision write(RandomRequests.Case each, ObjectNode request)
      throws JsonProcessingException {
    PolicySimulator simulator = PolicySimulator.of(each.policies(), each.boundary());
    Verdict verdict = simulator.decide(each.action(), each.resource(), each.context());
    request
        .put("action", each.action())
        .put("resource", each.resource())
        .put("decision", verdict.decision().spelling());
    request.set("context", JSON.valueToTree(each.context()));
    request.set("matched", JSON.valueToTree(verdict.matched()));
    request.set("missing", JSON.valueToTree(simulator.missing(each.context())));
    verdict.withinBoundary().ifPresent(within -> request.put("withinBoundary", within));
    return verdict.decision();
  }
}
