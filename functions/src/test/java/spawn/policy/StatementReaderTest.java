package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.problems;
import static spawn.policy.Payloads.resolved;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problem;

class StatementReaderTest {
  private static final String GOOD = "'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[] | $.iam.policyDocument | policy document",
        "'x' | $.iam.policyDocument | policy document",
        "{'Version': null, 'Statement': {GOOD}} | $.iam.policyDocument.Version | 2012-10-17",
        "{'Version': '2012-10-18', 'Statement': {GOOD}} | $.iam.policyDocument.Version | 2012-10-17",
        "{'Version': 20121017, 'Statement': {GOOD}} | $.iam.policyDocument.Version | 2012-10-17",
        "{'Version': '2012-10-17'} | $.iam.policyDocument.Statement | list of statements",
        "{'Version': '2012-10-17', 'Statement': []} | $.iam.policyDocument.Statement | empty",
        "{'Version': '2012-10-17', 'Statement': 'x'} | $.iam.policyDocument.Statement | a string",
        "{'Version': '2012-10-17', 'Statement': [{GOOD}, 7]} | $.iam.policyDocument.Statement[1] | a number",
        "{'Version': '2012-10-17', 'Statements': [], 'Statement': {GOOD}} | $.iam.policyDocument | Did you mean \"Statement\"?",
        "{'Version': '2012-10-17', 'Id': 5, 'Statement': {GOOD}} | $.iam.policyDocument.Id | string",
        "{'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:GetObject'}} | $.iam.policyDocument.Statement | Resource and NotResource",
        "{'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 'GetObject', 'Resource': '*'}} | $.iam.policyDocument.Statement.Action | service:action"
      })
  void aMalformedDocumentIsAProblemWhereItIsMalformed(
      String document, String path, String message) {
    assertProblem("{'policyDocument': " + document.replace("GOOD", GOOD) + "}", path, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{GOOD, 'Efect': 'Allow'} | | Did you mean \"Effect\"?",
        "{GOOD, 'Principal': '*'} | .Principal | its own principal",
        "{GOOD, 'NotPrincipal': {'AWS': '*'}} | .NotPrincipal | its own principal",
        "{GOOD, 'Sid': 'two words'} | .Sid | A-Z",
        "{GOOD, 'Sid': 5} | .Sid | A-Z",
        "{GOOD, 'NotAction': 's3:*'} | | exactly one of Action and NotAction",
        "{GOOD, 'NotResource': '*'} | | exactly one of Resource and NotResource",
        "{'Effect': 'Allow', 'Resource': '*'} | | exactly one of Action and NotAction",
        "{'Effect': 'allow', 'Action': 's3:*', 'Resource': '*'} | .Effect | \"Allow\" or \"Deny\"",
        "{'Action': 's3:*', 'Resource': '*'} | .Effect | \"Allow\" or \"Deny\"",
        "{'Effect': 'Allow', 'Action': [], 'Resource': '*'} | .Action | empty",
        "{'Effect': 'Allow', 'Action': ['s3:*', null], 'Resource': '*'} | .Action[1] | null",
        "{'Effect': 'Allow', 'Action': {'s3': '*'}, 'Resource': '*'} | .Action | an object",
        "{'Effect': 'Allow', 'Action': 's3', 'Resource': '*'} | .Action | service:action",
        "{'Effect': 'Allow', 'Action': '*:GetObject', 'Resource': '*'} | .Action | service:action",
        "{'Effect': 'Allow', 'Action': 's3:Get Object', 'Resource': '*'} | .Action | service:action",
        "{'Effect': 'Allow', 'Action': ['s3:Get', 's3::x'], 'Resource': '*'} | .Action[1] | service:action",
        "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'bucket'} | .Resource | ARN",
        "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 's3://bucket'} | .Resource | ARN",
        "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3:bucket'} | .Resource | buckets and objects",
        "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': ['*', 'arn:aws-cn:s3:::b']} | .Resource[1] | partition",
        "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::b/\u4e2d'} | .Resource | U+00FF",
        "{GOOD, 'Condition': []} | .Condition | object of condition operators",
        "{GOOD, 'Condition': {'StringEqual': {'aws:a': 'b'}}} | .Condition | Did you mean \"StringEquals\"?",
        "{GOOD, 'Condition': {'ForAnyValues:StringLike': {'aws:a': 'b'}}} | .Condition | not a condition operator",
        "{GOOD, 'Condition': {'NullIfExists': {'aws:a': 'true'}}} | .Condition | NullIfExists",
        "{GOOD, 'Condition': {'StringEquals': 'x'}} | .Condition.StringEquals | object of condition keys",
        "{GOOD, 'Condition': {'StringEquals': {'key': 'x'}}} | .Condition.StringEquals | service:key",
        "{GOOD, 'Condition': {'StringEquals': {'aws:a': 'x', 'AWS:A': 'y'}}} | .Condition.StringEquals | twice",
        "{GOOD, 'Condition': {'StringEquals': {'aws:a': {}}}} | .Condition.StringEquals['aws:a'] | a list of strings, not an object",
        "{GOOD, 'Condition': {'StringEquals': {'aws:a': ['x', null]}}} | .Condition.StringEquals['aws:a'] | a list of strings, without null",
        "{GOOD, 'Condition': {'StringEquals': {'aws:a': '\u2026'}}} | .Condition.StringEquals['aws:a'] | U+00FF"
      })
  void aMalformedStatementIsAProblemWhereItIsMalformed(
      String statement, String path, String message) {
    assertProblem(
        "{'statements': [" + statement.replace("GOOD", GOOD) + "]}",
        "$.iam.statements[0]" + (path == null ? "" : path),
        message);
  }

  private static void assertProblem(String iam, String path, String message) {
    assertThat(problems(iam))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo(path);
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void twoStatementsOfADocumentCannotShareASid() {
    assertThat(
            problems(
                "{'statements': [{'Sid': 'A', GOOD}, {'Sid': 'B', GOOD}, {'Sid': 'A', GOOD}]}"
                    .replace("GOOD", GOOD)))
        .containsExactly(
            new Problem(
                "$.iam.statements[2].Sid",
                "\"A\" is the Sid of $.iam.statements[0] too. Give each statement its own, or none."));
  }

  @ParameterizedTest
  @CsvSource({
    "StringEquals, x",
    "StringNotEqualsIgnoreCase, x",
    "StringLikeIfExists, x",
    "NumericLessThanEquals, 5",
    "DateGreaterThan, 2026-01-31T00:00:00Z",
    "Bool, true",
    "BoolIfExists, false",
    "BinaryEquals, aGVsbG8=",
    "IpAddress, 203.0.113.0/24",
    "NotIpAddress, 2001:db8::/32",
    "ArnLike, arn:aws:s3:::*",
    "ArnNotEquals, ${aws:PrincipalArn}",
    "Null, true",
    "ForAllValues:StringEquals, x",
    "ForAnyValue:StringLikeIfExists, x"
  })
  void theOperatorsOfIamAreKnown(String operator, String value) {
    assertThat(
            problems(
                "{'statements': [{GOOD, 'Condition': {'OPERATOR': {'aws:CurrentTime': ['VALUE', 'VALUE']}}}]}"
                    .replace("GOOD", GOOD)
                    .replace("OPERATOR", operator)
                    .replace("VALUE", value)))
        .isEmpty();
  }

  @Test
  void numbersAndBooleansNeedNoQuotationMarks() {
    assertThat(
            problems(
                ("{'statements': [{GOOD, 'Condition': {'StringEquals': {'aws:a': ['x', 5, true]},"
                        + " 'NumericEquals': {'aws:b': [5, 2.5]}, 'Bool': {'aws:c': true}}}]}")
                    .replace("GOOD", GOOD)))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Version': '2012-10-17', 'Id': 'x', 'Statement': {GOOD}}",
        "{'Statement': {GOOD}}",
        "{'Version': '2008-10-17', 'Statement': [{'Sid': '', GOOD}, {'Sid': '', GOOD}]}",
        "{'Version': '2012-10-17', 'Statement': {'Effect': 'Deny', 'NotAction': ['s3:Get*', 'sqs:?end*'], 'NotResource': 'arn:aws:s3:::b/${aws:userid}/*'}}"
      })
  void aWellFormedDocumentHasNoProblems(String document) {
    assertThat(problems("{'policyDocument': " + document.replace("GOOD", GOOD) + "}")).isEmpty();
  }

  @Test
  void statementsAndADocumentBecomeOnePolicy() {
    assertThat(
            resolved(
                    ("{'statements': [{GOOD}], 'policyDocument': {'Version': '2012-10-17',"
                            + " 'Statement': {GOOD}}, 'policies': ['s3:ReadOnly']}")
                        .replace("GOOD", GOOD))
                .permissions()
                .inlinePolicy())
        .isEqualTo(resolved("{'policies': ['s3:ReadOnly']}").permissions().inlinePolicy());
  }

  @Test
  void aTextFourTimesAsLongAsAPolicyIsNotRead() {
    String statement = "{" + GOOD + "}";
    assertThat(problems("{'statements': [" + (statement + ",").repeat(1000) + statement + "]}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.statements");
  }
}
