package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.Expectation.ContextValue;

class ExpectationReaderTest {
  private final Problems problems = new Problems();

  private ResolvedExpectations read(String expect) {
    try {
      return new ExpectationReader(spawn.workflow.Stack.CONTEXT)
          .read(
              PayloadObject.at(
                  new ObjectMapper().readTree(expect.replace('\'', '"')),
                  "$.iam.expect",
                  ExpectFields.ALL,
                  problems),
              problems);
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(expect, brokenTest);
    }
  }

  private List<String> problems() {
    return problems.list().stream().map(Problem::toString).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3:GetObject s3://b/k|s3:GetObject|arn:aws:s3:::b/k",
        "s3:getobject   s3://b/k|s3:GetObject|arn:aws:s3:::b/k",
        "S3:GetObject s3://b/k with spaces|s3:GetObject|arn:aws:s3:::b/k with spaces",
        "s3:GetObject s3://b|s3:GetObject|arn:aws:s3:::b/*",
        "s3:ListBucket s3://b|s3:ListBucket|arn:aws:s3:::b",
        "s3:ListBucket s3://b/2026/*|s3:ListBucket|arn:aws:s3:::b",
        "s3:GetObject arn:aws:s3:::b/k|s3:GetObject|arn:aws:s3:::b/k",
        "s3:ListAllMyBuckets|s3:ListAllMyBuckets|*",
        "s3:ListAllMyBuckets *|s3:ListAllMyBuckets|*",
        "s3:DeleteObject *|s3:DeleteObject|*",
        "dynamodb:GetItem dynamodb://t|dynamodb:GetItem|arn:aws:dynamodb:us-east-1:123456789012:table/t",
        "dynamodb:Query dynamodb://t|dynamodb:Query|arn:aws:dynamodb:us-east-1:123456789012:table/t",
        "sqs:SendMessage arn:aws:sqs:::q|sqs:SendMessage|arn:aws:sqs:us-east-1:123456789012:q",
        "sqs:SendMessage arn:aws:sqs:eu-west-1:999999999999:q|sqs:SendMessage|arn:aws:sqs:eu-west-1:999999999999:q",
        "iam:PassRole arn:aws:iam::123456789012:role/a|iam:PassRole|arn:aws:iam::123456789012:role/a",
        "ec2:TerminateInstances arn:aws:ec2:us-east-1:123456789012:instance/i-1|ec2:TerminateInstances|arn:aws:ec2:us-east-1:123456789012:instance/i-1"
      })
  void anEntryIsAnActionAndAResource(String entry, String action, String resource) {
    List<Expectation> expectations = read("{'allow': ['" + entry + "']}").expectations();

    assertThat(problems()).isEmpty();
    assertThat(expectations)
        .containsExactly(
            new Expectation("$.iam.expect.allow[0]", true, action, resource, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3:GetObjct s3://b/k|AWS's reference has no action \"s3:GetObjct\". Did you mean \"s3:GetObject\"?",
        "s4:GetObject s3://b/k|AWS's reference has no action \"s4:GetObject\". Did you mean",
        "GetObject s3://b/k|\"GetObject\" is not an action: write for example",
        "s3:Get* s3://b/k|\"s3:Get*\" has a wildcard, but IAM tries one action at a time",
        "''|is not an action",
        "s3:ListAllMyBuckets s3://b|s3:ListAllMyBuckets takes no resource",
        "s3:GetObject dynamodb://t|\"dynamodb://t\" is a resource of dynamodb",
        "s3:GetObject s3:/b/k|\"s3:/b/k\" is neither an ARN nor of a form such as",
        "s3:GetObject arn:aws-cn:s3:::b/k|another partition",
        "s3:GetObject s3://b/${aws:username}|has a policy variable, but a request names its resource",
        "sqs:SendMessage arn:aws:sqs:us-east-1:12:q|does not name an account",
        "kms:Decrypt arn:aws:s3:::b|\"arn:aws:s3:::b\""
      })
  void whatIsWrongWithAnEntryIsSaid(String entry, String message) {
    read("{'deny': ['" + entry.replace("'", "") + "']}");

    assertThat(problems()).hasSize(1);
    assertThat(problems().get(0)).startsWith("$.iam.expect.deny[0]: ").contains(message);
  }

  @Test
  void allOfItIsSaidAtOnce() {
    read(
        """
        {'allow': [1, {'resource': 's3://b/k'}, {'action': 's3:GetObject', 'resource': 5, 'when': 1}],
         'deny': [{'action': 's3:GetObjct', 'context': {'SourceIp': '10.0.0.1', 'aws:SourceIp': {}}}],
         'context': ['aws:SourceIp'], 'alow': []}""");

    assertThat(problems())
        .anyMatch(
            each -> each.startsWith("$.iam.expect.allow[0]: Must be an action and a resource"))
        .anyMatch(each -> each.startsWith("$.iam.expect.allow[1].action: Missing"))
        .anyMatch(each -> each.startsWith("$.iam.expect.allow[2].resource: Must be a string"))
        .anyMatch(each -> each.startsWith("$.iam.expect.allow[2].when: Unknown field"))
        .anyMatch(each -> each.startsWith("$.iam.expect.deny[0].action: AWS's reference has no"))
        .anyMatch(each -> each.startsWith("$.iam.expect.deny[0].context.SourceIp: \"SourceIp\" is"))
        .anyMatch(
            each -> each.contains("$.iam.expect.deny[0].context['aws:SourceIp'].type: Missing"))
        .anyMatch(each -> each.startsWith("$.iam.expect.context: Must be an object"))
        .anyMatch(each -> each.startsWith("$.iam.expect.alow: Unknown field"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|$.iam.expect: Must name something in \"allow\" or \"deny\"",
        "{'allow': []}|$.iam.expect: Must name something",
        "{'context': {'aws:SourceIp': '10.0.0.1'}}|$.iam.expect: Must name something",
        "{'allow': 's3:GetObject s3://b/k'}|$.iam.expect.allow: Must be a list of up to 50 expectations"
      })
  void somethingMustBeExpected(String expect, String message) {
    read(expect);

    assertThat(problems()).hasSize(1);
    assertThat(problems().get(0)).startsWith(message);
  }

  @Test
  void atMostFiftyAreTested() {
    String many =
        IntStream.range(0, 26)
            .mapToObj(number -> "'s3:GetObject s3://b/k" + number + "'")
            .collect(Collectors.joining(","));

    assertThat(read("{'allow': [" + many + "]}").expectations()).hasSize(26);
    assertThat(problems()).isEmpty();
    read("{'allow': [" + many + "], 'deny': [" + many + "]}");
    assertThat(problems())
        .containsExactly("$.iam.expect: Has 52 expectations, but at most 50 are tested.");
  }

  @Test
  void contextHasTheTypesThatIamWants() {
    ResolvedExpectations read =
        read(
            """
            {'allow': [{'action': 's3:GetObject', 'resource': 's3://b/k', 'context': {'AWS:SourceIp': '10.0.0.2'}}],
             'context': {'aws:SourceIp': '10.0.0.1', 'aws:CurrentTime': '2026-01-01T00:00:00Z', 'aws:SecureTransport': true,
               's3:max-keys': 10, 'aws:TagKeys': 'team', 'aws:PrincipalTag/team': 'red', 'x:numbers': [1, 2],
               'x:address': {'type': 'ipList', 'values': ['10.0.0.1']}, 'x:left': null}}""");

    assertThat(problems()).isEmpty();
    assertThat(read.expectations().get(0).context())
        .containsExactlyInAnyOrder(
            new ContextValue("AWS:SourceIp", "ip", List.of("10.0.0.2")),
            new ContextValue("aws:CurrentTime", "date", List.of("2026-01-01T00:00:00Z")),
            new ContextValue("aws:SecureTransport", "boolean", List.of("true")),
            new ContextValue("s3:max-keys", "numeric", List.of("10")),
            new ContextValue("aws:TagKeys", "stringList", List.of("team")),
            new ContextValue("aws:PrincipalTag/team", "string", List.of("red")),
            new ContextValue("x:numbers", "numericList", List.of("1", "2")),
            new ContextValue("x:address", "ipList", List.of("10.0.0.1")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'aws:SourceIp': []|$.iam.expect.context['aws:SourceIp']: Must be a list of 1 to 50 values",
        "'aws:SourceIp': [1, 'a']|$.iam.expect.context['aws:SourceIp'][1]: Must be of the same type",
        "'aws:SourceIp': [[1]]|$.iam.expect.context['aws:SourceIp'][0]: Must be a string, a number",
        "'aws:SourceIp': '1', 'aws:sourceip': '2'|$.iam.expect.context['aws:sourceip']: \"aws:sourceip\" is given twice",
        "'x:y:z': {'type': 'ip', 'values': ['1', '2']}|$.iam.expect.context['x:y:z'].values: Must be one value, not 2, for the type ip",
        "'x:y:z': {'type': 'addr', 'values': '1'}|$.iam.expect.context['x:y:z'].type: "
      })
  void whatIsWrongWithContextIsSaid(String context, String message) {
    read("{'allow': ['s3:GetObject s3://b/k'], 'context': {" + context + "}}");

    assertThat(problems()).hasSize(1);
    assertThat(problems().get(0)).startsWith(message);
  }

  @Test
  void aPatternBringsAWarningAndASingleResourceDoesNot() {
    ResolvedExpectations read =
        read(
            """
            {'allow': ['s3:GetObject s3://b/k', 's3:GetObject s3://b', 's3:ListAllMyBuckets'],
             'deny': ['s3:DeleteObject s3://b/*', 's3:DeleteObject s3://b/a?', 's3:DeleteObject']}""");

    assertThat(read.warnings())
        .extracting(Warning::path)
        .containsExactly(
            "$.iam.expect.allow[1]",
            "$.iam.expect.deny[0]",
            "$.iam.expect.deny[1]",
            "$.iam.expect.deny[2]");
    assertThat(read.warnings())
        .allMatch(warning -> warning.code().equals("EXPECTATION_OF_A_PATTERN"))
        .allMatch(warning -> warning.severity() == Severity.LOW);
  }
}
