package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.STACK;
import static spawn.policy.Payloads.inline;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.problems;
import static spawn.policy.Payloads.resolved;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.policy.StackContext.BroadAccess;

/**
 * Policies that look wrong and are taken by IAM, and such that look right and are refused. The
 * cases are this project's own; where they are known from stands beside them.
 */
class OddPoliciesTest {
  private static String resource(String resource) {
    return "{'statements': [{'Effect': 'Allow', 'Action': 'x:Do', 'Resource': '"
        + resource
        + "'}]}";
  }

  private static List<String> codes(String iam) {
    return resolved(iam).warnings().stream().map(Warning::code).toList();
  }

  /** Resources that IAM takes and that name something. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonMSKFullAccess.html
        "arn:*:s3:::cluster-data-*",
        "arn:*:kms:*:${aws:PrincipalAccount}:key/*",
        // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodePipeline_FullAccess.html
        "arn:aws:s3::*:codepipeline-*",
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
        "arn:aws:s3:us-west-2:123456789012:accesspoint/data/object/*",
        "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
        "arn:aws:s3:us-west-2:123456789012:job/*",
        "arn:aws:s3:us-west-2:123456789012:storage-lens/x",
        "arn:aws:s3:us-west-2:123456789012:*",
        "arn:aws:s3:*:*:*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::bucket/a:b/${aws:userid}/${aws:PrincipalTag/team, \\u0027none\\u0027}/*",
        "arn:aws:s3:::bucket/${*}${?}${$}",
        // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudFrontFullAccess.html
        "arn:aws:iam::*:*",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::aws:policy/*",
        "arn:aws:iam::123456789012:role/a/*/b?",
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:ec2:us-east-1::image/ami-1",
        "arn:aws:ssm:us-east-1::parameter/aws/service/*",
        "arn:aws:route53:::hostedzone/Z1",
        "arn:aws:cloudfront::123456789012:distribution/E1",
        "arn:aws:apigateway:us-east-1::/restapis/a/stages",
        "arn:aws:sqs:eusc-de-east-1:123456789012:queue",
        "arn:aws:logs:us-iso-east-1:123456789012:log-group:/a/b:log-stream:*",
        "arn:aws:execute-api:*:*:a/prod/GET/*",
        "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/a"
      })
  void iamTakesThem(String resource) {
    assertThat(problems(resource(resource))).isEmpty();
    assertThat(codes(resource(resource)))
        .doesNotContain("UNKNOWN_ARN", "POLICY_VARIABLE", "DOUBTFUL_ARN");
    assertThat(inline(resource(resource)).toString())
        .contains("\"" + resource.replace("\\u0027", "'") + "\"");
  }

  /** Resources that IAM takes although they may match nothing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "arn:aws:sqs:us-east-1:1234:q | UNKNOWN_ARN",
        "arn:aws:sqs:::q | UNKNOWN_ARN",
        "arn:aws:sqs:us-east-1:account-id:q | UNKNOWN_ARN",
        "arn:aws:S3:::bucket | UNKNOWN_ARN",
        "arn:aws:s33:::bucket | UNKNOWN_ARN",
        "arn:aws:dynamodb:us-east-1:123456789012:my-table | UNKNOWN_ARN",
        "arn:aws:lambda:us-east-1:123456789012:functions:f | UNKNOWN_ARN",
        // A managed policy of AWS has it: AmazonDevOpsGuruOrganizationsAccess.
        "arn:aws:organizations::*: | UNKNOWN_ARN",
        "arn:aws:s3:::bucket/${aws:userid | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${} | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${user} | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${aws:PrincipalTag/cost center} | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${aws:userid, none} | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${aws:usrid} | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${aws:TagKeys} | POLICY_VARIABLE",
        "arn:aws:s3:::bucket/${aws:username} | POLICY_VARIABLE",
        "arn:aws*:s3:::bucket | DOUBTFUL_ARN",
        "arn:aws:sqs | DOUBTFUL_ARN",
        "arn:aws:s3:* | DOUBTFUL_ARN",
        "arn:aws:s3* | DOUBTFUL_ARN",
        "arn:* | DOUBTFUL_ARN"
      })
  void iamTakesThemAndSpawnWarns(String resource, String code) {
    String iam = resource(resource).replace("x:Do", "s3:GetObject");

    assertThat(problems(iam)).isEmpty();
    assertThat(resolved(iam).warnings())
        .filteredOn(warning -> warning.code().equals(code))
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.path()).isEqualTo("$.iam.statements[0].Resource");
              assertThat(warning.severity()).isEqualTo(Severity.LOW);
            });
  }

  /** What IAM completes by itself, by its user guide, is put whole: there all of AWS agrees. */
  @ParameterizedTest
  @CsvSource({
    "arn:aws:sqs, arn:aws:sqs:*:*:*",
    "arn:aws:logs:*, arn:aws:logs:*:*:*",
    "arn:aws:logs:us-east-1:*, arn:aws:logs:us-east-1:*:*",
    "arn:aws:logs:us-east-1:123456789012, arn:aws:logs:us-east-1:123456789012:*",
    "arn:*:dynamodb:*:*, arn:*:dynamodb:*:*:*",
    "arn:aws:s3:*, arn:aws:s3:*:*:*",
    "arn:aws:iam, arn:aws:iam::*:*",
    "arn:aws:iam:*:*, arn:aws:iam::*:*",
    "arn:aws:route53:*, arn:aws:route53:::*",
    "arn:aws:*, *",
    "arn:*, *",
    "arn:aws:s3*, arn:aws:s3*"
  })
  void anArnThatEndsEarlyIsWrittenOut(String resource, String whole) {
    assertThat(inline(resource(resource))).isEqualTo(inline(resource(whole)));
    assertThat(inline(resource(resource)).toString()).contains("\"" + whole + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"arn:aws:s3", "arn:aws:s3:*", "arn:aws:s3*", "arn:aws:*", "arn:*"})
  void anArnThatEndsEarlyIsJudgedAsTheWholeService(String resource) {
    assertThat(codes(resource(resource).replace("x:Do", "s3:PutObject")))
        .contains("UNSCOPED_WRITE");
  }

  /** What IAM answers MalformedPolicyDocument to; the reports are in ResourceRules. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bucket | ARN",
        "aws:s3:::bucket | ARN",
        "ARN:aws:s3:::bucket | ARN",
        "arn | ARN",
        "arn: | ARN",
        "arn:aws | ARN",
        "arn:aws: | ARN",
        "arn:aws::us-east-1:123456789012:x | ARN",
        "arn::s3:::bucket | ARN",
        "arn:aws:s3::bucket | ARN",
        "arn:aws:organizations::* | ARN",
        "arn:aws:iam::123456789012 | ARN",
        "arn:aws-cn:s3:::bucket | partition",
        "arn:aws-us-gov:s3:::bucket | partition",
        "arn:aws-*:s3:::bucket | partition",
        "arn:${aws:x}:s3:::bucket | partition",
        "arn:AWS:s3:::bucket | partition",
        "arn:aws:*:us-east-1:123456789012:x | service",
        "arn:*:*:*:*:* | service",
        "arn:aws:s3*:::bucket | service",
        "arn:aws:s?:::bucket | service",
        "arn:aws:s3*:* | service",
        "arn:aws:${aws:x}:::bucket | service",
        "arn:aws:s3:us-east-1:123456789012:data/* | region",
        "arn:aws:s3:us-east-1::example | region",
        "arn:aws:s3:us-east-1:123456789012:accesspoints/x | region",
        "arn:aws:s3::123456789012:data | account",
        "arn:aws:s3:*:123456789012:data/* | account",
        "arn:aws:route53:us-east-1:123456789012:hostedzone/* | region",
        "arn:aws:route53::123456789012:hostedzone/* | account",
        "arn:aws:iam:us-east-1:123456789012:role/x | region",
        "arn:aws:iam:*:*:role/x | region",
        "arn:aws:iam::123456789012:*/* | kind",
        "arn:aws:iam::123456789012:u* | kind",
        "arn:aws:iam::123456789012:role* | kind",
        "arn:aws:iam::123456789012:*role/x | kind",
        "arn:aws:iam::123456789012:account-alias/* | kind",
        "arn:aws:iam::123456789012:${aws:x} | kind",
        "arn:aws:iam::123456789012: | kind",
        "arn:aws:iam:::example_bucket | kind",
        "arn:aws:sqs:us-east-1:ACCOUNT_ID:q | account",
        "arn:aws:sqs:us-east-1:<account>:q | account",
        "arn:aws:sqs:us-east-1:#{AWS::AccountId}:q | account",
        "arn:aws:sqs:{region}:123456789012:q | region",
        "arn:aws:sqs:<region>:123456789012:q | region",
        "arn:aws:dynamodb:table/x | region"
      })
  void iamRefusesThem(String resource, String message) {
    assertThat(problems(resource(resource)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.statements[0].Resource");
              assertThat(problem.message()).contains(message);
            });
    assertThat(problems(resource(resource).replace("'Resource'", "'NotResource'")))
        .extracting(Problem::path)
        .containsExactly("$.iam.statements[0].NotResource");
  }

  @ParameterizedTest
  @CsvSource({"aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"})
  void aWildcardPartitionIsTheStacksOwn(String partition) {
    Problems problems = new Problems();
    new PermissionsReader(Payloads.stack(partition, BroadAccess.WARN))
        .read(json(resource("arn:*:s3:::b")), "$.iam", problems);
    new PermissionsReader(Payloads.stack(partition, BroadAccess.WARN))
        .read(json(resource("arn:aws:s3:::b")), "$.iam", problems);

    assertThat(problems.list()).hasSize(1);
    assertThat(problems.list().get(0).message()).contains("another partition");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "*:*",
        "s3:*",
        "S3:GETOBJECT",
        "s3.s:ListBucket",
        "service-prefix:action-name",
        "vpc-lattice:AssociateViaAWSService-EventsAndStates",
        "unheardof:Do"
      })
  void iamTakesTheActions(String action) {
    assertThat(problems(resource("*").replace("x:Do", action))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s3", "s3:", ":Get", "s3:a:b", "a a:b", "s?:Get", "*s3:Get", "a_b:c"})
  void iamRefusesTheActions(String action) {
    assertThat(problems(resource("*").replace("x:Do", action)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("service:action"));
  }

  private static String condition(String condition) {
    return "{'statements': [{'Effect': 'Allow', 'Action': 'x:Do', 'Resource': '*', 'Condition': "
        + condition
        + "}]}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'StringEquals': {}}",
        // moto has it from AWS: what compares nothing is not looked at
        "{'x': {}, 'y': {}}",
        "{'StringEquals': {'aws:a': []}}",
        "{'StringEquals': {'cognito-identity.amazonaws.com:aud': 'us-east-1:1'}}",
        "{'StringEquals': {'www.amazon.com:user_id': '1'}}",
        "{'StringLike': {'token.actions.githubusercontent.com/octo:sub': 'repo:a/*'}}",
        "{'StringEquals': {'oidc.eks.us-east-1.amazonaws.com/id/ABC:sub': 'system:serviceaccount:a:b'}}",
        "{'StringEquals': {'keycloak.example.com:8443/realms/a:aud': 'x'}}",
        "{'StringEquals': {'saml:edupersonaffiliation': 'staff'}}",
        "{'StringEquals': {'aws:ResourceTag/cost center (old), ü': 'x'}}",
        "{'DateGreaterThan': {'aws:CurrentTime': ['2017-07-01T00:00:00Z', '01T', '-292275054', '1700000000']}}",
        "{'DateLessThan': {'aws:CurrentTime': ['2016-12-13T21:20:37.593194+00:00', '2016-12-13t2:00:00.593194+23', '2019-07-01']}}",
        "{'DateLessThan': {'aws:EpochTime': 1700000000}}",
        "{'NumericLessThan': {'s3:max-keys': ['10', '1.5', '-3']}}",
        "{'IpAddress': {'aws:SourceIp': ['10.0.0.0/8', '203.0.113.7', '2001:DB8:1234:5678::/64', '::1']}}",
        "{'ArnEquals': {'ec2:SourceInstanceARN': ['arn:aws:ec2:*:*:instance/i-1', '*', '${ec2:SourceInstanceARN}']}}"
      })
  void iamTakesTheConditions(String condition) {
    assertThat(problems(condition(condition))).isEmpty();
    assertThat(codes(condition(condition))).doesNotContain("POLICY_VARIABLE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'stringEquals': {'aws:a': 'b'}} | Did you mean \"StringEquals\"?",
        "{'forAnyValue:StringLike': {'aws:a': 'b'}} | Did you mean \"ForAnyValue:StringLike\"?",
        "{'ForAllValues:stringequalsifexists': {'aws:a': 'b'}} | Did you mean \"ForAllValues:StringEqualsIfExists\"?",
        "{'BOOL': {'aws:a': 'true'}} | Did you mean \"Bool\"?",
        "{'ForAnyValue::StringEquals': {'aws:a': 'b'}} | is not a condition operator",
        "{'DateGreaterThan': {'aws:CurrentTime': 'sdfdsf'}} | not a date",
        "{'DateLessThanEquals': {'aws:CurrentTime': '234-13'}} | not a date",
        "{'DateLessThanEquals': {'aws:CurrentTime': '2016-12-13t2:00:00.593194+1'}} | not a date",
        "{'DateLessThanEquals': {'aws:CurrentTime': '2016-12-13t2:00:00.1999999999+10:59'}} | not a date",
        "{'DateLessThan': {'aws:CurrentTime': '9223372036854775808'}} | not a date",
        "{'DateGreaterThan': {'aws:CurrentTime': '${aws:PrincipalTag/until}'}} | not a date",
        "{'NumericLessThan': {'s3:max-keys': 'many'}} | not a number",
        "{'IpAddress': {'aws:SourceIp': '10.0.0.256'}} | not an IP address",
        "{'NotIpAddressIfExists': {'aws:SourceIp': 'example.com'}} | not an IP address",
        "{'ArnLike': {'aws:SourceArn': '123456789012'}} | not an ARN"
      })
  void iamRefusesTheConditions(String condition, String message) {
    assertThat(problems(condition(condition)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains(message));
  }

  @Test
  void aDocumentWithoutVersionKnowsNoVariables() {
    String statement =
        "'Statement': {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/${aws:userid}', 'Condition': {'StringLike': {'s3:prefix': '${x'}}}";
    String plain = statement.replace("${aws:userid}", "${$}{aws:userid}").replace("${x", "${$}{x");
    String without = "{'policyDocument': {" + statement + "}}";

    assertThat(inline(without))
        .isEqualTo(inline("{'policyDocument': {'Version': '2008-10-17', " + statement + "}}"))
        .isEqualTo(inline("{'policyDocument': {'Version': '2012-10-17', " + plain + "}}"));
    assertThat(resolved(without).warnings())
        .filteredOn(warning -> warning.code().equals("POLICY_VARIABLE"))
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.path()).isEqualTo("$.iam.policyDocument");
              assertThat(warning.message()).contains("plain text");
            });
    assertThat(codes("{'policyDocument': {'Version': '2012-10-17', " + plain + "}}"))
        .doesNotContain("POLICY_VARIABLE");
  }

  @Test
  void aPayloadMadeOfDoubtsIsReadInTimeInProportionToIt() {
    for (String text :
        List.of(
            "arn:aws:s3:::b/" + "${".repeat(18_000),
            "arn:aws:s3:::b/}" + "${".repeat(18_000),
            "arn:aws:apigateway:*::/" + "*/?".repeat(12_000))) {
      Problems problems = new Problems();
      List<Warning> warnings = new ArrayList<>();
      new StatementReader(STACK, problems, warnings::add)
          .statements(json(resource(text)).get("statements"), "$");

      assertThat(problems.list()).isEmpty();
      assertThat(warnings).hasSizeLessThan(3);
    }
  }
}
