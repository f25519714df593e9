package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
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
    "arn:aws:sqs:::work, arn:aws:sqs:us-east-1:123456789012:work"
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
        "s3://data/${aws:userId | policy variable",
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
