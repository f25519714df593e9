package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.STACK;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.resolved;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problems;
import spawn.policy.ActionGroup.Access;
import spawn.policy.ActionGroup.Scoped;
import spawn.policy.ActionGroup.Unscoped;

class TemplatesTest {
  private static final ServiceActions REFERENCE = new ServiceActions();

  /** A resource of each kind, what requests on it and beside it look like. */
  private static final List<Example> EXAMPLES =
      List.of(
          new Example("s3", "s3://data", "bucket", "arn:aws:s3:::data", "arn:aws:s3:::other"),
          new Example("s3", "s3://data", "object", "arn:aws:s3:::data/k", "arn:aws:s3:::data2/k"),
          new Example("s3", "s3://data/in/*", "bucket", "arn:aws:s3:::data", "arn:aws:s3:::dat"),
          new Example(
              "s3",
              "s3://data/in/*",
              "object",
              "arn:aws:s3:::data/in/k",
              "arn:aws:s3:::data/out/k"),
          new Example(
              "s3",
              "arn:aws:s3:::data/in/k",
              "object",
              "arn:aws:s3:::data/in/k",
              "arn:aws:s3:::data/in/kk"),
          new Example(
              "dynamodb",
              "dynamodb://jobs",
              "table",
              own("dynamodb", "table/jobs"),
              own("dynamodb", "table/job")),
          new Example(
              "dynamodb",
              "dynamodb://jobs",
              "index",
              own("dynamodb", "table/jobs/index/by-day"),
              own("dynamodb", "table/x/index/by-day")),
          new Example(
              "dynamodb",
              "arn:aws:dynamodb:::table/jobs/index/a",
              "index",
              own("dynamodb", "table/jobs/index/a"),
              own("dynamodb", "table/jobs/index/b")),
          new Example("sqs", "sqs://work", "queue", own("sqs", "work"), own("sqs", "work2")),
          new Example(
              "sqs", "sqs://work.fifo", "queue", own("sqs", "work.fifo"), own("sqs", "work")),
          new Example("sns", "sns://news", "topic", own("sns", "news"), own("sns", "new")),
          new Example(
              "cloudwatch",
              "arn:aws:cloudwatch:::alarm:cpu",
              "alarm",
              own("cloudwatch", "alarm:cpu"),
              own("cloudwatch", "alarm:disk")),
          new Example(
              "cloudwatch",
              "arn:aws:cloudwatch:::dashboard/jobs",
              "dashboard",
              "arn:aws:cloudwatch::123456789012:dashboard/jobs",
              "arn:aws:cloudwatch::123456789012:dashboard/x"),
          new Example(
              "logs",
              "logs:///jobs/train",
              "log-group",
              own("logs", "log-group:/jobs/train:*"),
              own("logs", "log-group:/jobs/test:*")),
          new Example(
              "logs",
              "logs:///jobs/train",
              "log-stream",
              own("logs", "log-group:/jobs/train:log-stream:i-1"),
              own("logs", "log-group:/jobs/test:log-stream:i-1")),
          new Example(
              "logs",
              "arn:aws:logs:::log-group:g:log-stream:s",
              "log-stream",
              own("logs", "log-group:g:log-stream:s"),
              own("logs", "log-group:g:log-stream:t")),
          new Example(
              "ecr",
              "ecr://team/app",
              "repository",
              own("ecr", "repository/team/app"),
              own("ecr", "repository/team/app2")),
          new Example(
              "secretsmanager",
              "secretsmanager://db",
              "secret",
              own("secretsmanager", "secret:db-AbC123"),
              own("secretsmanager", "secret:db-prod-AbC123")),
          new Example(
              "ssm",
              "ssm:///app/*",
              "parameter",
              own("ssm", "parameter/app/key"),
              own("ssm", "parameter/apps/key")),
          new Example(
              "ssm",
              "ssm:///app/*",
              "path",
              own("ssm", "parameter/app"),
              own("ssm", "parameter/apps")),
          new Example(
              "ssm",
              "ssm://key",
              "parameter",
              own("ssm", "parameter/key"),
              own("ssm", "parameter/keys")),
          new Example(
              "lambda",
              "lambda://deploy",
              "function",
              own("lambda", "function:deploy:live"),
              own("lambda", "function:deploy2")),
          new Example(
              "lambda",
              "arn:aws:lambda:::function:deploy:live",
              "function",
              own("lambda", "function:deploy:live"),
              own("lambda", "function:deploy")),
          new Example(
              "sts",
              "arn:aws:iam::444455556666:role/x/reader",
              "role",
              "arn:aws:iam::444455556666:role/x/reader",
              "arn:aws:iam::444455556666:role/reader"));

  private record Example(
      String service, String resource, String kind, String inside, String outside) {}

  private static String own(String service, String resource) {
    return "arn:aws:" + service + ":us-east-1:123456789012:" + resource;
  }

  static List<Template> templates() {
    return Templates.all().list();
  }

  static Stream<Template> narrowTemplates() {
    return templates().stream().filter(template -> template.level() != Level.FULL_ACCESS);
  }

  static Stream<Arguments> templatesWithExamples() {
    return templates().stream()
        .flatMap(
            template ->
                EXAMPLES.stream()
                    .filter(example -> example.service().equals(template.service()))
                    .filter(example -> template.kinds().contains(example.kind()))
                    .map(example -> Arguments.of(template, example)));
  }

  @Test
  void thereAre44Templates() {
    assertThat(templates())
        .hasSize(44)
        .allSatisfy(template -> assertThat(template.groups()).isNotEmpty());
  }

  @Test
  void everyActionExistsAtItsAccessLevelAndAcceptsWhatItIsBoundTo() {
    assertThat(REFERENCE.contradictions(templates())).isEmpty();
  }

  @Test
  void madeUpActionsLevelsAndKindsAreFound() {
    Template wrong =
        new Template(
            "sqs",
            Level.READ_ONLY,
            List.of(
                group("SendMessageBatch", Access.WRITE, "queue"),
                group("SendMessage", Access.READ, "queue"),
                group("ReceiveMessage", Access.READ, "bucket")));

    assertThat(REFERENCE.contradictions(List.of(wrong)))
        .containsExactly(
            "sqs:ReadOnly SendMessageBatch does not exist",
            "sqs:ReadOnly SendMessage is at access level Write",
            "sqs:ReadOnly ReceiveMessage does not accept bucket");
  }

  private static ActionGroup group(String action, Access access, String kind) {
    return new ActionGroup(
        List.of(Level.READ_ONLY),
        List.of(action),
        access,
        List.of(kind),
        Scoped.BIND,
        Unscoped.GRANT,
        null);
  }

  @ParameterizedTest
  @MethodSource("narrowTemplates")
  void onlyFullAccessGoesBeyondItsLevel(Template template) {
    PolicyEvaluator policy = new PolicyEvaluator(widest(template).toJson());

    List<String> forbidden =
        Stream.of("Permissions", "Tagging", "Write", "Read", "List")
            .filter(access -> !isOf(template.level(), access))
            .flatMap(access -> REFERENCE.at(template.service(), access).stream())
            .toList();

    assertThat(forbidden)
        .filteredOn(action -> policy.allows(template.service() + ":" + action, role(template)))
        .isEmpty();
  }

  private static boolean isOf(Level level, String access) {
    return switch (level) {
      case FULL_ACCESS -> true;
      case READ_ONLY -> access.equals("Read") || access.equals("List");
      case WRITE_ONLY -> access.equals("Write");
      case READ_WRITE -> !access.equals("Permissions") && !access.equals("Tagging");
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3:FullAccess | GetObject PutObject PutBucketPolicy DeleteBucket | ",
        "s3:ReadOnly | GetObject GetObjectVersion ListBucket GetBucketLocation | PutObject DeleteObject PutObjectAcl GetBucketPolicy",
        "s3:WriteOnly | PutObject DeleteObject | GetObject ListBucket PutBucketPolicy DeleteBucket PutObjectTagging",
        "s3:ReadWrite | GetObject PutObject DeleteObject RestoreObject ListBucket | PutBucketPolicy DeleteBucket PutLifecycleConfiguration",
        "dynamodb:FullAccess | GetItem PutItem DeleteTable PutResourcePolicy |",
        "dynamodb:ReadOnly | GetItem Query Scan BatchGetItem | PutItem DeleteItem DeleteTable ExportTableToPointInTime",
        "dynamodb:WriteOnly | PutItem UpdateItem DeleteItem BatchWriteItem | GetItem Query Scan DeleteTable UpdateTable",
        "dynamodb:ReadWrite | GetItem Query PutItem UpdateItem ConditionCheckItem | DeleteTable PutResourcePolicy",
        "sqs:FullAccess | SendMessage ReceiveMessage AddPermission DeleteQueue |",
        "sqs:ReadOnly | ReceiveMessage GetQueueAttributes | SendMessage DeleteMessage PurgeQueue",
        "sqs:WriteOnly | SendMessage | ReceiveMessage DeleteMessage DeleteQueue PurgeQueue SetQueueAttributes",
        "sqs:ReadWrite | ReceiveMessage DeleteMessage ChangeMessageVisibility SendMessage GetQueueUrl | DeleteQueue PurgeQueue AddPermission",
        "sns:FullAccess | Publish AddPermission DeleteTopic |",
        "sns:ReadOnly | GetTopicAttributes | Publish Subscribe",
        "sns:WriteOnly | Publish | GetTopicAttributes DeleteTopic Subscribe AddPermission",
        "sns:ReadWrite | Publish GetTopicAttributes | DeleteTopic SetTopicAttributes",
        "cloudwatch:FullAccess | PutMetricData GetMetricData DeleteAlarms |",
        "cloudwatch:ReadOnly | GetMetricData ListMetrics DescribeAlarms | PutMetricData SetAlarmState",
        "cloudwatch:WriteOnly | PutMetricData | GetMetricData PutMetricAlarm DeleteAlarms",
        "cloudwatch:ReadWrite | PutMetricData GetMetricData | DeleteAlarms DisableAlarmActions",
        "logs:FullAccess | PutLogEvents DeleteLogGroup PutResourcePolicy |",
        "logs:ReadOnly | GetLogEvents FilterLogEvents StartQuery GetQueryResults | PutLogEvents DeleteLogGroup Unmask",
        "logs:WriteOnly | CreateLogGroup CreateLogStream PutLogEvents | GetLogEvents DeleteLogGroup PutSubscriptionFilter PutResourcePolicy",
        "logs:ReadWrite | CreateLogStream PutLogEvents GetLogEvents | DeleteLogGroup DeleteLogStream Unmask",
        "ecr:FullAccess | PutImage SetRepositoryPolicy GetAuthorizationToken |",
        "ecr:ReadOnly | GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer BatchGetImage | PutImage BatchDeleteImage",
        "ecr:WriteOnly | PutImage InitiateLayerUpload UploadLayerPart CompleteLayerUpload | BatchGetImage BatchDeleteImage SetRepositoryPolicy",
        "ecr:ReadWrite | GetAuthorizationToken BatchGetImage PutImage | BatchDeleteImage DeleteRepository SetRepositoryPolicy",
        "secretsmanager:FullAccess | GetSecretValue PutResourcePolicy DeleteSecret |",
        "secretsmanager:ReadOnly | GetSecretValue DescribeSecret | PutSecretValue DeleteSecret PutResourcePolicy ListSecrets",
        "secretsmanager:WriteOnly | PutSecretValue CreateSecret | GetSecretValue BatchGetSecretValue DeleteSecret PutResourcePolicy",
        "secretsmanager:ReadWrite | GetSecretValue PutSecretValue | DeleteSecret PutResourcePolicy",
        "ssm:FullAccess | GetParameter PutParameter AddTagsToResource | SendCommand StartSession StartAutomationExecution CreateAssociation CreateDocument PutResourcePolicy",
        "ssm:ReadOnly | GetParameter GetParameters GetParametersByPath | PutParameter SendCommand GetDocument GetParameterHistory",
        "ssm:WriteOnly | PutParameter DeleteParameter | GetParameter GetParameters SendCommand StartSession",
        "ssm:ReadWrite | GetParameter PutParameter | SendCommand StartSession StartAutomationExecution",
        "lambda:FullAccess | GetFunction UpdateFunctionCode InvokeFunction DeleteFunction | AddPermission CreateFunction CreateEventSourceMapping UpdateFunctionConfiguration CreateFunctionUrlConfig PutResourcePolicy",
        "lambda:ReadOnly | GetFunction ListFunctions | InvokeFunction UpdateFunctionCode",
        "lambda:WriteOnly | UpdateFunctionCode PublishVersion UpdateAlias | GetFunction InvokeFunction AddPermission CreateFunction UpdateFunctionConfiguration",
        "lambda:ReadWrite | GetFunction UpdateFunctionCode InvokeFunction | AddPermission CreateFunction DeleteFunction",
        "sts:FullAccess | GetCallerIdentity AssumeRole TagSession | GetFederationToken AssumeRoot AssumeRoleWithSAML",
        "sts:ReadOnly | GetCallerIdentity | AssumeRole GetSessionToken GetServiceBearerToken",
        "sts:WriteOnly | AssumeRole | GetCallerIdentity TagSession AssumeRoot SetContext",
        "sts:ReadWrite | AssumeRole GetCallerIdentity | TagSession AssumeRoleWithWebIdentity"
      })
  void aTemplateAllowsItsJobAndNoMore(String word, String allowed, String denied) {
    Template template = Templates.all().named(word).orElseThrow();
    PolicyEvaluator policy = new PolicyEvaluator(widest(template).toJson());

    assertThat(actions(allowed))
        .allMatch(action -> policy.allows(template.service() + ":" + action, role(template)));
    assertThat(actions(denied))
        .noneMatch(action -> policy.allows(template.service() + ":" + action, role(template)));
    assertThat(REFERENCE.contradictions(List.of(existing(template, allowed, denied))))
        .as("the listed actions exist")
        .noneMatch(found -> found.contains("does not exist"));
  }

  private static List<String> actions(String list) {
    return list == null ? List.of() : Arrays.asList(list.trim().split(" "));
  }

  private static Template existing(Template template, String allowed, String denied) {
    List<String> all = Stream.concat(actions(allowed).stream(), actions(denied).stream()).toList();
    return new Template(
        template.service(),
        template.level(),
        List.of(
            new ActionGroup(
                List.of(template.level()),
                all,
                Access.READ,
                List.of(),
                Scoped.KEEP,
                Unscoped.GRANT,
                null)));
  }

  /** What the template grants where it is not scoped, or on a role where it must be. */
  private static PolicyDocument widest(Template template) {
    return resolved(
            "{'policies': ['"
                + template.name()
                + "']"
                + (template.needsResources() ? ", 'resources': ['" + role(template) + "']}" : "}"))
        .permissions()
        .inlinePolicy();
  }

  private static String role(Template template) {
    return template.service().equals("sts")
        ? "arn:aws:iam::444455556666:role/reader"
        : "arn:aws:any:us-east-1:123456789012:thing";
  }

  @Test
  void accessControlListsOfObjectsStayPrivate() {
    PolicyEvaluator policy =
        new PolicyEvaluator(Payloads.inline("{'policies': ['s3:WriteOnly']}").toJson());
    String object = "arn:aws:s3:::data/k";

    assertThat(policy.allows("s3:PutObjectAcl", object)).isFalse();
    for (String acl : List.of("private", "bucket-owner-full-control")) {
      assertThat(policy.allows("s3:PutObjectAcl", object, Map.of("s3:x-amz-acl", acl))).isTrue();
    }
    for (String acl : List.of("public-read", "public-read-write", "authenticated-read")) {
      assertThat(policy.allows("s3:PutObjectAcl", object, Map.of("s3:x-amz-acl", acl))).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("templatesWithExamples")
  void aScopedTemplateGrantsItsActionsOnItsResourcesOnly(Template template, Example example) {
    PolicyDocument document =
        resolved(
                "{'policies': ['"
                    + template.name()
                    + "'], 'resources': ['"
                    + example.resource()
                    + "']}")
            .permissions()
            .inlinePolicy();
    PolicyEvaluator policy = new PolicyEvaluator(document.toJson());

    for (ActionGroup group : template.groups()) {
      for (String action : group.actions()) {
        String name = template.service() + ":" + (action.equals("*") ? "AnyAction" : action);
        boolean bound = group.scoped() == Scoped.BIND && group.on().contains(example.kind());
        Map<String, String> context = Map.of("s3:x-amz-acl", "private");
        if (bound) {
          assertThat(policy.allows(name, example.inside(), context)).as(name).isTrue();
        }
        assertThat(policy.allows(name, example.outside(), context))
            .as(name + " on " + example.outside())
            .isEqualTo(group.scoped() == Scoped.KEEP);
      }
    }
    assertGrammaticalAndSmall(document);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void anUnscopedTemplateFollowsTheGrammarAndTheSizeOfIam(Template template) {
    assertGrammaticalAndSmall(widest(template));
  }

  private static void assertGrammaticalAndSmall(PolicyDocument document) {
    Problems problems = new Problems();
    assertThat(new StatementReader(STACK, problems).document(document.toJson(), "$")).isNotEmpty();
    assertThat(problems.list()).isEmpty();
    assertThat(document.sizeInBytes()).isLessThan(2048);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void lettersOfAnyCaseNameTheTemplate(Template template) {
    assertThat(Templates.all().named(template.name().toUpperCase(Locale.ROOT))).contains(template);
    assertThat(Templates.all().named(template.name().toLowerCase(Locale.ROOT))).contains(template);
  }

  @Test
  void theTemplatesOfOneServiceMakeOneDocument() {
    assertThat(Payloads.inline("{'policies': ['s3:ReadOnly', 's3:WriteOnly', 's3:FullAccess']}"))
        .isEqualTo(
            PolicyDocument.of(
                json(
                    "{'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}}")));
  }

  @Test
  void templatesOfOtherServicesStayUnscoped() {
    assertThat(
            Payloads.inline(
                    "{'policies': ['s3:ReadOnly', 'sqs:WriteOnly'], 'resources': ['s3://data']}")
                .toString())
        .contains("\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"");
  }
}
