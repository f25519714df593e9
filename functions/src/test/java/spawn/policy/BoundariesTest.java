package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.policy.Payloads.resolved;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.template.Template;

class BoundariesTest {
  private static final Boundaries BOUNDARIES = PolicyData.standard().boundaries();
  private static final Template TEMPLATE = Template.read();

  @Test
  void whatIsSaidToBeDeniedIsWhatTheTemplatesBoundaryDenies() {
    List<JsonNode> denials =
        statements("InstanceBoundary")
            .filter(statement -> statement.path("Effect").asText().equals("Deny"))
            .filter(statement -> statement.has("Action") && !statement.has("Condition"))
            .filter(statement -> !statement.path("Sid").asText().equals("NothingOfTheStack"))
            .toList();

    assertThat(denials)
        .extracting(
            statement -> sorted(statement.get("Action")),
            statement ->
                sorted(statement.get("Resource")).stream()
                    .filter(arn -> !arn.contains("role/spawn-"))
                    .collect(Collectors.toSet()))
        .containsExactlyElementsOf(
            BOUNDARIES.denies().stream()
                .map(
                    denial ->
                        tuple(
                            denial.actions().stream()
                                .map(Glob::spelled)
                                .collect(Collectors.toSet()),
                            denial.resources().stream()
                                .map(
                                    arn ->
                                        arn.replace("PARTITION", "aws")
                                            .replace("ROLEPATH", "/spawn/")
                                            .replace("ACCOUNT", Template.ACCOUNT))
                                .collect(Collectors.toSet())))
                .toList());
  }

  @Test
  void whatIsSaidToBeAllowedIsWhatTheBoundaryOfServicesAllows() {
    Set<String> allowed = new TreeSet<>();
    statements("ServiceBoundary")
        .filter(statement -> statement.path("Effect").asText().equals("Allow"))
        .forEach(statement -> allowed.addAll(sorted(statement.get("Action"))));

    assertThat(BOUNDARIES.allows().stream().map(Glob::spelled))
        .containsExactlyInAnyOrderElementsOf(allowed);
  }

  private static Stream<JsonNode> statements(String boundary) {
    return TEMPLATE.property(boundary, "PolicyDocument").path("Statement").valueStream();
  }

  private static Set<String> sorted(JsonNode oneOrMore) {
    return OneOrMore.of(oneOrMore).map(JsonNode::asText).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Action': 'iam:ListUsers', 'Resource': '*'",
        "'Action': ['s3:GetObject', 'iam:PassRole'], 'Resource': 'arn:aws:iam::123456789012:role/x'",
        "'Action': 'organizations:Describe*', 'Resource': '*'",
        "'Action': 'sts:AssumeRole', 'Resource': 'arn:aws:iam::444455556666:role/OrganizationAccountAccessRole'"
      })
  void aGrantThatTheBoundaryDeniesIsSaid(String grant) {
    assertThat(codes("'statements': [{'Effect': 'Allow', " + grant + "}]"))
        .contains("BOUNDARY_DENIES");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Action': 's3:GetObject', 'Resource': '*'",
        "'Action': '*', 'Resource': '*'",
        "'NotAction': 's3:*', 'Resource': '*'",
        "'Action': 'sts:AssumeRole', 'Resource': 'arn:aws:iam::444455556666:role/reader'",
        "'Action': 'sts:AssumeRole', 'Resource': ['arn:aws:iam::444455556666:role/reader', 'arn:aws:iam::444455556666:role/OrganizationAccountAccessRole']"
      })
  void aGrantThatWorksAtLeastInPartIsNot(String grant) {
    assertThat(codes("'statements': [{'Effect': 'Allow', " + grant + "}]"))
        .doesNotContain("BOUNDARY_DENIES");
  }

  @Test
  void aDenialOfWhatTheBoundaryDeniesIsNoGrant() {
    assertThat(codes("'statements': [{'Effect': 'Deny', 'Action': 'iam:*', 'Resource': '*'}]"))
        .doesNotContain("BOUNDARY_DENIES");
  }

  @Test
  void theBoundaryOfServicesDeniesWhatItDoesNotList() {
    String batch =
        "'trustServices': ['batch'], 'statements': [{'Effect': 'Allow', 'Resource': '*', 'Action': ";

    assertThat(codes(batch + "'s3:GetObject'}]")).contains("BOUNDARY_DENIES");
    assertThat(codes(batch + "['ecs:RunTask', 'iam:PassRole', 'ecs:*']}]"))
        .doesNotContain("BOUNDARY_DENIES");
  }

  @Test
  void whatAnotherBoundaryDeniesIsNotKnown() {
    assertThat(
            codes(
                "'permissionsBoundary': '%s', 'managedPolicies': ['AmazonEC2FullAccess'], 'statements': [{'Effect': 'Allow', 'Action': 'iam:ListUsers', 'Resource': '*'}]"
                    .formatted(Payloads.OTHER_BOUNDARY)))
        .doesNotContain("BOUNDARY_DENIES");
  }

  private static List<String> codes(String fields) {
    return resolved("{" + fields + "}").warnings().stream().map(Warning::code).toList();
  }
}
