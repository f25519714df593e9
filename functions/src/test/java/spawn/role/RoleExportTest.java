package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.error.InvalidRequest;
import spawn.launch.LaunchPlan;
import spawn.launch.PayloadReader;
import spawn.policy.StackContext;
import spawn.roleset.RoleOfSet;
import spawn.roleset.RoleSetReader;

class RoleExportTest {
  private static final String POLICY_OF_2008 =
      "{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\","
          + "\"Resource\":\"arn:aws:s3:::home/${aws:username}/*\"}}";

  private final SimulatedAws aws = SimulatedAws.create();
  private final IamClient iam = aws.personsIam();

  private String made(RoleRequest request) {
    return new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
        .ensure(request)
        .role()
        .name();
  }

  private static LaunchPlan plan(JsonNode payload) {
    return new PayloadReader(CONTEXT).read(payload, "execution");
  }

  private RoleExport export(String name, String... profiles) {
    RoleContent content = new RoleContent(iam);
    return new RoleExport(
        RoleRequests.OWNER,
        KnownRole.of(iam.getRole(get -> get.roleName(name)).role()),
        content.inlinePolicies(name),
        content.managedPolicies(name),
        List.of(profiles));
  }

  /** Reads what was exported as a launch does: with an instance if the name is spawn's own. */
  private static LaunchPlan readAgain(RoleExport export) {
    ObjectNode payload = export.payload();
    if (!payload.path("iam").has("role")) {
      payload.putObject("instance").put("ImageId", "ami-1");
    }
    return plan(payload);
  }

  private String hashOfTag(String name) {
    return aws.role(name).orElseThrow().tag(Tags.POLICIES).orElseThrow();
  }

  private void assertComesBack(String name, RoleRequest made) {
    RoleRequest again = readAgain(export(name)).role().orElseThrow();
    assertThat(again.hash().hex()).as(name).isEqualTo(hashOfTag(name));
    assertThat(again.names())
        .isEqualTo(
            RoleRequests.OWNER.isReserved(name)
                ? RoleRequests.OWNER.generatedNames(made.hash())
                : made.names());
    assertThat(again.tags()).isEqualTo(made.tags());
    assertThat(again.creator()).isEqualTo(made.creator());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'policies': ['s3:ReadOnly', 'sqs:ReadWrite'], 'resources': ['s3://data', 'sqs://work']}",
        "{'role': 'reports', 'policies': ['logs:WriteOnly'], 'roleTags': {'team': 'genomics'}, 'creator': 'ada'}",
        "{'managedPolicies': ['AmazonSSMManagedInstanceCore', 'arn:aws:iam::123456789012:policy/team/ours']}",
        "{'assumeRoles': ['arn:aws:iam::111122223333:role/reader'], 'maxSessionDuration': 43200}",
        "{'role': 'task', 'policies': ['dynamodb:ReadOnly'], 'trustServices': ['ecs-tasks', 'ec2']}",
        "{'role': 'jobs', 'managedPolicies': ['AWSBatchServiceRole'], 'trustServices': ['batch']}",
        "{'role': 'empty'}",
        "{'permissionsBoundary': 'arn:aws:iam::123456789012:policy/boundary', 'policies': ['s3:ReadOnly']}",
        "{'statements': [{'Effect': 'Deny', 'NotAction': 's3:*', 'NotResource': 'arn:aws:s3:::*',"
            + "'Condition': {'ForAnyValue:StringLike': {'aws:TagKeys': ['a', 'b']}, 'Bool': {'aws:SecureTransport': 'false'}}},"
            + "{'Effect': 'Allow', 'Action': ['s3:Get*', 's3:List*'], 'Resource': 'arn:aws:s3:::home/${aws:username}/*'}]}",
        "{'policyDocument': {'Version': '2008-10-17', 'Statement':"
            + "{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::home/${aws:username}/*'}}}"
      })
  void readingAnExportGivesTheHashThatTheRoleCarries(String iamObject) {
    ObjectNode payload = new ObjectMapper().createObjectNode();
    payload.set("iam", json(iamObject));
    if (!payload.path("iam").has("role")) {
      payload.putObject("instance").put("ImageId", "ami-1");
    }
    RoleRequest request = plan(payload).role().orElseThrow();

    assertComesBack(made(request), request);
  }

  static Stream<Path> events() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("events"))) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyRoleOfTheExamplesComesBack(Path event) throws IOException {
    for (RoleRequest request : requests(new ObjectMapper().readTree(event.toFile()))) {
      assertComesBack(made(request), request);
    }
  }

  /** Returns the roles that an example asks for; none, if it is for the sweep or has mistakes. */
  private static List<RoleRequest> requests(JsonNode payload) {
    try {
      return payload.has("namePrefix")
          ? new RoleSetReader(CONTEXT)
              .read(payload, "execution").roles().stream().map(RoleOfSet::role).toList()
          : plan(payload).role().stream().toList();
    } catch (InvalidRequest notOfALaunch) {
      return List.of();
    }
  }

  @Test
  void theExamplesHoldRolesOfEveryKind() throws IOException {
    long roles = 0;
    for (Path event : events().toList()) {
      roles += requests(new ObjectMapper().readTree(event.toFile())).size();
    }

    assertThat(roles).isGreaterThan(12);
  }

  @Test
  void theDocumentSaysWhatTheRoleIsBesideThePayload() {
    aws.givenRole(
        "reports",
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .tag("team", "genomics")
                .tag("spawn:set", "nightly")
                .inlinePolicy("spawn", GivenRole.POLICY));

    ObjectNode document = export("reports", "reports", "reporting").document();

    assertThat(document.at("/role/name").asText()).isEqualTo("reports");
    assertThat(document.at("/role/arn").asText())
        .isEqualTo("arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/reports");
    assertThat(document.at("/role/id").asText()).startsWith("AROA");
    assertThat(document.at("/role/created").asText()).isEqualTo("2025-12-31T00:00:00Z");
    assertThat(document.at("/role/trustPolicy").asText()).isEqualTo(GivenRole.TRUSTS_EC2);
    assertThat(document.at("/role/tags"))
        .isEqualTo(json("{'spawn:set': 'nightly', 'team': 'genomics'}"));
    assertThat(document.path("payload"))
        .isEqualTo(
            json(
                "{'iam': {'role': 'reports', 'instanceProfile': 'reporting', 'roleTags': {'team': 'genomics'},"
                    + "'policyDocument': "
                    + GivenRole.POLICY
                    + ", 'trustServices': ['ec2'], 'maxSessionDuration': 3600}}"));
  }

  // Where reading an export does not give the hash of the tag

  private RoleExport exportOfChanged(Consumer<IamClient> change) {
    made(RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}"));
    change.accept(iam);
    return export("reports");
  }

  @Test
  void aRoleThatAPersonHasChangedIsExportedAsItIsNow() {
    RoleExport changed =
        exportOfChanged(
            by ->
                by.attachRolePolicy(
                    attach ->
                        attach
                            .roleName("reports")
                            .policyArn("arn:aws:iam::aws:policy/ReadOnlyAccess")));

    RoleRequest again = readAgain(changed).role().orElseThrow();

    assertThat(again.permissions().hash().hex()).isNotEqualTo(hashOfTag("reports"));
    assertThat(again.permissions().managedPolicyArns())
        .containsExactly("arn:aws:iam::aws:policy/ReadOnlyAccess");
  }

  @Test
  void inlinePoliciesThatAPersonHasAddedAreJoinedIntoOneDocument() {
    RoleExport changed =
        exportOfChanged(
            by -> {
              by.putRolePolicy(
                  put ->
                      put.roleName("reports")
                          .policyName("second")
                          .policyDocument(GivenRole.POLICY));
              by.putRolePolicy(
                  put ->
                      put.roleName("reports").policyName("third").policyDocument(POLICY_OF_2008));
            });

    JsonNode document = changed.payload().at("/iam/policyDocument");

    assertThat(document.path("Version").asText()).isEqualTo("2012-10-17");
    assertThat(document.path("Statement"))
        .hasSizeGreaterThan(2)
        .contains(
            json(GivenRole.POLICY).at("/Statement/0"), json(POLICY_OF_2008).path("Statement"));
    assertThat(readAgain(changed).role()).isPresent();
  }

  @Test
  void whoTrustsAnyoneButServicesCannotBeMadeAgainByAPayload() {
    RoleExport changed =
        exportOfChanged(
            by ->
                by.updateAssumeRolePolicy(
                    update ->
                        update
                            .roleName("reports")
                            .policyDocument(
                                GivenRole.TRUSTS_EC2.replace(
                                    "{\"Service\":\"ec2.amazonaws.com\"}",
                                    "{\"AWS\":\"arn:aws:iam::123456789012:root\"}"))));

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> readAgain(changed))
        .withMessageContaining("$.iam.trustServices[0]");
  }

  @Test
  void aBoundaryThatTheStackDoesNotAllowIsRefused() {
    RoleExport ours = exportOfChanged(by -> {});
    StackContext other =
        new StackContext(
            CONTEXT.partition(),
            CONTEXT.account(),
            CONTEXT.region(),
            "/spawn/",
            "spawn",
            "spawn",
            "arn:aws:iam::123456789012:policy/another",
            CONTEXT.serviceBoundary(),
            List.of(),
            CONTEXT.broadAccess());

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> new PayloadReader(other).read(ours.payload(), "execution"))
        .withMessageContaining("$.iam.permissionsBoundary");
  }
}
