package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.error.Work;

/** What fits into a role as it is written is accepted, and room is left. */
class SizeLimitsTest {
  private static int bytes(JsonNode document) {
    return document.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static JsonNode denyEverything(String operator, String key) {
    return json(
        "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition':"
            + " {'"
            + operator
            + "': {'"
            + key
            + "': '2026-01-01T00:00:00Z'}}}]}");
  }

  @Test
  void thereIsRoomForBothPoliciesThatRevokeARole() {
    ObjectNode everything = (ObjectNode) denyEverything("DateLessThan", "aws:TokenIssueTime");
    int sessions = bytes(everything);
    ((ObjectNode) everything.at("/Statement/0")).remove("Condition");

    assertThat(sessions + bytes(everything))
        .isEqualTo(243)
        .isLessThanOrEqualTo(SizeLimits.RESERVED_BYTES);
    assertThat(SizeLimits.MAX_INLINE_BYTES + SizeLimits.RESERVED_BYTES).isEqualTo(10_240);
  }

  /** As the policies of genomics workflows have it: 30 buckets, and one more for some actions. */
  @Test
  void resourcesThatManyActionsShareAreNotRepeatedForEachOfThem() {
    List<String> actions =
        List.of("Get", "Put", "Delete", "Restore", "Abort", "List", "Tag", "Acl");
    ArrayNode statements = JsonNodeFactory.instance.arrayNode();
    statements.add(
        statement(
            actions,
            IntStream.range(0, 30)
                .mapToObj("arn:aws:s3:::org-genomics-project-%02d-us-east-1/*"::formatted)
                .toList()));
    for (String action : actions) {
      statements.add(statement(List.of(action), List.of("arn:aws:s3:::org-" + action + "/*")));
    }
    ObjectNode iam = JsonNodeFactory.instance.objectNode().set("statements", statements);

    PolicyDocument document = Payloads.resolved(iam).permissions().inlinePolicy();

    assertThat(document.fingerprint().length()).isGreaterThan(10_240);
    assertThat(document.sizeInBytes()).isLessThan(bytes(statements) + 50).isLessThan(3_000);
    assertThat(document.toJson().path("Statement")).hasSize(9);
  }

  private static ObjectNode statement(List<String> actions, List<String> resources) {
    ObjectNode statement = JsonNodeFactory.instance.objectNode().put("Effect", "Allow");
    actions.forEach(action -> statement.withArray("Action").add("s3:" + action + "Object"));
    resources.forEach(statement.withArray("Resource")::add);
    return statement;
  }

  @ParameterizedTest
  @CsvSource({"150, 100", "300, 300", "1, 550", "1300, 1"})
  void howManyPairsThereAreDoesNotMatterIfTheDocumentFits(int actions, int resources) {
    ObjectNode statement = JsonNodeFactory.instance.objectNode().put("Effect", "Allow");
    IntStream.range(0, actions)
        .forEach(i -> statement.withArray("Action").add("s:" + Integer.toString(i, 36)));
    IntStream.range(0, resources)
        .forEach(i -> statement.withArray("Resource").add("arn:aws::::" + Integer.toString(i, 36)));

    CanonicalForm form =
        new CanonicalForm(List.of(Statement.of(statement, true)), new Problems().work());

    assertThat(form.bytes()).isLessThan(SizeLimits.MAX_INLINE_BYTES);
    assertThat(new PolicyDocument(form).sizeInBytes()).isEqualTo(form.bytes());
  }

  @Test
  void whatIsTooLargeIsRefusedWithTheLimitAndWhatStaysFree() {
    ArrayNode statements = JsonNodeFactory.instance.arrayNode();
    statements.add(
        statement(
            List.of("Get"),
            IntStream.range(0, 250)
                .mapToObj("arn:aws:s3:::a-bucket-with-a-name-%03d/*"::formatted)
                .toList()));
    ObjectNode iam = JsonNodeFactory.instance.objectNode().set("statements", statements);

    assertThat(Payloads.problems(iam, Payloads.STACK))
        .containsExactly(
            new Problem(
                "$.iam",
                "The inline policy would have 10594 bytes, but at most 9840 fit: a role holds 10240, of which spawn keeps 400 free."
                    + " Name fewer resources, or use wildcards or managed policies."));
  }

  @Test
  void patternsThatTakeTooLongToCompareAreRefusedWithTheLimit() {
    ObjectNode statement = JsonNodeFactory.instance.objectNode().put("Effect", "Allow");
    statement.put("Resource", "*");
    IntStream.range(0, 3_900)
        .forEach(
            i -> statement.withArray("Action").add("a:*" + Integer.toString(2_000 + i, 36) + "*"));
    ObjectNode iam = JsonNodeFactory.instance.objectNode();
    iam.putArray("statements").add(statement);

    assertThat(Payloads.problems(iam, Payloads.STACK))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam");
              assertThat(problem.message()).contains("wildcards", "" + Work.MAX_STEPS);
            });
  }
}
