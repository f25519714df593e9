package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.inline;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.problems;
import static spawn.policy.Payloads.resolved;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problem;
import spawn.json.Json;
import spawn.role.AwsConfig;
import spawn.role.CrossAccountTrust;

/** The roles that {@code assumeRoles} names, with and without an external id. */
class AssumedRolesTest {
  private static final String READER = "arn:aws:iam::444455556666:role/reader";
  private static final String WRITER = "arn:aws:iam::444455556666:role/team/writer";
  private static final String WITH_ID =
      "{'role': '" + WRITER + "', 'externalId': 'team-7/a:b@c,d.e=f+g_H'}";

  private static List<AssumedRole> roles(String entries) {
    return resolved("{'assumeRoles': [" + entries + "]}").assumedRoles();
  }

  @Test
  void anObjectNamesARoleWithItsExternalId() {
    assertThat(roles("'" + READER + "', " + WITH_ID))
        .containsExactly(
            new AssumedRole(READER, Optional.empty()),
            new AssumedRole(WRITER, Optional.of("team-7/a:b@c,d.e=f+g_H")));
  }

  @Test
  void anObjectWithoutAnExternalIdMeansTheSameAsTheArn() {
    String arn = "{'assumeRoles': ['" + READER + "']}";

    for (String object : List.of("{'role': '%s'}", "{'role': '%s', 'externalId': null}")) {
      String iam = "{'assumeRoles': [" + object.formatted(READER) + "]}";
      assertThat(resolved(iam)).isEqualTo(resolved(arn));
      assertThat(resolved(iam).permissions().hash()).isEqualTo(resolved(arn).permissions().hash());
    }
  }

  @Test
  void aRoleWithAnExternalIdMayBeAssumedUnderThatOneOnly() {
    assertThat(inline("{'assumeRoles': ['" + READER + "', " + WITH_ID + "]}").toJson())
        .isEqualTo(
            json(
                "{'Version': '2012-10-17', 'Statement': ["
                    + "{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Resource': '"
                    + READER
                    + "'}, {'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Resource': '"
                    + WRITER
                    + "', 'Condition': {'StringEquals': {'sts:ExternalId': 'team-7/a:b@c,d.e=f+g_H'}}}]}"));
  }

  @Test
  void theOtherAccountsTrustPolicyAsksForTheExternalId() {
    List<CrossAccountTrust> trust =
        CrossAccountTrust.of(roles("'" + READER + "', " + WITH_ID), "arn:aws:iam::1:role/mine");

    assertThat(trust).extracting(CrossAccountTrust::roleArn).containsExactly(READER, WRITER);
    assertThat(trust.get(0).document().findValue("Condition")).isNull();
    assertThat(trust.get(1).document())
        .isEqualTo(
            json(
                "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS':"
                    + " 'arn:aws:iam::1:role/mine'}, 'Action': 'sts:AssumeRole', 'Condition':"
                    + " {'StringEquals': {'sts:ExternalId': 'team-7/a:b@c,d.e=f+g_H'}}}]}"));
  }

  @Test
  void theConfigHasAProfileForEachRole() {
    String config =
        AwsConfig.of(roles("'" + READER + "', " + WITH_ID), List.of("ec2.amazonaws.com"))
            .orElseThrow();

    assertThat(config)
        .isEqualTo(
            """
            [profile reader-444455556666]
            role_arn = arn:aws:iam::444455556666:role/reader
            credential_source = Ec2InstanceMetadata

            [profile writer-444455556666]
            role_arn = arn:aws:iam::444455556666:role/team/writer
            credential_source = Ec2InstanceMetadata
            external_id = team-7/a:b@c,d.e=f+g_H
            """);
  }

  @Test
  void noTwoProfilesHaveOneName() {
    String config =
        AwsConfig.of(
                roles(
                    "'arn:aws:iam::444455556666:role/a/x', 'arn:aws:iam::444455556666:role/b/x',"
                        + " 'arn:aws:iam::777788889999:role/x', 'arn:aws:iam::444455556666:role/c/x=,y'"),
                List.of("ec2.amazonaws.com.cn"))
            .orElseThrow();

    assertThat(config.lines().filter(line -> line.startsWith("[")))
        .containsExactly(
            "[profile x-444455556666]",
            "[profile x-444455556666-2]",
            "[profile x-777788889999]",
            "[profile x--y-444455556666]");
  }

  @ParameterizedTest
  @CsvSource({
    "ecs-tasks.amazonaws.com, EcsContainer",
    "ec2.amazonaws.com, Ec2InstanceMetadata",
    "ec2.amazonaws.com.cn, Ec2InstanceMetadata"
  })
  void credentialsComeFromWhereTheRoleIsUsed(String service, String source) {
    assertThat(AwsConfig.of(roles("'" + READER + "'"), List.of(service)).orElseThrow())
        .contains("credential_source = " + source + "\n");
  }

  @Test
  void withoutRolesOrWhereNothingGivesCredentialsThereIsNoConfig() {
    assertThat(AwsConfig.of(List.of(), List.of("ec2.amazonaws.com"))).isEmpty();
    assertThat(AwsConfig.of(roles("'" + READER + "'"), List.of("batch.amazonaws.com"))).isEmpty();
  }

  @Test
  void aRoleReadsTheSameAfterItsWayThroughTheWorkflow() throws IOException {
    List<AssumedRole> roles = roles("'" + READER + "', " + WITH_ID);
    String written = Json.text(roles);

    assertThat(Json.read(written)).isEqualTo(json("['" + READER + "', " + WITH_ID + "]"));
    for (int i = 0; i < roles.size(); i++) {
      assertThat(Json.to(Json.read(written).get(i), AssumedRole.class)).isEqualTo(roles.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$.iam.assumeRoles|{'assumeRoles': '" + READER + "'}|Must be a list of up to 200",
        "$.iam.assumeRoles|{'assumeRoles': {}}|not an object",
        "$.iam.assumeRoles[0]|{'assumeRoles': [7]}|Must be the ARN of a role, or an object",
        "$.iam.assumeRoles[0]|{'assumeRoles': [null]}|not null",
        "$.iam.assumeRoles[0].role|{'assumeRoles': [{}]}|Missing",
        "$.iam.assumeRoles[0].role|{'assumeRoles': [{'role': 'reader'}]}|is not the ARN of a role",
        "$.iam.assumeRoles[0].role|{'assumeRoles': [{'role': ['x']}]}|Must be a string",
        "$.iam.assumeRoles[0].externalID|{'assumeRoles': [{'role': '"
            + READER
            + "', 'externalID': 'ab'}]}|externalId",
        "$.iam.assumeRoles[0].externalId|{'assumeRoles': [{'role': '"
            + READER
            + "', 'externalId': 'a'}]}|2 to 1224",
        "$.iam.assumeRoles[0].externalId|{'assumeRoles': [{'role': '"
            + READER
            + "', 'externalId': 'a b'}]}|letters, digits",
        "$.iam.assumeRoles[0].externalId|{'assumeRoles': [{'role': '"
            + READER
            + "', 'externalId': 77}]}|Must be a string",
        "$.iam.assumeRoles[1]|{'assumeRoles': ['"
            + READER
            + "', {'role': '"
            + READER
            + "', 'externalId': 'ab'}]}|given twice, with different external ids"
      })
  void eachMistakeIsToldWithItsPath(String path, String iam, String hint) {
    assertThat(problems(iam))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo(path);
              assertThat(problem.message()).contains(hint);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1224})
  void theBoundsOfAnExternalIdAreAllowed(int length) {
    assertThat(
            problems(
                "{'assumeRoles': [{'role': '%s', 'externalId': '%s'}]}"
                    .formatted(READER, "x".repeat(length))))
        .isEmpty();
  }

  @Test
  void moreThanTwoHundredAreRefused() {
    assertThat(problems("{'assumeRoles': [" + ("'" + READER + "',").repeat(200) + "'x']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.assumeRoles");
  }
}
