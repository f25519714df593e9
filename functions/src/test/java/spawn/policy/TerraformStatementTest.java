package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.inline;
import static spawn.policy.Payloads.problems;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problem;

class TerraformStatementTest {
  private static final String GOOD = "'actions': ['s3:GetObject'], 'resources': ['*']";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'actions': ['s3:GetObject'], 'resources': ['arn:aws:s3:::b/*']} | {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}",
        "{'sid': 'A', 'effect': 'Deny', 'not_actions': ['s3:*'], 'not_resources': ['*']} | {'Effect': 'Deny', 'NotAction': 's3:*', 'NotResource': '*'}",
        "{'actions': 's3:*', 'resources': '*', 'sid': ''} | {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}",
        "{'effect': 'Allow', 'actions': ['s3:*'], 'not_actions': [], 'resources': ['*'], 'not_resources': null, 'condition': null, 'principals': [], 'sid': null} | {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}",
        "{'actions': ['s3:*'], 'resources': ['arn:aws:s3:::b/&{aws:userid}/*'], 'condition': [{'test': 'StringLike', 'variable': 's3:prefix', 'values': ['&{aws:userid}/*', '']}]} | {'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::b/${aws:userid}/*', 'Condition': {'StringLike': {'s3:prefix': ['${aws:userid}/*', '']}}}",
        "{'actions': ['s3:*'], 'resources': ['*'], 'condition': [{'test': 'StringEquals', 'variable': 'aws:a', 'values': ['1']}, {'test': 'StringEquals', 'variable': 'AWS:A', 'values': ['2']}, {'test': 'StringEquals', 'variable': 'aws:b', 'values': ['3']}, {'test': 'Bool', 'variable': 'aws:c', 'values': [true]}]} | {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'StringEquals': {'aws:a': ['1', '2'], 'aws:b': '3'}, 'Bool': {'aws:c': 'true'}}}",
        "{'actions': ['s3:*'], 'resources': ['*'], 'conditions': {'test': 'StringEquals', 'variable': 'aws:a', 'values': '1'}} | {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'StringEquals': {'aws:a': '1'}}}",
        "{'actions': ['s3:*'], 'resources': ['*'], 'condition': {'only': {'test': 'StringEquals', 'variable': 'aws:a', 'values': ['1']}}} | {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'StringEquals': {'aws:a': '1'}}}"
      })
  void aStatementOfTerraformMeansWhatTerraformMakesOfIt(String terraform, String iam) {
    assertThat(inline("{'statements': [" + terraform + "]}"))
        .isEqualTo(inline("{'statements': [" + iam + "]}"));
    assertThat(inline("{'statements': {'first': " + terraform + "}}"))
        .isEqualTo(inline("{'statements': [" + iam + "]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{GOOD, 'effect': 'allow'} | .effect | \"Allow\" or \"Deny\"",
        "{GOOD, 'sid': 'two words'} | .sid | A-Z",
        "{GOOD, 'principals': [{'type': 'AWS', 'identifiers': ['*']}]} | .principals | its own principal",
        "{GOOD, 'not_principals': [{}]} | .not_principals | its own principal",
        "{GOOD, 'Effect': 'Allow'} | | Effect is IAM's",
        "{GOOD, 'Action': 's3:*', 'Resource': '*'} | | Action, Resource is IAM's",
        "{GOOD, 'notActions': ['s3:*']} | | Did you mean \"not_actions\"?",
        "{GOOD, 'not_actions': ['s3:*']} | | exactly one of actions and not_actions",
        "{'actions': ['s3:*']} | | exactly one of resources and not_resources",
        "{'actions': ['GetObject'], 'resources': ['*']} | .actions[0] | service:action",
        "{'actions': ['s3:*'], 'resources': ['*', 'arn:aws:iam:us-east-1::role/x']} | .resources[1] | region",
        "{'actions': {'a': 1}, 'resources': ['*']} | .actions | an object",
        "{GOOD, 'condition': 'x'} | .condition | test, variable and values",
        "{GOOD, 'condition': [7]} | .condition[0] | test, variable and values",
        "{GOOD, 'condition': [{'variable': 'aws:a', 'values': []}]} | .condition[0].test | Must be a string",
        "{GOOD, 'condition': [{'test': 'Bool', 'values': []}]} | .condition[0].variable | Must be a string",
        "{GOOD, 'condition': [{'test': 'Bool', 'variable': 'aws:a'}]} | .condition[0].values | list of strings",
        "{GOOD, 'condition': [{'test': 'Bool', 'variable': 'aws:a', 'value': 'x', 'values': []}]} | .condition[0] | Did you mean \"values\"?",
        "{GOOD, 'condition': [{'test': 'stringEquals', 'variable': 'aws:a', 'values': ['x']}]} | .condition[0].test | Did you mean \"StringEquals\"?",
        "{GOOD, 'condition': [{'test': 'StringEquals', 'variable': 'a', 'values': ['x']}]} | .condition[0].variable | service:key",
        "{GOOD, 'condition': [{'test': 'StringEquals', 'variable': 'aws:a', 'values': [['x']]}]} | .condition[0].values | without a list",
        "{GOOD, 'condition': {'c-1': {'test': 'NumericEquals', 'variable': 'aws:a', 'values': ['x']}}} | .condition['c-1'].values | not a number",
        "{GOOD, 'condition': {'test': 'Bool', 'variable': 'aws:a', 'values': 'true'}, 'conditions': {'test': 'Bool', 'variable': 'aws:b', 'values': 'true'}} | | both condition and conditions"
      })
  void whatIsWrongIsSaidAtTheCallersPath(String statement, String path, String message) {
    for (String at : new String[] {"[0]", ".read", "['read-s3']"}) {
      String statements =
          at.equals("[0]")
              ? "[" + statement + "]"
              : "{'" + at.replaceAll("[^a-z0-9-]", "") + "': " + statement + "}";
      assertThat(problems("{'statements': " + statements.replace("GOOD", GOOD) + "}"))
          .as(statements)
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path())
                    .isEqualTo("$.iam.statements" + at + (path == null ? "" : path));
                assertThat(problem.message()).contains(message);
              });
    }
  }

  @Test
  void bothSpellingsStandBesideEachOtherAndShareNoSid() {
    assertThat(
            problems(
                "{'statements': [{'sid': 'A', GOOD}, {'Sid': 'A', 'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}"
                    .replace("GOOD", GOOD)))
        .extracting(Problem::path)
        .containsExactly("$.iam.statements[1].Sid");
  }

  @Test
  void statementsByNameMayBeSpelledAsIamDoes() {
    assertThat(
            inline(
                "{'statements': {'b': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}, 'a': {GOOD}}}"
                    .replace("GOOD", GOOD)))
        .isEqualTo(
            inline("{'statements': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {"{} | an object", "{GOOD} | an object", "[] | an empty one", "'x' | a string"})
  void whatIsNeitherAListNorByNameIsNotRead(String statements, String kind) {
    assertThat(problems("{'statements': " + statements.replace("GOOD", GOOD) + "}"))
        .containsExactly(
            new Problem("$.iam.statements", "Must be a list of statements, not " + kind + "."));
  }

  @Test
  void aWholeDocumentIsSpelledAsIamDoes() {
    assertThat(problems("{'policyDocument': {'Statement': [{" + GOOD + "}]}}"))
        .extracting(Problem::message)
        .anyMatch(message -> message.contains("Did you mean \"Action\"?"));
  }
}
