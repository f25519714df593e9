package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.BOUNDARY;
import static spawn.policy.Payloads.OTHER_BOUNDARY;
import static spawn.policy.Payloads.SERVICE_BOUNDARY;
import static spawn.policy.Payloads.STACK;
import static spawn.policy.Payloads.inline;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.problems;
import static spawn.policy.Payloads.resolved;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.policy.StackContext.BroadAccess;
import spawn.role.Tags;

class PermissionsReaderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{'policies': null}", "{'role': 'mine', 'instanceProfile': 'mine'}"})
  void aPayloadWithoutPermissionFieldsDescribesNothing(String iam) {
    ResolvedPermissions resolved = resolved(iam);

    assertThat(resolved.described()).isFalse();
    assertThat(resolved.warnings()).isEmpty();
    assertThat(resolved.permissions())
        .isEqualTo(
            new Permissions(
                List.of("ec2.amazonaws.com"),
                PolicyDocument.of(json("{}")),
                List.of(),
                BOUNDARY,
                3600));
    assertThat(resolved.permissions().inlinePolicy().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'policies': ['s3:ReadOnly']}",
        "{'policies': []}",
        "{'managedPolicies': ['ReadOnlyAccess']}",
        "{'maxSessionDuration': 7200}",
        "{'trustServices': ['ec2']}"
      })
  void aPayloadWithAnyPermissionFieldDescribesTheRole(String iam) {
    assertThat(resolved(iam).described()).isTrue();
  }

  @Test
  void theDefaultRoleTerminatesOnlyWhatItsStackLaunchedAndAsksNoTagOfDescriptions() {
    assertThat(new PermissionsReader(STACK).defaultRole().permissions().inlinePolicy())
        .hasToString(
            "{\"Version\":\"2012-10-17\",\"Statement\":["
                + "{\"Effect\":\"Allow\",\"Action\":\"ec2:TerminateInstances\","
                + "\"Resource\":\"arn:aws:ec2:*:123456789012:instance/*\","
                + "\"Condition\":{\"ArnLike\":{\"ec2:InstanceProfile\":"
                + "\"arn:aws:iam::123456789012:instance-profile/spawn/spawn/us-east-1/*\"},"
                + "\"StringEquals\":{\"ec2:ResourceTag/"
                + Tags.MANAGED
                + "\":\"true\"}}},"
                + "{\"Effect\":\"Allow\",\"Action\":[\"ec2:DescribeInstances\",\"ec2:DescribeTags\"],"
                + "\"Resource\":\"*\"}]}");
  }

  @Test
  void theDefaultRoleIsMadeInThePartitionOfTheStackAlsoWhereBroadAccessIsRejected() {
    ResolvedPermissions role =
        new PermissionsReader(Payloads.stack("aws-cn", BroadAccess.REJECT)).defaultRole();

    assertThat(role.permissions().inlinePolicy().toString())
        .contains("arn:aws-cn:ec2:*:123456789012:instance/*");
    assertThat(role.described()).isFalse();
    assertThat(role.warnings()).isEmpty();
  }

  @Test
  void aScopedTemplateIsBoundToWhatItsActionsAccept() {
    assertThat(inline("{'policies': ['s3:readonly'], 'resources': ['s3://my-bucket/data/*']}"))
        .hasToString(
            "{\"Version\":\"2012-10-17\",\"Statement\":["
                + "{\"Effect\":\"Allow\",\"Action\":[\"s3:GetBucketLocation\",\"s3:ListBucket\"],"
                + "\"Resource\":\"arn:aws:s3:::my-bucket\"},"
                + "{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:GetObjectVersion\"],"
                + "\"Resource\":\"arn:aws:s3:::my-bucket/data/*\"}]}");
  }

  @Test
  void theAuthorizationOfEcrStaysOnAllWhereTheTemplateIsScoped() {
    assertThat(inline("{'policies': ['ecr:ReadOnly'], 'resources': ['ecr://app']}").toString())
        .contains("\"Action\":\"ecr:GetAuthorizationToken\",\"Resource\":\"*\"")
        .contains("arn:aws:ecr:us-east-1:123456789012:repository/app");
  }

  @Test
  void assumedRolesBecomeOneStatementOnExactlyTheseRoles() {
    ResolvedPermissions resolved =
        resolved(
            "{'assumeRoles': ['arn:aws:iam::444455556666:role/b', 'arn:aws:iam::444455556666:role/x/a',"
                + " 'arn:aws:iam::444455556666:role/b']}");

    assertThat(resolved.permissions().inlinePolicy())
        .hasToString(
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                + "\"Action\":\"sts:AssumeRole\",\"Resource\":[\"arn:aws:iam::444455556666:role/b\","
                + "\"arn:aws:iam::444455556666:role/x/a\"]}]}");
    assertThat(resolved.assumedRoles())
        .extracting(AssumedRole::arn)
        .containsExactly("arn:aws:iam::444455556666:role/b", "arn:aws:iam::444455556666:role/x/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:iam::444455556666:role/*",
        "arn:aws:iam::*:role/reader",
        "arn:aws:iam::444455556666:role/read?r",
        "arn:aws:iam::444455556666:user/reader",
        "arn:aws-cn:iam::444455556666:role/reader",
        "reader"
      })
  void onlyTheArnOfOneRoleOfThePartitionCanBeAssumed(String arn) {
    assertThat(problems("{'assumeRoles': ['" + arn + "']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.assumeRoles[0]");
  }

  @Test
  void servicesAreTrustedByTheirShortNames() {
    assertThat(
            resolved("{'trustServices': ['ecs-tasks', 'ec2', 'ec2.amazonaws.com']}")
                .permissions()
                .trustedServices())
        .containsExactly("ec2.amazonaws.com", "ecs-tasks.amazonaws.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC2", "ec2 ", "arn:aws:iam::123456789012:root", "*", "", "-a", "a..b"})
  void aNameThatIsNoServiceCannotBeTrusted(String service) {
    assertThat(problems("{'trustServices': ['" + service + "']}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.trustServices[0]");
              assertThat(problem.message()).contains("ecs-tasks");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "aws, ec2.amazonaws.com.cn",
    "aws-us-gov, ec2.amazonaws.com.cn",
    "aws-cn, ec2.amazonaws.com.cn.cn",
    "aws-cn, ec2.amazonaws.com.eu",
    "aws, ec2.c2s.ic.gov",
    "aws-iso, ec2.sc2s.sgov.gov",
    "aws, ec2.amazonaws.eu",
    "aws, ec2.amazonaws.com.amazonaws.com",
    "aws, example.com"
  })
  void aWholeNameOfAnotherPartitionCannotBeTrusted(String partition, String service) {
    Problems problems = new Problems();
    new PermissionsReader(Payloads.stack(partition, BroadAccess.WARN))
        .read(json("{'trustServices': ['ec2', '" + service + "']}"), "$.iam", problems);

    assertThat(problems.list())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.trustServices[1]");
              assertThat(problem.message()).contains("not the name of a service", partition);
            });
  }

  @Test
  void chinaKnowsServicesUnderASecondName() {
    Problems problems = new Problems();
    ResolvedPermissions resolved =
        new PermissionsReader(Payloads.stack("aws-cn", BroadAccess.WARN))
            .read(json("{'trustServices': ['ec2', 'ec2.amazonaws.com.cn']}"), "$.iam", problems);

    problems.throwIfAny();
    assertThat(resolved.permissions().trustedServices())
        .containsExactly("ec2.amazonaws.com", "ec2.amazonaws.com.cn");
    assertThat(resolved.warnings())
        .extracting(Warning::code)
        .doesNotContain("NO_EC2_TRUST", "TRUST_BEYOND_EC2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"delivery.logs", "states.us-east-1", "ecs.application-autoscaling"})
  void aShortNameMayHaveDots(String service) {
    assertThat(resolved("{'trustServices': ['" + service + "']}").permissions().trustedServices())
        .containsExactly(service + ".amazonaws.com");
  }

  @Test
  void trustInNobodyIsAProblem() {
    assertThat(problems("{'trustServices': []}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.trustServices");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3599",
        "43201",
        "'3600'",
        "3600.5",
        "1e400",
        "-1",
        "true",
        "[]",
        "99999999999999999999"
      })
  void aSessionLastsBetweenOneAndTwelveHours(String seconds) {
    assertThat(problems("{'maxSessionDuration': " + seconds + "}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.maxSessionDuration");
  }

  @Test
  void theBoundsOfASessionAreAllowed() {
    assertThat(resolved("{'maxSessionDuration': 3600}").permissions().maxSessionDuration())
        .isEqualTo(3600);
    assertThat(resolved("{'maxSessionDuration': 43200}").permissions().maxSessionDuration())
        .isEqualTo(43200);
  }

  @Test
  void onlyBoundariesOfTheStackMayBeNamed() {
    assertThat(
            resolved("{'permissionsBoundary': '" + OTHER_BOUNDARY + "'}")
                .permissions()
                .permissionsBoundary())
        .isEqualTo(OTHER_BOUNDARY);
    assertThat(problems("{'permissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess'}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.permissionsBoundary");
              assertThat(problem.message())
                  .contains(BOUNDARY, OTHER_BOUNDARY, "AllowedBoundaryArns");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'batch'", "'spotfleet'", "'batch', 'spotfleet'", "'batch.amazonaws.com'"})
  void aRoleThatOnlyBatchOrSpotFleetMayAssumeGetsTheBoundaryOfServices(String services) {
    String iam = "{'trustServices': [" + services + "]";

    assertThat(resolved(iam + "}").permissions().permissionsBoundary()).isEqualTo(SERVICE_BOUNDARY);
    assertThat(
            resolved(iam + ", 'permissionsBoundary': '" + SERVICE_BOUNDARY + "'}")
                .permissions()
                .permissionsBoundary())
        .isEqualTo(SERVICE_BOUNDARY);
    assertThat(
            resolved(iam + ", 'permissionsBoundary': '" + OTHER_BOUNDARY + "'}")
                .permissions()
                .permissionsBoundary())
        .isEqualTo(OTHER_BOUNDARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'trustServices': ['ec2']}",
        "{'trustServices': ['batch', 'ec2']}",
        "{'trustServices': ['spotfleet', 'batch', 'lambda']}",
        "{'trustServices': ['ecs-tasks']}",
        "{'trustServices': ['spot']}",
        "{'trustServices': ['batch.spotfleet']}"
      })
  void aRoleThatAnybodyElseMayAssumeGetsTheBoundaryOfInstances(String iam) {
    assertThat(resolved(iam).permissions().permissionsBoundary()).isEqualTo(BOUNDARY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'ec2'", "'batch', 'ec2'", "'lambda'"})
  void theBoundaryOfServicesIsRefusedToARoleThatAnybodyElseMayAssume(String services) {
    String iam =
        "{'trustServices': [" + services + "], 'permissionsBoundary': '" + SERVICE_BOUNDARY + "'}";

    for (List<String> allowed : List.of(List.<String>of(), List.of(SERVICE_BOUNDARY))) {
      assertThat(problems(json(iam), stackThatAllows(allowed)))
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).isEqualTo("$.iam.permissionsBoundary");
                assertThat(problem.message()).contains("batch", "spotfleet", "trustServices");
              });
    }
  }

  @Test
  void theBoundaryOfInstancesIsRefusedToARoleOfAServiceUnlessTheStackAllowsIt() {
    String iam = "{'trustServices': ['batch'], 'permissionsBoundary': '" + BOUNDARY + "'}";

    assertThat(problems(iam))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.permissionsBoundary");
              assertThat(problem.message()).contains(SERVICE_BOUNDARY).doesNotContain(BOUNDARY);
            });
    assertThat(problems(json(iam), stackThatAllows(List.of(BOUNDARY)))).isEmpty();
  }

  private static StackContext stackThatAllows(List<String> boundaries) {
    return new StackContext(
        STACK.partition(),
        STACK.account(),
        STACK.region(),
        "/spawn/",
        "spawn",
        "spawn",
        BOUNDARY,
        SERVICE_BOUNDARY,
        boundaries,
        BroadAccess.WARN);
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThat(
            problems(
                "{'policies': ['s3:Readonyl', 7, 'sts:WriteOnly'], 'resources': 's3://bucket',"
                    + " 'managedPolicies': ['AmazonS3ReadOnlyAcces'], 'policyDocument': [],"
                    + " 'statements': {}, 'assumeRoles': ['x'], 'trustServices': ['*'],"
                    + " 'maxSessionDuration': 1, 'permissionsBoundary': 3}"))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "$.iam.policies[0]",
            "$.iam.policies[1]",
            "$.iam.policies[2]",
            "$.iam.resources",
            "$.iam.managedPolicies[0]",
            "$.iam.policyDocument",
            "$.iam.statements",
            "$.iam.assumeRoles[0]",
            "$.iam.trustServices[0]",
            "$.iam.maxSessionDuration",
            "$.iam.permissionsBoundary");
  }

  @ParameterizedTest
  @CsvSource({
    "s3:Readonyl, s3:ReadOnly",
    "s3:Read, s3:ReadOnly",
    "s3:read-only, s3:ReadOnly",
    "s3ReadOnly, s3:ReadOnly",
    "s3:FullAcess, s3:FullAccess",
    "s3:Full, s3:FullAccess",
    "dynamo:WriteOnly, dynamodb:WriteOnly",
    "dynamodb:Write, dynamodb:WriteOnly",
    "log:WriteOnly, logs:WriteOnly",
    "secrets:ReadOnly, secretsmanager:ReadOnly",
    "secretmanager:ReadOnly, secretsmanager:ReadOnly",
    "cloudwach:WriteOny, cloudwatch:WriteOnly",
    "sqs:ReadWrit, sqs:ReadWrite",
    "lamda:WriteOnly, lambda:WriteOnly",
    "lambda:Invok, lambda:Invoke",
    "lambda:invoke-function, lambda:Invoke",
    "ecr:Pul, ecr:Pull",
    "sqs:Consumer, sqs:Consume",
    "efs:ReadOnly, elasticfilesystem:ReadOnly",
    "StepFunctions:WriteOnly, states:WriteOnly",
    "eventbridge:WriteOny, events:WriteOnly",
    "kineses:ReadOnly, kinesis:ReadOnly",
    "opsworx:ReadOnly, opsworks:ReadOnly",
    "rekognitoin:ReadOnly, rekognition:ReadOnly"
  })
  void aMisspeltTemplateGetsTheNearestFirst(String word, String meant) {
    assertThat(problems("{'policies': ['" + word + "']}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .endsWith("Did you mean \"" + meant + "\"?");
  }

  @Test
  void theResourceOfAMisspeltTemplateIsNotCalledUnusedToo() {
    assertThat(problems("{'policies': ['s3:Readonyl'], 'resources': ['s3://bucket']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.policies[0]");
  }

  @Test
  void aResourceThatNoPolicyCanUseIsAProblem() {
    assertThat(
            problems(
                "{'policies': ['s3:ReadOnly', 'sts:ReadOnly'], 'resources': ['s3://bucket',"
                    + " 'dynamodb://table', 'arn:aws:iam::123456789012:role/reader']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.resources[1]", "$.iam.resources[2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sts:WriteOnly", "sts:ReadWrite", "sts:FullAccess"})
  void rolesAreAssumedOnlyIfNamed(String word) {
    assertThat(problems("{'policies': ['" + word + "']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.policies[0]");
    assertThat(
            inline(
                    "{'policies': ['"
                        + word
                        + "'], 'resources': ['arn:aws:iam::444455556666:role/reader']}")
                .toString())
        .contains("sts:AssumeRole")
        .contains("arn:aws:iam::444455556666:role/reader");
  }

  @Test
  void anInlinePolicyOverTheLimitIsAProblem() {
    StringBuilder resources = new StringBuilder();
    for (int index = 0; index < 190; index++) {
      resources
          .append(index == 0 ? "" : ",")
          .append("'s3://bucket-")
          .append(index)
          .append("-with-a-long-name-in-it'");
    }
    assertThat(problems("{'policies': ['s3:ReadWrite'], 'resources': [" + resources + "]}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam");
              assertThat(problem.message()).contains("10240");
            });
  }

  @Test
  void aTrustPolicyOverTheLimitIsAProblem() {
    StringBuilder services = new StringBuilder("'ec2'");
    for (int index = 0; index < 80; index++) {
      services.append(",'service-").append(index).append("'");
    }
    assertThat(problems("{'trustServices': [" + services + "]}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.trustServices");
  }

  @Test
  void aStackMayRejectBroadAccess() {
    assertThat(
            problems(
                json("{'policies': ['s3:ReadOnly', 's3:FullAccess']}"),
                Payloads.stack("aws", BroadAccess.REJECT)))
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.path()).isEqualTo("$.iam.policies[1]"))
        .anySatisfy(problem -> assertThat(problem.message()).contains("FULL_ACCESS"));
  }

  @Test
  void whatIsReadForPracticeIsReadToTheEnd() {
    Problems problems = new PermissionsReader(STACK).rehearse();

    assertThat(problems.list()).isEmpty();
    assertThat(problems.work().done()).isPositive();
  }
}
