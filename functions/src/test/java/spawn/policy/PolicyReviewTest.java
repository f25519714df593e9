package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.resolved;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyReviewTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'policies': ['s3:FullAccess'] | FULL_ACCESS | HIGH | $.iam.policies[0]",
        "'policies': ['ssm:FullAccess'] | FULL_ACCESS | HIGH | $.iam.policies[0]",
        "'policies': ['sqs:ReadOnly', 'sqs:WriteOnly'] | UNSCOPED_WRITE | MEDIUM | $.iam.policies[1]",
        "'policies': ['s3:ReadOnly'] | DATA_EXFILTRATION | MEDIUM | $.iam.policies[0]",
        "'policies': ['lambda:WriteOnly'] | PRIVILEGE_ESCALATION | HIGH | $.iam.policies[0]",
        "'policies': ['lambda:WriteOnly'], 'resources': ['arn:aws:lambda:::function:f:live'] | PRIVILEGE_ESCALATION | MEDIUM | $.iam.policies[0]",
        "'statements': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}] | WILDCARD_ACTIONS | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'ec2:*', 'Resource': '*'}] | WILDCARD_ACTIONS | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'iam:passrole', 'Resource': 'arn:aws:iam::123456789012:role/r'}] | PRIVILEGE_ESCALATION | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'iam:Create*', 'Resource': '*'}] | PRIVILEGE_ESCALATION | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 's3:PutBucketPolicy', 'Resource': 'arn:aws:s3:::b'}] | PUBLIC_EXPOSURE | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 's3:PutObjectAcl', 'Resource': 'arn:aws:s3:::b/*'}] | PUBLIC_EXPOSURE | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'NotAction': 'iam:*', 'Resource': '*'}] | NOT_ACTION | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'NotResource': 'arn:aws:s3:::b/*'}] | NOT_RESOURCE | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'ec2:CreateTags', 'Resource': '*'}] | UNSCOPED_WRITE | MEDIUM | $.iam.statements[0]",
        "'policyDocument': {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 'kms:Decrypt', 'Resource': '*'}} | DATA_EXFILTRATION | MEDIUM | $.iam.policyDocument.Statement",
        "'managedPolicies': ['AdministratorAccess'] | BROAD_MANAGED_POLICY | HIGH | $.iam.managedPolicies[0]",
        "'managedPolicies': ['PowerUserAccess'] | BROAD_MANAGED_POLICY | HIGH | $.iam.managedPolicies[0]",
        "'managedPolicies': ['AmazonS3FullAccess'] | BROAD_MANAGED_POLICY | HIGH | $.iam.managedPolicies[0]",
        "'trustServices': ['ec2', 'ecs-tasks'] | TRUST_BEYOND_EC2 | MEDIUM | $.iam.trustServices",
        "'trustServices': ['ecs-tasks'] | NO_EC2_TRUST | MEDIUM | $.iam.trustServices",
        "'policies': [] | NO_PERMISSIONS | LOW | $.iam",
        "'policies': ['sts:WriteOnly'], 'resources': ['arn:aws:iam::444455556666:role/*'] | PRIVILEGE_ESCALATION | HIGH | $.iam.policies[0]"
      })
  void whatIsRiskyIsWarnedOf(String fields, String code, Severity severity, String path) {
    assertThat(resolved("{" + fields + "}").warnings())
        .extracting(Warning::code, Warning::severity, Warning::path)
        .contains(tuple(code, severity, path));
  }

  @Test
  void everyKnownPathToMorePowerIsWarnedOf() throws IOException {
    JsonNode paths =
        new ObjectMapper()
            .readTree(PolicyReviewTest.class.getResourceAsStream("/spawn/escalation-paths.json"))
            .path("paths");

    assertThat(paths.properties())
        .isNotEmpty()
        .allSatisfy(
            path ->
                assertThat(
                        resolved(
                                "{'statements': [{'Effect': 'Allow', 'Action': %s, 'Resource': '*'}]}"
                                    .formatted(path.getValue().toString().replace('"', '\'')))
                            .warnings())
                    .as(path.getKey())
                    .extracting(Warning::code)
                    .contains("PRIVILEGE_ESCALATION"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'policies': ['s3:ReadWrite'], 'resources': ['s3://data']",
        "'policies': ['sqs:ReadWrite', 'dynamodb:WriteOnly'], 'resources': ['sqs://work', 'dynamodb://jobs']",
        "'policies': ['cloudwatch:WriteOnly', 'logs:WriteOnly'], 'resources': ['logs://jobs']",
        "'policies': ['ecr:ReadOnly']",
        "'statements': [{'Effect': 'Deny', 'Action': 'iam:*', 'Resource': '*'}, {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}]",
        "'statements': [{'Effect': 'Deny', 'NotAction': 's3:*', 'NotResource': '*'}]",
        "'statements': [{'Effect': 'Allow', 'Action': ['cloudwatch:PutMetricData', 'ec2:DescribeInstances'], 'Resource': '*'}]"
      })
  void whatIsNarrowIsNotWarnedOf(String fields) {
    assertThat(resolved("{" + fields + "}").warnings()).isEmpty();
  }

  @Test
  void everyWarningSaysWhatToDoInSentences() {
    assertThat(
            resolved(
                    "{'policies': ['s3:FullAccess', 'lambda:FullAccess'], 'managedPolicies':"
                        + " ['AdministratorAccess'], 'trustServices': ['lambda'], 'statements':"
                        + " [{'Effect': 'Allow', 'NotAction': 'iam:*', 'NotResource': '*'},"
                        + " {'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}")
                .warnings())
        .hasSizeGreaterThan(8)
        .allSatisfy(
            warning -> {
              assertThat(warning.code()).matches("[A-Z_0-9]+");
              assertThat(warning.message()).endsWith(".");
              assertThat(warning.advice()).endsWith(".");
              assertThat(warning.path()).startsWith("$.iam");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}",
        "[{'Effect': 'Allow', 'Action': 'iam:PassRole', 'Resource': '*'}, {'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]",
        "[{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}, {'Effect': 'Allow', 'NotAction': 'iam:*', 'NotResource': '*'}]"
      })
  void aDocumentIsJudgedLikeThatOfAPayload(String statements) {
    JsonNode document = json("{'Version': '2012-10-17', 'Statement': %s}".formatted(statements));

    assertThat(PolicyReview.of(document, "$.iam.policyDocument"))
        .isNotEmpty()
        .isEqualTo(resolved("{'policyDocument': %s}".formatted(document)).warnings());
  }

  @Test
  void aNarrowDocumentHasNoWarnings() {
    JsonNode narrow =
        json(
            "{'Statement': {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}}");

    assertThat(PolicyReview.of(narrow, "$")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "'x'",
        "[]",
        "{}",
        "{'Statement': 5}",
        "{'Statement': [5, null, 'x', {}, [], {'Effect': 'Allow'}]}",
        "{'Statement': {'Effect': 'Permit', 'Action': '*', 'Resource': '*'}}",
        "{'Statement': {'Effect': ['Allow'], 'Action': '*', 'Resource': '*'}}",
        "{'Statement': {'Effect': 'Allow', 'Action': {'a': 1}, 'Resource': [[]], 'Condition': 7}}"
      })
  void whatIsNotAPolicyGrantsNothing(String document) {
    assertThat(PolicyReview.of(json(document), "$")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "**", "arn:aws:s3:::*", "arn:aws:s3:::**"})
  void everyResourceIsEveryResourceHoweverManyWildcardsSayIt(String resource) {
    JsonNode document =
        json(
            "{'Statement': {'Effect': 'Allow', 'Action': 's3:PutObject', 'Resource': '%s'}}"
                .formatted(resource));

    assertThat(PolicyReview.of(document, "$"))
        .extracting(Warning::code, Warning::path)
        .containsExactly(tuple("UNSCOPED_WRITE", "$.Statement"));
  }

  @Test
  void everyRuleHasASource() throws IOException {
    assertThat(risks().get("rules"))
        .isNotEmpty()
        .allSatisfy(
            rule ->
                assertThat(rule.get("sources"))
                    .isNotEmpty()
                    .allSatisfy(source -> assertThat(source.asText()).startsWith("https://")));
  }

  private static JsonNode risks() throws IOException {
    return new ObjectMapper().readTree(PolicyReview.class.getResourceAsStream("risks.json"));
  }
}
