package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.json.Json;

class PolicyDocumentTest {
  private static PolicyDocument of(String... statements) {
    return PolicyDocument.of(
        json("{'Version': '2012-10-17', 'Statement': [" + String.join(",", statements) + "]}"));
  }

  private static String allow(String actions, String resources) {
    return "{'Effect': 'Allow', 'Action': " + actions + ", 'Resource': " + resources + "}";
  }

  @Test
  void orderDuplicatesSidsAndSingleStringsMeanNothing() {
    assertThat(
            of(
                "{'Sid': 'B', 'Resource': ['*', '*'], 'Action': ['sqs:SendMessage'], 'Effect': 'Allow'}",
                allow("['s3:PutObject', 's3:GetObject', 's3:GetObject']", "'arn:aws:s3:::b/*'")))
        .isEqualTo(
            of(
                allow("['s3:GetObject', 's3:PutObject']", "['arn:aws:s3:::b/*']"),
                allow("'sqs:SendMessage'", "'*'")))
        .hasSameHashCodeAs(
            of(
                allow("['s3:GetObject', 's3:PutObject']", "['arn:aws:s3:::b/*']"),
                allow("'sqs:SendMessage'", "'*'")));
  }

  @Test
  void letterCaseOfActionsAndConditionKeysMeansNothingButIsKept() {
    PolicyDocument document =
        of(
            "{'Effect': 'Allow', 'Action': 'S3:GetObject', 'Resource': '*', 'Condition': {'Bool':"
                + " {'aws:SecureTransport': true}}}");

    assertThat(document)
        .isEqualTo(
            of(
                "{'Effect': 'Allow', 'Action': 's3:getobject', 'Resource': '*', 'Condition':"
                    + " {'Bool': {'AWS:securetransport': ['true']}}}"));
    assertThat(document.toString()).contains("s3:GetObject", "aws:SecureTransport");
  }

  @Test
  void statementsMeanEachActionOnEachResourceHoweverTheyAreSplit() {
    assertThat(
            of(
                allow("['s3:GetObject', 's3:PutObject']", "'arn:aws:s3:::a/*'"),
                allow("'s3:GetObject'", "'arn:aws:s3:::b/*'"),
                allow("'s3:PutObject'", "'arn:aws:s3:::b/*'")))
        .isEqualTo(
            of(
                allow(
                    "['s3:GetObject', 's3:PutObject']",
                    "['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*']")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'s3:*'        | '*'                    | 's3:GetObject' | 'arn:aws:s3:::b/*'",
        "'*'           | '*'                    | 'ec2:*'        | '*'",
        "'*:*'         | '*'                    | 'ec2:Run*'     | '*'",
        "'s3:Get*'     | 'arn:aws:s3:::b*'      | 's3:getobject' | 'arn:aws:s3:::b/x/*'",
        "'s3:GetObjec?'| 'arn:aws:s3:::b/?'     | 's3:GetObject' | 'arn:aws:s3:::b/x'",
        "'s3:G**t'     | 'arn:aws:s3:::b/*?'    | 's3:GetObject' | 'arn:aws:s3:::b/?*'",
        "'sqs:*'       | 'arn:aws:sqs:*:*:q'    | 'sqs:Purge*'   | 'arn:aws:sqs:us-east-1:123456789012:q'",
        "'s3:*'        | 'arn:aws:s3:::b/*'     | 's3:*'         | 'arn:aws:s3:::b/${aws:userid}/*'"
      })
  void whatAnotherStatementCoversIsDropped(
      String wideAction, String wideResource, String action, String resource) {
    assertThat(of(allow(action, resource), allow(wideAction, wideResource)))
        .isEqualTo(of(allow(wideAction, wideResource)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'s3:Get*'       | '*'                 | 's3:PutObject'     | '*'",
        "'s3:*'          | 'arn:aws:s3:::b/*'  | 's3:ListBucket'    | 'arn:aws:s3:::b'",
        "'s3:GetObject?' | '*'                 | 's3:GetObject'     | '*'",
        "'s3:GetObject?' | '*'                 | 's3:GetObject*'    | '*'",
        "'sqs:*'         | 'arn:aws:sqs:*:1:q' | 'sqs:SendMessage'  | 'arn:aws:sqs:us-east-1:2:q'",
        "'sqs:*'         | 'arn:aws:sqs:*:q'   | 'sqs:SendMessage'  | 'arn:aws:sqs:us-east-1:2:q'",
        "'s3:*'          | 'arn:aws:s3:::b/?'  | 's3:*'             | 'arn:aws:s3:::b/${aws:userid}'",
        "'s3:*'          | 'arn:aws:s3:::B/*'  | 's3:GetObject'     | 'arn:aws:s3:::b/*'"
      })
  void whatNoOtherStatementCoversStays(
      String wideAction, String wideResource, String action, String resource) {
    assertThat(of(allow(action, resource), allow(wideAction, wideResource)))
        .isNotEqualTo(of(allow(wideAction, wideResource)));
  }

  @Test
  void aConditionalGrantIsCoveredByAnUnconditionalOneAndNotTheOtherWayRound() {
    String conditional =
        "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'Bool':"
            + " {'aws:SecureTransport': 'true'}}}";

    assertThat(of(conditional, allow("'s3:*'", "'*'"))).isEqualTo(of(allow("'s3:*'", "'*'")));
    assertThat(of(conditional, allow("'s3:GetObject'", "'*'"))).isNotEqualTo(of(conditional));
  }

  @Test
  void aDenyIsNeverDroppedForAnAllowNorAnAllowForADeny() {
    String deny = "{'Effect': 'Deny', 'Action': 's3:GetObject', 'Resource': '*'}";

    assertThat(of(deny, allow("'*'", "'*'")).toJson().path("Statement")).hasSize(2);
    assertThat(
            of(deny.replace("s3:GetObject", "*"), allow("'s3:GetObject'", "'*'"))
                .toJson()
                .path("Statement"))
        .hasSize(2);
  }

  @Test
  void exceptionsAreNotMergedAcrossStatements() {
    String butS3 = "{'Effect': 'Allow', 'NotAction': ['s3:*', 's3:GetObject'], 'Resource': '*'}";
    String butSqs = "{'Effect': 'Allow', 'NotAction': 'sqs:*', 'Resource': '*'}";

    assertThat(of(butS3, butSqs).toJson().path("Statement")).hasSize(2);
    assertThat(of(butS3)).isEqualTo(of(butS3.replace("['s3:*', 's3:GetObject']", "'S3:*'")));
    assertThat(of(butS3, butS3.replace("'s3:GetObject'", "'sqs:*'"))).isEqualTo(of(butS3));
    assertThat(of(butS3, allow("'*'", "'*'"))).isEqualTo(of(allow("'*'", "'*'")));
  }

  @Test
  void exceptedResourcesStayTogether() {
    String butOne =
        "{'Effect': 'Deny', 'Action': 's3:*', 'NotResource': ['arn:aws:s3:::a', 'arn:aws:s3:::b']}";

    assertThat(of(butOne).toJson().path("Statement").get(0).path("NotResource")).hasSize(2);
    assertThat(of(butOne, butOne.replace(", 'arn:aws:s3:::b'", "")))
        .isEqualTo(of(butOne.replace(", 'arn:aws:s3:::b'", "")));
  }

  @Test
  void aConditionOnOneValueWithACommaIsNotThatOnTwoValues() {
    String onTwo =
        "{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*', 'Condition':"
            + " {'StringEquals': {'aws:PrincipalTag/team': ['a', 'b']}}}";
    String onOne =
        onTwo.replace("'s3:GetObject'", "'s3:PutObject'").replace("['a', 'b']", "'a, b'");

    PolicyEvaluator decides = new PolicyEvaluator(of(onTwo, onOne).toJson());
    for (String team : List.of("a", "b")) {
      Map<String, String> context = Map.of("aws:PrincipalTag/team", team);
      assertThat(decides.allows("s3:GetObject", "arn:aws:s3:::x", context)).isTrue();
      assertThat(decides.allows("s3:PutObject", "arn:aws:s3:::x", context)).isFalse();
    }
    assertThat(
            decides.allows(
                "s3:PutObject", "arn:aws:s3:::x", Map.of("aws:PrincipalTag/team", "a, b")))
        .isTrue();
  }

  @Test
  void allButOneResourceWithACommaIsNotAllButTwoResources() {
    String butTwo =
        "{'Effect': 'Deny', 'Action': 's3:GetObject', 'NotResource': ['arn:aws:s3:::a', 'arn:aws:s3:::b']}";
    String butOne =
        butTwo.replace("['arn:aws:s3:::a', 'arn:aws:s3:::b']", "'arn:aws:s3:::a, arn:aws:s3:::b'");

    assertThat(of(butTwo, butOne).toJson().path("Statement")).hasSize(2);
    assertThat(of(butTwo, butOne)).isEqualTo(of(butOne, butTwo)).isNotEqualTo(of(butTwo));
  }

  @Test
  void variablesOfTheOldLanguageArePlainText() {
    String statement = allow("'s3:GetObject'", "'arn:aws:s3:::b/${aws:userid}'");

    assertThat(PolicyDocument.of(json("{'Version': '2008-10-17', 'Statement': " + statement + "}")))
        .isEqualTo(of(statement.replace("${", "${$}{")))
        .isEqualTo(PolicyDocument.of(json("{'Statement': [" + statement + "]}")))
        .isNotEqualTo(of(statement));
  }

  @Test
  void aDocumentSurvivesStoringAndReading() throws JsonProcessingException {
    PolicyDocument document = of(allow("['s3:GetObject', 's3:PutObject']", "'arn:aws:s3:::b/*'"));

    assertThat(Json.to(Json.read(Json.text(document)), PolicyDocument.class))
        .isEqualTo(document)
        .hasToString(document.toString());
  }

  @Test
  void aDocumentWithoutStatementsIsEmpty() {
    assertThat(PolicyDocument.of(json("{}")).isEmpty()).isTrue();
    assertThat(of().isEmpty()).isTrue();
    assertThat(of()).isEqualTo(PolicyDocument.of(json("{}")));
    assertThat(of(allow("'*'", "'*'")).isEmpty()).isFalse();
  }
}
