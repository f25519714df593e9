package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.resolved;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.ArnForm;

class PolicyReviewTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'policies': ['s3:FullAccess'] | FULL_ACCESS | HIGH | $.iam.policies[0]",
        "'policies': ['ssm:FullAccess'] | FULL_ACCESS | HIGH | $.iam.policies[0]",
        "'policies': ['sqs:ReadOnly', 'sqs:WriteOnly'] | UNSCOPED_WRITE | MEDIUM | $.iam.policies[1]",
        "'policies': ['s3:ReadOnly'] | DATA_EXFILTRATION | MEDIUM | $.iam.policies[0]",
        "'policies': ['lambda:WriteOnly'] | PRIVILEGE_ESCALATION | HIGH | $.iam.policies[0]",
        "'policies': ['lambda:WriteOnly'], 'resources': ['arn:aws:lambda:::function:f:live'] | PRIVILEGE_ESCALATION | MEDIUM | $.iam.policies[0]",
        "'statements': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}] | WILDCARD_ACTIONS | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'ec2:*', 'Resource': '*'}] | WILDCARD_ACTIONS | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'iam:passrole', 'Resource': 'arn:aws:iam::123456789012:role/r'}] | PRIVILEGE_ESCALATION | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'iam:Create*', 'Resource': '*'}] | PRIVILEGE_ESCALATION | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 's3:PutBucketPolicy', 'Resource': 'arn:aws:s3:::b'}] | PUBLIC_EXPOSURE | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 's3:PutObjectAcl', 'Resource': 'arn:aws:s3:::b/*'}] | PUBLIC_EXPOSURE | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'NotAction': 'iam:*', 'Resource': '*'}] | NOT_ACTION | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'NotResource': 'arn:aws:s3:::b/*'}] | NOT_RESOURCE | HIGH | $.iam.statements[0]",
        "'statements': [{'Effect': 'Allow', 'Action': 'ec2:CreateTags', 'Resource': '*'}] | UNSCOPED_WRITE | MEDIUM | $.iam.statements[0]",
        "'policyDocument': {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 'kms:Decrypt', 'Resource': '*'}} | DATA_EXFILTRATION | MEDIUM | $.iam.policyDocument.Statement",
        "'managedPolicies': ['AdministratorAccess'] | BROAD_MANAGED_POLICY | HIGH | $.iam.managedPolicies[0]",
        "'managedPolicies': ['PowerUserAccess'] | BROAD_MANAGED_POLICY | HIGH | $.iam.managedPolicies[0]",
        "'managedPolicies': ['AmazonS3FullAccess'] | BROAD_MANAGED_POLICY | HIGH | $.iam.managedPolicies[0]",
        "'trustServices': ['ec2', 'ecs-tasks'] | TRUST_BEYOND_EC2 | MEDIUM | $.iam.trustServices",
        "'trustServices': ['ecs-tasks'] | NO_EC2_TRUST | MEDIUM | $.iam.trustServices",
        "'policies': [] | NO_PERMISSIONS | LOW | $.iam",
        "'policies': ['sts:WriteOnly'], 'resources': ['arn:aws:iam::444455556666:role/*'] | PRIVILEGE_ESCALATION | HIGH | $.iam.policies[0]"
      })
  void whatIsRiskyIsWarnedOf(String fields, String code, Severity severity, String path) {
    assertThat(resolved("{" + fields + "}").warnings())
        .extracting(Warning::code, Warning::severity, Warning::path)
        .contains(tuple(code, severity, path));
  }

  @Test
  void everyKnownPathToMorePowerIsWarnedOf() throws IOException {
    JsonNode paths =
        new ObjectMapper()
            .readTree(PolicyReviewTest.class.getResourceAsStream("/spawn/escalation-paths.json"))
            .path("paths");

    assertThat(paths.properties())
        .isNotEmpty()
        .allSatisfy(
            path ->
                assertThat(
                        resolved(
                                "{'statements': [{'Effect': 'Allow', 'Action': %s, 'Resource': '*'}]}"
                                    .formatted(path.getValue().toString().replace('"', '\'')))
                            .warnings())
                    .as(path.getKey())
                    .extracting(Warning::code)
                    .contains("PRIVILEGE_ESCALATION"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'policies': ['s3:ReadWrite'], 'resources': ['s3://data']",
        "'policies': ['sqs:ReadWrite', 'dynamodb:WriteOnly'], 'resources': ['sqs://work', 'dynamodb://jobs']",
        "'policies': ['cloudwatch:WriteOnly', 'logs:WriteOnly'], 'resources': ['logs://jobs']",
        "'policies': ['ecr:ReadOnly']",
        "'policies': ['ssm:Session']",
        "'policies': ['cloudwatch:Agent'], 'resources': ['logs://jobs']",
        "'statements': [{'Effect': 'Deny', 'Action': 'iam:*', 'Resource': '*'}, {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}]",
        "'statements': [{'Effect': 'Deny', 'NotAction': 's3:*', 'NotResource': '*'}]",
        "'statements': [{'Effect': 'Allow', 'Action': ['cloudwatch:PutMetricData', 'ec2:DescribeInstances'], 'Resource': '*'}]"
      })
  void whatIsNarrowIsNotWarnedOf(String fields) {
    assertThat(resolved("{" + fields + "}").warnings()).isEmpty();
  }

  @Test
  void everyWarningSaysWhatToDoInSentences() {
    assertThat(
            resolved(
                    "{'policies': ['s3:FullAccess', 'lambda:FullAccess'], 'managedPolicies':"
                        + " ['AdministratorAccess'], 'trustServices': ['lambda'], 'statements':"
                        + " [{'Effect': 'Allow', 'NotAction': 'iam:*', 'NotResource': '*'},"
                        + " {'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}")
                .warnings())
        .hasSizeGreaterThan(8)
        .allSatisfy(
            warning -> {
              assertThat(warning.code()).matches("[A-Z_0-9]+");
              assertThat(warning.message()).endsWith(".");
              assertThat(warning.advice()).endsWith(".");
              assertThat(warning.path()).startsWith("$.iam");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}",
        "[{'Effect': 'Allow', 'Action': 'iam:PassRole', 'Resource': '*'}, {'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]",
        "[{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}, {'Effect': 'Allow', 'NotAction': 'iam:*', 'NotResource': '*'}]"
      })
  void aDocumentIsJudgedLikeThatOfAPayload(String statements) {
    JsonNode document = json("{'Version': '2012-10-17', 'Statement': %s}".formatted(statements));

    assertThat(PolicyReview.of(document, "$.iam.policyDocument"))
        .isNotEmpty()
        .isEqualTo(
            resolved("{'policyDocument': %s}".formatted(document)).warnings().stream()
                // Only a role has a boundary.
                .filter(warning -> !warning.code().equals("BOUNDARY_DENIES"))
                .toList());
  }

  @Test
  void aNarrowDocumentHasNoWarnings() {
    JsonNode narrow =
        json(
            "{'Statement': {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'}}");

    assertThat(PolicyReview.of(narrow, "$")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "'x'",
        "[]",
        "{}",
        "{'Statement': 5}",
        "{'Statement': [5, null, 'x', {}, [], {'Effect': 'Allow'}]}",
        "{'Statement': {'Effect': 'Permit', 'Action': '*', 'Resource': '*'}}",
        "{'Statement': {'Effect': ['Allow'], 'Action': '*', 'Resource': '*'}}",
        "{'Statement': {'Effect': 'Allow', 'Action': {'a': 1}, 'Resource': [[]], 'Condition': 7}}"
      })
  void whatIsNotAPolicyGrantsNothing(String document) {
    assertThat(PolicyReview.of(json(document), "$")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "**", "arn:aws:s3:::*", "arn:aws:s3:::**"})
  void everyResourceIsEveryResourceHoweverManyWildcardsSayIt(String resource) {
    JsonNode document =
        json(
            "{'Statement': {'Effect': 'Allow', 'Action': 's3:PutObject', 'Resource': '%s'}}"
                .formatted(resource));

    assertThat(PolicyReview.of(document, "$"))
        .extracting(Warning::code, Warning::path)
        .containsExactly(tuple("UNSCOPED_WRITE", "$.Statement"));
  }

  /** A kind without a name in it is one resource, such as the account's root. */
  @Test
  void everyResourceOfAKindIsEveryResourceAndOneNamedIsNot() {
    int kinds = 0;
    for (String name : ServiceReference.services()) {
      ServiceReference service = ServiceReference.of(name).orElseThrow();
      for (ArnForm form : service.kinds().values().stream().flatMap(List::stream).toList()) {
        if (form.service().equals(name) && form.resource().contains("*")) {
          assertThat(Breadth.isEverything(on(form, "*"))).as("%s", form).isTrue();
          assertThat(Breadth.isEverything(on(form, "?*"))).as("%s", form).isTrue();
          assertThat(Breadth.isEverything(on(form, "name"))).as("%s", form).isFalse();
          kinds++;
        }
      }
    }
    assertThat(kinds).isGreaterThan(1_800);
    System.out.printf("Kinds of ARN, all of which are every resource: %d%n", kinds);
  }

  private static Statement on(ArnForm form, String name) {
    String arn =
        "arn:aws:%s:us-east-1:123456789012:%s"
            .formatted(form.service(), form.resource().replace("*", name));
    return Statement.allow(List.of("s3:GetObject"), List.of(arn), Condition.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "secretsmanager:GetSecretValue | arn:aws:secretsmanager:*:*:secret:* | DATA_EXFILTRATION",
        "s3:GetObject | arn:aws:s3:::*/* | DATA_EXFILTRATION",
        "s3:GetObject | arn:aws:s3* | DATA_EXFILTRATION",
        "dynamodb:GetItem | arn:aws:dynamodb:us-east-1:123456789012:table/* | DATA_EXFILTRATION",
        "ssm:GetParameter | arn:aws:ssm:*:*:parameter/* | DATA_EXFILTRATION",
        "kms:Decrypt | arn:aws:kms:us-east-1:123456789012:key/* | DATA_EXFILTRATION",
        "sqs:SendMessage | arn:aws:sqs:us-east-1:123456789012:* | UNSCOPED_WRITE",
        "sqs:SendMessage | arn:aws:sqs:${aws:RequestedRegion}:123456789012:* | UNSCOPED_WRITE",
        "dynamodb:GetItem | arn:aws:dynamodb:${aws:RequestedRegion}:${aws:PrincipalAccount}:table/* | DATA_EXFILTRATION",
        "ec2:TerminateInstances | arn:aws:ec2:*:123456789012:instance/* | UNSCOPED_WRITE"
      })
  void allOfAKindIsWarnedOfLikeEveryResource(String action, String resource, String code) {
    assertThat(warnings(action, resource, "{}")).extracting(Warning::code).containsExactly(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'StringEquals': {'aws:ResourceTag/team': 'red'}}",
        "{'StringLike': {'ec2:ResourceTag/team': 'red-*'}}",
        "{'StringEquals': {'aws:ResourceTag/team': '${aws:PrincipalTag/team}'}}"
      })
  void aConditionThatBindsToSomeResourcesTakesTheBreadthAway(String condition) {
    assertThat(warnings("ec2:TerminateInstances", "*", condition)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'StringNotEquals': {'aws:ResourceTag/team': 'red'}}",
        "{'StringEqualsIfExists': {'aws:ResourceTag/team': 'red'}}",
        "{'ForAllValues:StringEquals': {'aws:ResourceTag/team': 'red'}}",
        "{'StringLike': {'aws:ResourceTag/team': '*'}}",
        "{'StringLike': {'aws:ResourceTag/team': ['red', '*']}}",
        "{'Null': {'aws:ResourceTag/team': 'false'}}",
        "{'Bool': {'aws:SecureTransport': 'true'}}"
      })
  void aConditionThatHoldsForMostResourcesDoesNot(String condition) {
    assertThat(warnings("ec2:TerminateInstances", "*", condition))
        .extracting(Warning::code)
        .containsExactly("UNSCOPED_WRITE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'StringEquals': {'s3:x-amz-acl': 'private'}} | false",
        "{'StringEquals': {'S3:X-Amz-Acl': ['private', 'bucket-owner-full-control']}} | false",
        "{'StringEquals': {'s3:x-amz-acl': 'public-read'}} | true",
        "{'StringEquals': {'s3:x-amz-acl': ['private', 'public-read']}} | true",
        "{'StringEqualsIfExists': {'s3:x-amz-acl': 'private'}} | true",
        "{'StringNotEquals': {'s3:x-amz-acl': 'zzz'}} | true",
        "{'StringLike': {'s3:x-amz-acl': '*'}} | true"
      })
  void anAclIsOnlyHarmlessIfTheConditionSaysWhichOne(String condition, boolean exposes) {
    assertThat(warnings("s3:PutObjectAcl", "arn:aws:s3:::b/*", condition))
        .extracting(Warning::code)
        .isEqualTo(exposes ? List.of("PUBLIC_EXPOSURE") : List.of());
  }

  private static List<Warning> warnings(String action, String resource, String condition) {
    return PolicyReview.of(
        json(
            "{'Statement': {'Effect': 'Allow', 'Action': '%s', 'Resource': '%s', 'Condition': %s}, 'Version': '2012-10-17'}"
                .formatted(action, resource, condition)),
        "$");
  }

  /** AWS calls the others permissions management too: they take sharing away, or share nothing. */
  @Test
  void whatSharesByTheReferenceIsARisk() throws IOException {
    Pattern shares =
        Pattern.compile(
            "(Put|Add|Set|Create|Update|Modify|Grant|BatchGrant|Authorize|Attach|Disable|Replicate)\\w*"
                + "(Policy|Policies|PolicyStatement|Permissions?|Acl|Grant|Share|SnapshotAccess"
                + "|EndpointAccess|BlockPublicAccess|ServiceAccessPolicies|PublicAccessBlock)");
    Set<String> harmless =
        Set.of(
            "glacier:SetDataRetrievalPolicy", // a limit of costs
            "iam:CreatePolicy", // grants nothing until it is attached
            "iot:AttachPolicy", // what devices may do, not AWS principals
            "iot:AttachPrincipalPolicy",
            "iot:CreatePolicy",
            "organizations:AttachPolicy", // limits, which grant nothing
            "organizations:UpdatePolicy",
            "redshift:CreateSnapshotCopyGrant", // lets Redshift use a key
            "workspaces:ModifySelfservicePermissions"); // what users change of their own desktop
    Set<String> risky = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    risks().get("rules").forEach(rule -> rule.get("actions").forEach(a -> risky.add(a.asText())));

    assertThat(
            ServiceReference.services().stream()
                .map(name -> ServiceReference.of(name).orElseThrow())
                .flatMap(
                    service ->
                        service.actions().stream()
                            .filter(action -> action.access() == Access.PERMISSIONS_MANAGEMENT)
                            .filter(action -> shares.matcher(action.name()).matches())
                            .map(action -> service.service() + ":" + action.name())))
        .hasSizeGreaterThan(100)
        .filteredOn(action -> !risky.contains(action) && !harmless.contains(action))
        .isEmpty();
  }

  @Test
  void everyRiskyActionIsOneOfAws() throws IOException {
    List<String> unknown = new ArrayList<>();
    for (JsonNode action : risks().findValues("actions")) {
      action.forEach(
          name -> {
            String service = name.asText().substring(0, name.asText().indexOf(':'));
            String own = name.asText().substring(service.length() + 1);
            if (ServiceReference.of(service).flatMap(s -> s.action(own)).isEmpty()) {
              unknown.add(name.asText());
            }
          });
    }
    // An action of the console that the reference never had.
    assertThat(unknown).containsExactly("codestar:CreateProjectFromTemplate");
  }

  @Test
  void everyRuleHasASource() throws IOException {
    assertThat(risks().get("rules"))
        .isNotEmpty()
        .allSatisfy(
            rule ->
                assertThat(rule.get("sources"))
                    .isNotEmpty()
                    .allSatisfy(source -> assertThat(source.asText()).startsWith("https://")));
  }

  private static JsonNode risks() throws IOException {
    return new ObjectMapper().readTree(PolicyReview.class.getResourceAsStream("risks.json"));
  }
}
