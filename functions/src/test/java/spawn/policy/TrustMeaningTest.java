package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trust policies are compared by what they mean, not by how they are written. */
class TrustMeaningTest {
  private static final JsonNode WANTED =
      TrustPolicy.forServices(List.of("ec2.amazonaws.com", "ecs-tasks.amazonaws.com"));

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException malformed) {
      throw new IllegalArgumentException(malformed);
    }
  }

  private static JsonNode statement(String members) {
    return json("{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', " + members + "}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Principal': {'Service': ['ecs-tasks.amazonaws.com', 'ec2.amazonaws.com']}, 'Action': 'sts:AssumeRole'",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': ['sts:AssumeRole']",
        "'Action': 'sts:assumerole', 'Sid': 'Any', 'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com', 'ec2.amazonaws.com']}"
      })
  void neitherOrderNorListsOfOneNorCaseOfActionsMatter(String members) {
    assertThat(TrustPolicy.meanTheSame(statement(members), WANTED)).isTrue();
  }

  @Test
  void statementsMayBeSplitAndReordered() {
    JsonNode split =
        json(
            "{'Version': '2012-10-17', 'Id': 'x', 'Statement': ["
                + "{'Effect': 'Allow', 'Principal': {'Service': ['ecs-tasks.amazonaws.com']}, 'Action': 'sts:AssumeRole'},"
                + "{'Effect': 'Allow', 'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': ['sts:AssumeRole']}]}");

    assertThat(TrustPolicy.meanTheSame(split, WANTED)).isTrue();
  }

  @Test
  void aStatementAloneIsAListOfOne() {
    assertThat(
            TrustPolicy.meanTheSame(
                json(
                    "{'Statement': {'Effect': 'Allow', 'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'}}"),
                TrustPolicy.forServices(List.of("ec2.amazonaws.com"))))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com', 'batch.amazonaws.com']}, 'Action': 'sts:AssumeRole'",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'], 'AWS': 'arn:aws:iam::123456789012:root'}, 'Action': 'sts:AssumeRole'",
        "'Principal': {'AWS': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': 'sts:AssumeRole'",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': ['sts:AssumeRole', 'sts:TagSession']",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'NotAction': 'sts:AssumeRole'",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': 'sts:AssumeRole', 'Condition': {'Bool': {'aws:SecureTransport': 'true'}}",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': 'sts:AssumeRole', 'Condition': 'never'",
        "'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': 'sts:AssumeRole', 'Condition': {}, 'More': 1",
        "'NotPrincipal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}, 'Action': 'sts:AssumeRole'",
        "'Principal': '*', 'Action': 'sts:AssumeRole'"
      })
  void whatMeansSomethingElseDiffers(String members) {
    assertThat(TrustPolicy.meanTheSame(statement(members), WANTED)).isFalse();
  }

  @Test
  void aDenialIsNotAnAllowance() {
    assertThat(TrustPolicy.meanTheSame(json(WANTED.toString().replace("Allow", "Deny")), WANTED))
        .isFalse();
    assertThat(
            TrustPolicy.meanTheSame(
                json(
                    WANTED
                        .toString()
                        .replaceFirst(
                            "]}$",
                            ",{'Effect':'Deny','Principal':'*','Action':'sts:AssumeRole'}]}")),
                WANTED))
        .isFalse();
  }

  private static JsonNode of(String principal) {
    return statement("'Principal': {'AWS': " + principal + "}, 'Action': 'sts:AssumeRole'");
  }

  @Test
  void aPrincipalThatWasDeletedIsAnother() {
    assertThat(
            TrustPolicy.meanTheSame(
                of("'AROA0123456789ABCDEFG'"), of("'arn:aws:iam::123456789012:role/reader'")))
        .isFalse();
  }

  @Test
  void anAccountIsItsRootAndEveryoneIsEveryone() {
    assertThat(
            TrustPolicy.meanTheSame(
                of("['123456789012', '*']"), of("['*', 'arn:aws:iam::123456789012:root']")))
        .isTrue();
    assertThat(
            TrustPolicy.meanTheSame(
                of("'*'"), statement("'Principal': '*', 'Action': 'sts:AssumeRole'")))
        .isTrue();
    assertThat(TrustPolicy.meanTheSame(of("'123456789012'"), of("'210987654321'"))).isFalse();
  }

  @Test
  void whatIsNoTrustPolicyIsOnlyEqualToItself() {
    assertThat(TrustPolicy.meanTheSame(json("'gone'"), json("'gone'"))).isTrue();
    assertThat(TrustPolicy.meanTheSame(json("'gone'"), WANTED)).isFalse();
    assertThat(TrustPolicy.meanTheSame(json("{}"), json("{'Statement': []}"))).isFalse();
  }

  @Test
  void conditionsAreComparedWithoutTheCaseOfKeysAndTheOrderOfValues() {
    String members = "'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole', ";
    assertThat(
            TrustPolicy.meanTheSame(
                statement(
                    members + "'Condition': {'StringEquals': {'aws:sourceaccount': ['1', '2']}}"),
                statement(
                    members + "'Condition': {'StringEquals': {'aws:SourceAccount': ['2', '1']}}")))
        .isTrue();
  }
}
