package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedPrincipalsTest {
  private static final String EC2 =
      "{'Effect': 'Allow', 'Principal': {'Service': 'ec2.amazonaws.com'}}";

  private static TrustedPrincipals in(String document) {
    return TrustedPrincipals.of(document.replace('\'', '"'));
  }

  private static TrustedPrincipals inStatements(String... statements) {
    return in("{'Statement': [" + String.join(", ", statements) + "]}");
  }

  @Test
  void whatSpawnWritesIsReadAgain() {
    List<String> services = List.of("ec2.amazonaws.com", "ecs-tasks.amazonaws.com");

    assertThat(TrustedPrincipals.of(TrustPolicy.forServices(services).toString()).names())
        .containsExactlyElementsOf(services);
    assertThat(
            TrustedPrincipals.of(
                    TrustPolicy.forRole("arn:aws:iam::123456789012:role/reader", Optional.empty())
                        .toString())
                .names())
        .containsExactly("{\"AWS\":\"arn:aws:iam::123456789012:role/reader\"}");
  }

  @Test
  void ec2IsAloneUnderEitherOfItsNamesAndInAnyNumberOfStatements() {
    assertThat(inStatements(EC2).isEc2Only()).isTrue();
    assertThat(in("{'Statement': " + EC2 + "}").isEc2Only()).isTrue();
    assertThat(
            inStatements(EC2, "{'Principal': {'Service': ['ec2.amazonaws.com.cn']}}").isEc2Only())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Principal': {'Service': ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']}}",
        "{'Principal': {'AWS': 'arn:aws:iam::111122223333:root'}}",
        "{'Principal': {'Service': 'ec2.amazonaws.com', 'AWS': '*'}}",
        "{'Principal': '*'}",
        "{'Principal': {'Service': '*'}}",
        "{'Principal': {'Federated': 'cognito-identity.amazonaws.com'}}",
        "{'NotPrincipal': {'AWS': 'arn:aws:iam::111122223333:root'}}",
        "{'Effect': 'Allow', 'Action': 'sts:AssumeRole'}",
        "{'Principal': null}",
        "{'Principal': {}}",
        "{'Principal': ['ec2.amazonaws.com']}",
        "{'Principal': {'Service': null}}",
        "{'Principal': {'Service': ''}}",
        "{'Principal': {'Service': []}}",
        "{'Principal': {'Service': 7}}",
        "{'Principal': {'Service': {'a': 'b'}}}",
        "{'Principal': {'Service': [['ecs-tasks.amazonaws.com']]}}",
        "'ec2.amazonaws.com'",
        "null"
      })
  void aStatementThatNamesAnyoneElseOrIsNotUnderstoodIsMoreThanEc2(String statement) {
    assertThat(inStatements(statement).isEc2Only()).isFalse();
    assertThat(inStatements(EC2, statement).isEc2Only()).isFalse();
    assertThat(inStatements(EC2, statement).names()).hasSizeGreaterThan(1).doesNotContain("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ec2.amazonaws.com",
        "{",
        "7",
        "[]",
        "{}",
        "{'Version': '2012-10-17'}",
        "{'Statement': 'ec2.amazonaws.com'}",
        "{'Statement': null}"
      })
  void aDocumentWithoutAStatementIsNotUnderstoodAndItsTextStandsForWhomItTrusts(String document) {
    assertThat(in(document).isEc2Only()).isFalse();
    assertThat(in(document).names()).hasSize(1).doesNotContain("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{'Statement': []}"})
  void aDocumentThatTrustsNobodyIsNotForEc2(String document) {
    assertThat(in(document).names()).isEmpty();
    assertThat(in(document).isEc2Only()).isFalse();
  }
}
