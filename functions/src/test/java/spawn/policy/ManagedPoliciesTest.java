package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.policy.Payloads.problems;
import static spawn.policy.Payloads.resolved;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.policy.StackContext.BroadAccess;

class ManagedPoliciesTest {
  @ParameterizedTest
  @CsvSource({
    "AmazonSSMManagedInstanceCore, arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    "AWSLambdaBasicExecutionRole, arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "Billing, arn:aws:iam::aws:policy/job-function/Billing",
    "service-role/AmazonEC2RoleforSSM, arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM",
    "/service-role/AWSBatchServiceRole, arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole",
    "/ReadOnlyAccess, arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::123456789012:policy/team/Mine, arn:aws:iam::123456789012:policy/team/Mine"
  })
  void aPolicyIsNamedByArnOrIfItIsOfAwsByName(String named, String arn) {
    assertThat(resolved("{'managedPolicies': ['" + named + "']}").permissions().managedPolicyArns())
        .containsExactly(arn);
  }

  @Test
  void aNameMeansThePolicyOfTheStacksPartition() {
    Problems found = new Problems();
    assertThat(
            new PermissionsReader(Payloads.stack("aws-cn", BroadAccess.WARN))
                .read(Payloads.json("{'managedPolicies': ['ReadOnlyAccess']}"), "$.iam", found)
                .permissions()
                .managedPolicyArns())
        .containsExactly("arn:aws-cn:iam::aws:policy/ReadOnlyAccess");
    assertThat(found.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "AmazonS3ReadOnlyAcces, AmazonS3ReadOnlyAccess",
    "AmazonS3ReadOnly, AmazonS3ReadOnlyAccess",
    "amazons3readonlyaccess, AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedInstancCore, AmazonSSMManagedInstanceCore",
    "SSMManagedInstanceCore, AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServer, CloudWatchAgentServerPolicy",
    "CloudwatchAgentSeverPolicy, CloudWatchAgentServerPolicy",
    "AdministratorAcess, AdministratorAccess",
    "ReadOnlyAcces, ReadOnlyAccess",
    "AmazonEC2ContainerRegistryReadonl, AmazonEC2ContainerRegistryReadOnly",
    "AWSLambdaBasicExecutionRol, AWSLambdaBasicExecutionRole"
  })
  void aMisspeltNameGetsThreeNamesTheNearestFirst(String name, String meant) {
    assertThat(ManagedPolicies.list().nearest(name)).hasSize(3).startsWith(meant);
    assertThat(problems("{'managedPolicies': ['" + name + "']}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.managedPolicies[0]");
              assertThat(problem.message()).contains("Nearest: " + meant + ", ");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AWSServiceRoleForNothing:x",
        "arn:aws:iam::aws:policy",
        "arn:aws:iam::12:policy/x",
        "arn:aws:iam::aws:role/x",
        "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/aws-service-role/AWSBatchServiceRole",
        "",
        "two words"
      })
  void whatCannotBeAttachedIsAProblem(String named) {
    assertThat(problems("{'managedPolicies': ['" + named + "']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.managedPolicies[0]");
  }

  @Test
  void aPolicyOfAServiceLinkedRoleCannotBeAttachedByName() {
    assertThat(problems("{'managedPolicies': ['AWSEC2SpotServiceRolePolicy']}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("service-linked");
  }

  @Test
  void anAwsPolicyThatIsNotKnownIsAWarning() {
    assertThat(
            resolved("{'managedPolicies': ['arn:aws:iam::aws:policy/BrandNewAccess']}").warnings())
        .extracting(Warning::code)
        .containsExactly("UNKNOWN_MANAGED_POLICY", "UNREAD_POLICY");
  }

  @Test
  void duplicatesCollapseAndHowManyThereMayBeIsForTheAccountToSay() {
    List<String> names =
        List.of(
            "AmazonS3ReadOnlyAccess",
            "ReadOnlyAccess",
            "ViewOnlyAccess",
            "SecurityAudit",
            "AmazonSQSReadOnlyAccess",
            "AmazonSNSReadOnlyAccess",
            "AmazonEC2ReadOnlyAccess",
            "AmazonDynamoDBReadOnlyAccess",
            "CloudWatchReadOnlyAccess",
            "AmazonRDSReadOnlyAccess",
            "AmazonVPCReadOnlyAccess");
    String all = String.join("','", names);

    assertThat(
            resolved("{'managedPolicies': ['" + all + "', '" + names.get(0) + "']}")
                .permissions()
                .managedPolicyArns())
        .hasSize(11);
  }

  @ParameterizedTest
  @CsvSource({
    "AWSCodeBuildAdminAccess, BROAD_MANAGED_POLICY, HIGH",
    "SecretsManagerReadWrite, BROAD_MANAGED_POLICY, HIGH",
    "AmazonElasticMapReduceforEC2Role, BROAD_MANAGED_POLICY, HIGH",
    "SageMakerStudioAdminIAMPermissiveExecutionPolicy, BROAD_MANAGED_POLICY, HIGH",
    "AmazonSSMAutomationRole, PRIVILEGE_ESCALATION, HIGH",
    "AmazonSSMManagedInstanceCore, DATA_EXFILTRATION, MEDIUM",
    "ReadOnlyAccess, DATA_EXFILTRATION, MEDIUM",
    "AmazonEC2FullAccess, BOUNDARY_DENIES, MEDIUM"
  })
  void aPolicySaysWhatItsDocumentOpens(String name, String code, Severity severity) {
    assertThat(resolved("{'managedPolicies': ['" + name + "']}").warnings())
        .extracting(Warning::code, Warning::severity, Warning::path)
        .contains(tuple(code, severity, "$.iam.managedPolicies[0]"));
  }

  @Test
  void aPolicyOfTheAccountIsUnreadUnlessTheStacksOwnerAnswersForIt() {
    String iam = "{'managedPolicies': ['arn:aws:iam::123456789012:policy/reviewed/jobs']}";

    assertThat(resolved(iam).warnings())
        .extracting(Warning::code, Warning::severity, Warning::path)
        .containsExactly(tuple("UNREAD_POLICY", Severity.HIGH, "$.iam.managedPolicies[0]"));
    assertThat(problems(Payloads.json(iam), Payloads.stack("aws", BroadAccess.REJECT)))
        .extracting(Problem::path)
        .containsExactly("$.iam.managedPolicies[0]");
    for (String pattern : List.of("reviewed/jobs", "reviewed/*", "*")) {
      assertThat(problemsOfAnsweringFor(pattern, iam)).as(pattern).isEmpty();
    }
    for (String pattern : List.of("reviewed/job", "jobs", "other/*")) {
      assertThat(problemsOfAnsweringFor(pattern, iam)).as(pattern).hasSize(1);
    }
  }

  private static List<Problem> problemsOfAnsweringFor(String policies, String iam) {
    Problems problems = new Problems();
    new PermissionsReader(Payloads.stack("aws", BroadAccess.REJECT))
        .read(
            Payloads.json(iam),
            "$.iam",
            PolicyLimits.of(
                Map.of("AllowedPolicyArns", "arn:aws:iam::123456789012:policy/" + policies)),
            problems);
    return problems.list();
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:iam::aws:policy/AWSBatchServiceRole, service-role/AWSBatchServiceRole",
    "arn:aws:iam::aws:policy/service-role/ReadOnlyAccess, ReadOnlyAccess",
    "arn:aws:iam::aws:policy/service-role/Billing, job-function/Billing",
    "service-role/ReadOnlyAccess, ReadOnlyAccess",
    "job-function/AmazonEC2RoleforSSM, service-role/AmazonEC2RoleforSSM"
  })
  void anAwsPolicyUnderAnotherPathIsRefusedWithItsArn(String named, String listed) {
    assertThat(problems("{'managedPolicies': ['" + named + "']}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.managedPolicies[0]");
              assertThat(problem.message()).endsWith("or arn:aws:iam::aws:policy/" + listed + ".");
            });
  }

  @Test
  void aMisspeltNameBehindAPathGetsTheNearestToo() {
    assertThat(problems("{'managedPolicies': ['service-role/AmazonEC2RoleForSSM']}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("Nearest: AmazonEC2RoleforSSM");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:iam::aws:policy/AWSEC2SpotServiceRolePolicy",
        "aws-service-role/AWSEC2SpotServiceRolePolicy"
      })
  void aPolicyOfAServiceLinkedRoleIsRefusedUnderAnyPath(String named) {
    assertThat(problems("{'managedPolicies': ['" + named + "']}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("service-linked");
  }
}
