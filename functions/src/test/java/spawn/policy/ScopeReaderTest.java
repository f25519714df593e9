package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.policy.StackContext.BroadAccess;

class ScopeReaderTest {
  private static final Set<String> CHOSEN = Payloads.TEMPLATES.services().keySet();

  private final Problems problems = new Problems();

  /** What an entry gives the first service that it binds. */
  private static Map<String, List<String>> arns(Scope scope) {
    Map<String, List<String>> arns = new TreeMap<>();
    scope
        .targets()
        .get(scope.binds().iterator().next())
        .forEach((kind, targets) -> arns.put(kind, targets.stream().map(Target::arn).toList()));
    return arns;
  }

  private Optional<Map<String, List<String>>> read(String resource) {
    return read(resource, "aws");
  }

  private Optional<Map<String, List<String>>> read(String resource, String partition) {
    return new ScopeReader(
            Payloads.stack(partition, BroadAccess.WARN), Payloads.TEMPLATES, problems)
        .read(resource, "$.iam.resources[0]", CHOSEN)
        .map(ScopeReaderTest::arns);
  }

  @ParameterizedTest
  @CsvSource({
    "s3://data, arn:aws:s3:::data",
    "S3://data/, arn:aws:s3:::data",
    "s3://data/in/*, arn:aws:s3:::data/in/*",
    "dynamodb://jobs, arn:aws:dynamodb:us-east-1:123456789012:table/jobs",
    "sqs://work, arn:aws:sqs:us-east-1:123456789012:work",
    "sns://news, arn:aws:sns:us-east-1:123456789012:news",
    "logs:///jobs/train, arn:aws:logs:us-east-1:123456789012:log-group:/jobs/train",
    "logs://group, arn:aws:logs:::log-group:group:*",
    "ecr://team/app, arn:aws:ecr:us-east-1:123456789012:repository/team/app",
    "secretsmanager://db, arn:aws:secretsmanager:us-east-1:123456789012:secret:db-??????",
    "secretsmanager://db/*, arn:aws:secretsmanager:us-east-1:123456789012:secret:db/*",
    "ssm:///app/*, arn:aws:ssm:us-east-1:123456789012:parameter/app/*",
    "ssm://key, arn:aws:ssm:us-east-1:123456789012:parameter/key",
    "lambda://deploy, arn:aws:lambda:us-east-1:123456789012:function:deploy",
    "arn:aws:sqs:::work, arn:aws:sqs:us-east-1:123456789012:work",
    "kms://alias/data, arn:aws:kms:us-east-1:123456789012:alias/data",
    "athena://reports, arn:aws:athena:us-east-1:123456789012:workgroup/reports",
    "glue://sales/orders, arn:aws:glue:us-east-1:123456789012:table/sales/orders",
    "glue://sales, arn:aws:glue:us-east-1:123456789012:database/sales",
    "redshift://dw, arn:aws:redshift:us-east-1:123456789012:cluster:dw",
    "redshift-data://dw, arn:aws:redshift:us-east-1:123456789012:cluster:dw",
    "kinesis://clicks, arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
    "firehose://clicks, arn:aws:firehose:us-east-1:123456789012:deliverystream/clicks",
    "elasticfilesystem://fs-1, arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1",
    "events://orders, arn:aws:events:us-east-1:123456789012:event-bus/orders",
    "states://etl, arn:aws:states:us-east-1:123456789012:stateMachine:etl",
    "batch://high, arn:aws:batch:us-east-1:123456789012:job-queue/high"
  })
  void theShorthandMeansTheArn(String shorthand, String arn) {
    assertThat(read(shorthand)).isPresent().isEqualTo(read(arn));
  }

  @ParameterizedTest
  @CsvSource({
    "aws-cn, arn:aws-cn:s3:::data, arn:aws-cn:s3:::data/*",
    "aws-us-gov, s3://data, arn:aws-us-gov:s3:::data/*",
    "aws, s3://data, arn:aws:s3:::data/*"
  })
  void arnsAreMadeInThePartitionOfTheStack(String partition, String resource, String arn) {
    assertThat(read(resource, partition).orElseThrow().get("object")).containsExactly(arn);
  }

  @Test
  void aRegionAndAnAccountThatAreGivenAreKept() {
    assertThat(read("arn:aws:dynamodb:eu-west-1:444455556666:table/jobs").orElseThrow())
        .isEqualTo(
            Map.of(
                "table", List.of("arn:aws:dynamodb:eu-west-1:444455556666:table/jobs"),
                "index", List.of("arn:aws:dynamodb:eu-west-1:444455556666:table/jobs/index/*")));
    assertThat(read("arn:aws:sqs:*:444455556666:work").orElseThrow().get("queue"))
        .containsExactly("arn:aws:sqs:*:444455556666:work");
  }

  @Test
  void anAliasMeansTheKeysThatHaveIt() {
    Scope scope = scope("kms://alias/app-*");

    assertThat(scope.of("kms", List.of("alias", "key")))
        .extracting(Target::arn, target -> target.condition().operators().toString())
        .containsExactly(
            tuple("arn:aws:kms:us-east-1:123456789012:alias/app-*", "{}"),
            tuple(
                "arn:aws:kms:us-east-1:123456789012:key/*",
                "{ForAnyValue:StringLike={kms:ResourceAliases=[alias/app-*]}}"));
  }

  private Scope scope(String resource) {
    return new ScopeReader(Payloads.STACK, Payloads.TEMPLATES, problems)
        .read(resource, "$", CHOSEN)
        .orElseThrow();
  }

  @Test
  void aTableOfGlueBringsItsDatabaseAndCatalog() {
    assertThat(read("glue://sales/orders").orElseThrow())
        .isEqualTo(
            Map.of(
                "table", List.of("arn:aws:glue:us-east-1:123456789012:table/sales/orders"),
                "database", List.of("arn:aws:glue:us-east-1:123456789012:database/sales"),
                "rootcatalog", List.of("arn:aws:glue:us-east-1:123456789012:catalog")));
  }

  /** Patterns that try every way to part a text would take a minute. */
  @Test
  @Timeout(10)
  void anEntryThatAlmostHasAFormIsReadInNoTime() {
    String slashes = "arn:aws:wisdom:::ai-agent/" + "/".repeat(1_900);
    for (int time = 0; time < 200; time++) {
      new ScopeReader(Payloads.STACK, Payloads.TEMPLATES, problems)
          .read(slashes, "$", List.of("connect", "wisdom"));
    }
    assertThat(read("s3://b/${a:b/" + " ".repeat(2_000))).isEmpty();
    assertThat(read("s3://b/" + "a".repeat(2_048))).isEmpty();
    assertThat(problems.list())
        .extracting(Problem::message)
        .anySatisfy(m -> assertThat(m).contains("at most 2048"));
  }

  @Test
  void aWildcardForThePartitionStays() {
    assertThat(read("arn:*:sqs:::work").orElseThrow().get("queue"))
        .containsExactly("arn:*:sqs:us-east-1:123456789012:work");
    assertThat(read("arn:*:s3:::data/*", "aws-cn").orElseThrow().get("object"))
        .containsExactly("arn:*:s3:::data/*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "s3://data/${aws:userid}/* | object | arn:aws:s3:::data/${aws:userid}/*",
        "s3://${aws:PrincipalTag/team}-data | object | arn:aws:s3:::${aws:PrincipalTag/team}-data/*",
        "s3://d/${aws:PrincipalTag/team, 'none'}/* | object | arn:aws:s3:::d/${aws:PrincipalTag/team, 'none'}/*",
        "s3://data/${$}{x}/${*} | object | arn:aws:s3:::data/${$}{x}/${*}",
        "ecr://${aws:PrincipalTag/Team}/app | repository | arn:aws:ecr:us-east-1:123456789012:repository/${aws:PrincipalTag/Team}/app",
        "dynamodb://jobs-${aws:PrincipalTag/team} | index | arn:aws:dynamodb:us-east-1:123456789012:table/jobs-${aws:PrincipalTag/team}/index/*",
        "secretsmanager://${aws:PrincipalTag/app} | secret | arn:aws:secretsmanager:us-east-1:123456789012:secret:${aws:PrincipalTag/app}-??????",
        "arn:aws:sqs:::${ec2:SourceInstanceARN} | queue | arn:aws:sqs:us-east-1:123456789012:${ec2:SourceInstanceARN}"
      })
  void aVariableMayStandWhereverAWildcardMay(String resource, String kind, String arn) {
    assertThat(read(resource).orElseThrow().get(kind)).contains(arn);
    assertThat(problems.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data | neither an ARN nor of a form such as s3://bucket/prefix*",
        "'' | neither an ARN",
        "* | neither an ARN",
        "s4://data | Did you mean \"s3\"?",
        "dynamo://jobs | Did you mean \"dynamodb\"?",
        "cloudwatch://alarm | neither an ARN",
        "s3:// | s3://bucket/prefix*",
        "s3://my bucket | s3://bucket/prefix*",
        "sqs://a/b | sqs://queue",
        "arn:aws:s3 | arn:partition:service:region:account:resource",
        "arn:aws:s3::: | arn:partition:service:region:account:resource",
        "arn:aws-cn:s3:::data | in \"aws\"",
        "arn:aws:s3:us-east-1::data | leave it empty",
        "arn:aws:s3::123456789012:data | leave it empty",
        "arn:aws:sqs:mars:123456789012:work | does not name a region",
        "arn:aws:sqs:us-east-1:12:work | does not name an account",
        "arn:aws:ec2:::instance/i-1 | no entry of \"policies\" names that service",
        "arn:aws:ec3:::instance/i-1 | no service that spawn knows",
        "arn:aws:s3:us-west-2:123456789012:accesspoint/x | leave it empty",
        "arn:aws:iam::444455556666:user/x | role/name",
        "arn:aws:dynamodb:::table/a/stream/b | dynamodb://table",
        "s3://data/${aws:userid | policy variable",
        "s3://data/${} | policy variable",
        "s3://data/${aws:PrincipalTag/a, x} | policy variable",
        "s3://data/${aws:useri} | Did you mean \"aws:userid\"?",
        "s3://data/${aws:PrincipalOrgPaths} | one value",
        "s3://data/${aws:username} | Use ${aws:userid}",
        "arn:aws:sqs:${aws:RequestedRegion}::work | before the last part",
        "arn:aws:sqs::${aws:PrincipalAccount}:work | before the last part",
        "efs://fs-1 | Did you mean \"elasticfilesystem\"?",
        "ec2://i-1 | named by their ARNs",
        "arn:aws:kms:::alias/a b | kms://alias/name",
        "s3://data/\u4e2d | U+00FF"
      })
  void whatIsNoResourceIsAProblem(String resource, String message) {
    assertThat(read(resource)).isEmpty();
    assertThat(problems.list())
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.path()).isEqualTo("$.iam.resources[0]"))
        .extracting(Problem::message)
        .anySatisfy(found -> assertThat(found).contains(message));
  }
}
