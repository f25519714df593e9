package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.TEMPLATES;
import static spawn.policy.Payloads.inline;
import static spawn.policy.Payloads.problems;
import static spawn.policy.Payloads.resolved;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problem;

/** Words that are one job and no level, and what resources do to words of several services. */
class TasksTest {
  static List<Task> tasks() {
    return TEMPLATES.tasks();
  }

  /** Words are an interface: more may come, and none goes. */
  @Test
  void theTasksThatWerePromisedStay() {
    assertThat(tasks())
        .extracting(Task::name)
        .contains(
            "lambda:Invoke",
            "ssm:Session",
            "ecr:Pull",
            "ecr:Push",
            "sqs:Consume",
            "cloudwatch:Agent",
            "s3:Encrypted",
            "sqs:Encrypted",
            "athena:Query",
            "redshift:Load");
  }

  @Test
  void everyActionOfATaskExistsAtItsAccessLevelAndAcceptsWhatItIsBoundTo() {
    assertThat(new ServiceActions().contradictions(tasks())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void aTaskIsReadInAnyLetterCaseAndNeitherTagsNorManagesPermissions(Task task) {
    assertThat(TEMPLATES.named(task.name().toUpperCase(Locale.ROOT))).contains(task);
    assertThat(task.groups())
        .isNotEmpty()
        .allSatisfy(
            group ->
                assertThat(group.access()).isIn(ActionGroup.Access.READ, ActionGroup.Access.WRITE));
    assertThat(task.does()).isNotEmpty();
  }

  @Test
  void theMessageAboutAnUnknownLevelNamesTheTasksOfTheService() {
    assertThat(problems("{'policies': ['ecr:Everything']}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("the levels are FullAccess, ReadOnly, WriteOnly, ReadWrite.")
        .contains("\"ecr\" also has Pull, Push.");
  }

  @Test
  void whatLiesUnderAKeyNeedsTheKey() {
    assertThat(
            problems("{'policies': ['s3:ReadWrite', 's3:Encrypted'], 'resources': ['s3://data']}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.policies[1]");
              assertThat(problem.message()).contains("kms://alias/name");
            });
  }

  @Test
  void aKeyIsUsedOnlyThroughTheServiceOfTheWord() {
    PolicyEvaluator role =
        new PolicyEvaluator(
            inline(
                    "{'policies': ['s3:Encrypted'], 'resources':"
                        + " ['arn:aws:kms:eu-west-1:444455556666:key/1234']}")
                .toJson());
    String key = "arn:aws:kms:eu-west-1:444455556666:key/1234";

    assertThat(
            role.allows("kms:Decrypt", key, Map.of("kms:ViaService", "s3.eu-west-1.amazonaws.com")))
        .isTrue();
    assertThat(role.allows("kms:Decrypt", key)).isFalse();
    assertThat(
            role.allows(
                "kms:Decrypt",
                key,
                Map.of("kms:ViaService", "s3-outposts.eu-west-1.amazonaws.com")))
        .isFalse();
  }

  @Test
  void theParametersOfTheAgentAreTheSameWhateverElseIsNamed() {
    PolicyEvaluator role =
        new PolicyEvaluator(
            inline(
                    "{'policies': ['cloudwatch:Agent', 'ssm:ReadOnly'], 'resources': ['ssm:///app/*']}")
                .toJson());
    String parameters = "arn:aws:ssm:us-east-1:123456789012:parameter/";

    assertThat(role.allows("ssm:GetParameter", parameters + "AmazonCloudWatch-linux")).isTrue();
    assertThat(role.allows("ssm:GetParameter", parameters + "app/key")).isTrue();
    assertThat(role.allows("ssm:GetParameters", parameters + "AmazonCloudWatch-linux")).isFalse();
    assertThat(role.allows("ssm:GetParameter", parameters + "prod/key")).isFalse();
  }

  @Test
  void credentialsOfADatabaseAreOnlyForTheClusterThatIsNamed() {
    PolicyEvaluator role =
        new PolicyEvaluator(
            inline(
                    "{'policies': ['redshift:Load'], 'resources':"
                        + " ['arn:aws:redshift-serverless:::workgroup/ab-12']}")
                .toJson());

    assertThat(
            role.allows(
                "redshift-serverless:GetCredentials",
                "arn:aws:redshift-serverless:us-east-1:123456789012:workgroup/ab-12"))
        .isTrue();
    assertThat(
            role.allows(
                "redshift:GetClusterCredentialsWithIAM",
                "arn:aws:redshift:us-east-1:123456789012:dbname:any/prod"))
        .isFalse();
    assertThat(problems("{'policies': ['redshift:Load']}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("redshift-data://cluster");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "batch:WriteOnly | batch://high | SubmitJob also needs a job-definition or job-definition-revision",
        "batch:ReadWrite | batch://high | SubmitJob also needs",
        "ecr:Pull | arn:aws:sqs:::work | no entry of \"policies\" names that service"
      })
  void whatIsOfNoUseAloneIsAProblemThatNamesTheRest(String word, String resource, String message) {
    assertThat(problems("{'policies': ['%s'], 'resources': ['%s']}".formatted(word, resource)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.resources[0]");
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void aMisspeltWordOrResourceIsTheOnlyProblem() {
    assertThat(
            problems(
                "{'policies': ['kinesis:ReadOnli'], 'resources': ['kinesis://clicks', 'arn:aws:ecs:::cluster/a']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.policies[0]");
    assertThat(problems("{'policies': ['s3:Encrypted'], 'resources': ['kms:/alias/data']}"))
        .extracting(Problem::path)
        .containsExactly("$.iam.resources[0]");
  }

  @Test
  void wordsThatNoPolicyCanHoldAreRefusedBeforeTheyAreMade() {
    String words =
        ServiceReference.services().stream()
            .filter(service -> TEMPLATES.chosen(service).isEmpty())
            .limit(200)
            .map(service -> "'" + service + ":ReadWrite'")
            .collect(Collectors.joining(", "));

    assertThat(problems("{'policies': [" + words + "]}"))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("name more actions than any policy holds");
  }

  @Test
  void anActionOnTwoResourcesNeedsOneOfEach() {
    String instance = "arn:aws:ec2:us-east-1:123456789012:instance/i-1";
    String volume = "arn:aws:ec2:us-east-1:123456789012:volume/vol-1";
    PolicyEvaluator alone =
        new PolicyEvaluator(
            inline("{'policies': ['ec2:WriteOnly'], 'resources': ['%s']}".formatted(instance))
                .toJson());
    PolicyEvaluator both =
        new PolicyEvaluator(
            inline(
                    "{'policies': ['ec2:WriteOnly'], 'resources': ['%s', '%s']}"
                        .formatted(instance, volume))
                .toJson());

    assertThat(alone.allows("ec2:RebootInstances", instance)).isTrue();
    assertThat(alone.allows("ec2:AttachVolume", instance)).isFalse();
    assertThat(both.allows("ec2:AttachVolume", instance)).isTrue();
    assertThat(both.allows("ec2:AttachVolume", volume)).isTrue();
    assertThat(both.allows("ec2:AttachVolume", volume + "2")).isFalse();
  }

  @Test
  void aResourceOfAnotherServiceDoesNotBindAWordWhoseOwnServiceIsNotNamed() {
    PolicyEvaluator role =
        new PolicyEvaluator(
            inline(
                    "{'policies': ['ec2:ReadOnly', 'sts:WriteOnly'], 'resources':"
                        + " ['arn:aws:iam::444455556666:role/reader']}")
                .toJson());

    assertThat(role.allows("ec2:DescribeInstances", "*")).isTrue();
    assertThat(role.allows("sts:AssumeRole", "arn:aws:iam::444455556666:role/reader")).isTrue();
    assertThat(role.allows("sts:AssumeRole", "arn:aws:iam::444455556666:role/writer")).isFalse();
  }

  @Test
  void aWordAtALevelOfWhichAwsHasNoActionGrantsNothingAndSaysSo() {
    ResolvedPermissions resolved = resolved("{'policies': ['ssmmessages:ReadOnly']}");

    assertThat(resolved.permissions().inlinePolicy().isEmpty()).isTrue();
    assertThat(resolved.warnings())
        .extracting(warning -> warning.code() + " " + warning.path())
        .contains("NO_PERMISSIONS $.iam.policies[0]");
  }

  @Test
  void anInstanceReadsWritesAndListsItsOwnPrefixOnly() {
    PolicyEvaluator role =
        new PolicyEvaluator(
            inline("{'policies': ['s3:ReadWrite'], 'resources': ['s3://results/${aws:userid}/*']}")
                .toJson());
    String mine = "AROAEXAMPLE:i-1";
    String others = "AROAEXAMPLE:i-2";
    Map<String, String> first = Map.of("aws:userid", mine);

    for (String action : List.of("s3:GetObject", "s3:PutObject", "s3:DeleteObject")) {
      assertThat(role.allows(action, "arn:aws:s3:::results/" + mine + "/a", first)).isTrue();
      assertThat(role.allows(action, "arn:aws:s3:::results/" + others + "/a", first)).isFalse();
      assertThat(role.allows(action, "arn:aws:s3:::results/" + mine + "0/a", first)).isFalse();
      assertThat(role.allows(action, "arn:aws:s3:::results/" + mine + "/a")).isFalse();
    }
    assertThat(lists(role, mine, mine + "/")).isTrue();
    assertThat(lists(role, mine, mine + "/2026/")).isTrue();
    assertThat(lists(role, mine, others + "/")).isFalse();
    assertThat(lists(role, mine, "")).isFalse();
    assertThat(role.allows("s3:ListBucket", "arn:aws:s3:::results", first)).isFalse();
  }

  private static boolean lists(PolicyEvaluator role, String userId, String prefix) {
    return role.allows(
        "s3:ListBucket", "arn:aws:s3:::results", Map.of("aws:userid", userId, "s3:prefix", prefix));
  }
}
