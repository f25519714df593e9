package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.InvalidRequest;
import spawn.error.Problem;

/** What a stack's limits let through and refuse, and where they say so. */
class LimitedPayloadsTest {
  private static final String DATA = "AllowedResources=arn:aws:s3:::data;arn:aws:s3:::data/*";
  private static final String READ_DATA = "'policies': ['s3:ReadOnly'], 'resources': ['s3://data']";

  private final PayloadReader reader = new PayloadReader(CONTEXT);

  /** Returns limits, an {@code iam} object, and the path of each problem. */
  static Stream<Arguments> cases() {
    return Stream.of(
            words(), resources(), statements(), managedPolicies(), names(), tagKeys(), expiry())
        .flatMap(each -> each);
  }

  private static Stream<Arguments> words() {
    String word = "$.iam.policies[0]";
    return Stream.of(
        refused("AllowedWords=none", "'policies': ['s3:ReadOnly']", word),
        accepted("AllowedWords=s3:ReadOnly", "'policies': ['s3:ReadOnly']"),
        accepted("AllowedWords=S3:readonly", "'policies': ['s3:ReadOnly']"),
        accepted("AllowedWords=s3", "'policies': ['s3:WriteOnly']"),
        accepted("AllowedWords=s*:Read*", "'policies': ['sqs:ReadWrite']"),
        accepted("AllowedWords=?qs:ReadOnly", "'policies': ['SQS:READONLY']"),
        refused("AllowedWords=sqs:ReadOnly", "'policies': ['s3:ReadOnly']", word),
        refused("AllowedWords=s3:ReadOnly", "'policies': ['s3:ReadWrite']", word),
        accepted("AllowedWords=s3:ReadWrite", "'policies': ['s3:ReadOnly', 's3:WriteOnly']"),
        refused("AllowedWords=s3:ReadWrite", "'policies': ['s3:FullAccess']", word),
        refused(
            "AllowedWords=s3:ReadOnly;logs:*;!*:FullAccess",
            "'policies': ['logs:FullAccess']",
            word),
        accepted("AllowedWords=s3:ReadOnly;logs:*;!*:FullAccess", "'policies': ['logs:ReadWrite']"),
        accepted("AllowedWords=!*:FullAccess", "'policies': ['dynamodb:ReadWrite']"),
        refused("AllowedWords=!*:FullAccess", "'policies': ['dynamodb:FullAccess']", word),
        refused("AllowedWords=!s3:WriteOnly", "'policies': ['s3:ReadWrite']", word),
        accepted("AllowedWords=!s3:WriteOnly", "'policies': ['s3:ReadOnly']"),
        accepted("AllowedWords=ecr:Pull", "'policies': ['ecr:pull']"),
        refused("AllowedWords=ecr:Pull", "'policies': ['ecr:ReadOnly']", word),
        refused("AllowedWords=ecr:ReadWrite", "'policies': ['ecr:Pull']", word),
        accepted("AllowedWords=stepfunctions:ReadOnly", "'policies': ['states:ReadOnly']"),
        refused("AllowedWords=!stepfunctions", "'policies': ['states:ReadOnly']", word),
        refused(
            "AllowedWords=s3:ReadOnly",
            "'policies': ['s3:ReadOnly', 'sqs:ReadOnly', 'sns:ReadOnly']",
            "$.iam.policies[1]",
            "$.iam.policies[2]"),
        accepted("AllowedWords=s3:ReadOnly", "'role': 'somebodys'"));
  }

  private static Stream<Arguments> resources() {
    String statement = "$.iam.statements[0]";
    return Stream.of(
        accepted(DATA, READ_DATA),
        accepted(DATA, "'policies': ['s3:ReadWrite'], 'resources': ['s3://data/2026/*']"),
        accepted(DATA, "'policies': ['s3:ReadOnly'], 'resources': ['s3://data/${aws:userid}/*']"),
        refused(
            DATA, "'policies': ['s3:ReadOnly'], 'resources': ['s3://data*']", "$.iam.resources[0]"),
        refused(
            DATA,
            "'policies': ['s3:ReadOnly'], 'resources': ['s3://data', 's3://other']",
            "$.iam.resources[1]"),
        refused(DATA, "'policies': ['s3:ReadOnly']", "$.iam.policies[0]"),
        refused(DATA, "'policies': ['sqs:ReadOnly']", "$.iam.policies[0]"),
        refused("AllowedResources=arn:aws:s3:::data/*", READ_DATA, "$.iam.resources[0]"),
        accepted("AllowedResources=*", "'policies': ['s3:ReadOnly', 'sqs:FullAccess']"),
        refused("AllowedResources=none", READ_DATA, "$.iam.resources[0]"),
        // What reads and takes no resource
        accepted(DATA, statement("ec2:DescribeInstances", "*")),
        accepted(DATA, statement("s3:ListAllMyBuckets", "*")),
        accepted(DATA, statement("ecr:GetAuthorizationToken", "*")),
        accepted(DATA, statement("EC2:describeinstancet*", "*")),
        refused(DATA, statement("ec2:*", "*"), statement),
        refused(DATA, statement("ec2:NoSuchAction", "*"), statement),
        refused(DATA, statement("nosuchservice:Describe*", "*"), statement),
        refused(DATA, statement("cloudwatch:PutMetricData", "*"), statement),
        refused(DATA, statement("s3:PutAccountPublicAccessBlock", "*"), statement),
        accepted(DATA + ";cloudwatch:PutMetricData", statement("cloudwatch:PutMetricData", "*")),
        accepted(DATA + ";cloudwatch:put*data", statement("cloudwatch:PutMetricD*", "*")),
        refused(DATA + ";cloudwatch:PutMetricData", statement("cloudwatch:Put*", "*"), statement),
        refused(DATA + ";cloudwatch:PutMetricData", statement("*", "*"), statement),
        refused(DATA + ";s3:GetObject", statement("s3:GetObject", "arn:aws:s3:::*"), statement),
        refused(DATA, statement("s3:GetObject", "*"), statement),
        refused(DATA, statement("s3:Get*", "*"), statement),
        refused(DATA, statement("*", "*"), statement),
        refused(DATA, statement("ec2:DescribeInstances', 's3:GetObject", "*"), statement),
        refused(
            DATA,
            "'statements': [{'Effect': 'Allow', 'NotAction': 's3:GetObject', 'Resource': '*'}]",
            statement),
        // By meaning
        accepted(DATA, statement("s3:GetObject", "arn:aws:s3:::data/a")),
        // A wildcard that ends a part may run on over colons: into a key of another bucket.
        refused(DATA, statement("s3:GetObject", "arn:*:s3:::data/a*"), statement),
        accepted(
            "AllowedResources=arn:*:s3:::data/*", statement("s3:GetObject", "arn:*:s3:::data/a*")),
        accepted(DATA, statement("s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*")),
        refused(
            DATA,
            statement("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"),
            statement),
        refused(DATA, statement("s3:GetObject", "arn:aws:s3:::dat?/a"), statement),
        refused(DATA, statement("s3:GetObject", "arn:aws:s3:::data*"), statement),
        refused(DATA, statement("s3:GetObject", "arn:aws:s3:::*"), statement),
        refused(DATA, statement("s3:GetObject", "arn:aws:s3"), statement),
        refused(DATA, statement("s3:GetObject", "arn:aws:s3:::DATA/a"), statement),
        refused(DATA, statement("s3:GetObject", "arn:aws:s3:*:*:data/a"), statement),
        accepted(
            "AllowedResources=arn:aws:sqs:*",
            statement("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")),
        refused(
            "AllowedResources=arn:aws:sqs:us-east-1:123456789012:*",
            statement("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
            statement),
        refused(
            DATA,
            "'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'NotResource': 'arn:aws:s3:::other/*'}]",
            statement),
        accepted(
            "AllowedResources=*",
            "'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'NotResource': 'arn:aws:s3:::other/*'}]"),
        accepted(DATA, "'statements': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]"),
        refused(
            DATA,
            "'policyDocument': {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 'sqs:*', 'Resource': '*'}}",
            "$.iam.policyDocument.Statement"),
        refused(
            DATA,
            "'statements': {'read': {'actions': ['s3:GetObject'], 'resources': ['*']}}",
            "$.iam.statements.read"),
        refused(
            DATA, "'assumeRoles': ['arn:aws:iam::111122223333:role/reader']", "$.iam.assumeRoles"),
        accepted(
            "AllowedResources=arn:aws:iam::111122223333:role/*",
            "'assumeRoles': ['arn:aws:iam::111122223333:role/reader']"),
        // A managed policy holds what it holds, so it must be listed.
        refused(DATA, "'managedPolicies': ['ReadOnlyAccess']", "$.iam.managedPolicies[0]"),
        accepted(
            DATA + " AllowedManagedPolicies=ReadOnlyAccess",
            "'managedPolicies': ['ReadOnlyAccess']"),
        accepted(DATA, "'role': 'somebodys'"));
  }

  private static String statement(String actions, String resource) {
    return "'statements': [{'Effect': 'Allow', 'Action': ['%s'], 'Resource': '%s'}]"
        .formatted(actions, resource);
  }

  private static Stream<Arguments> statements() {
    return Stream.of(
        accepted("OwnStatements=allow", statement("s3:GetObject", "*")),
        refused("OwnStatements=reject", statement("s3:GetObject", "*"), "$.iam.statements"),
        refused(
            "OwnStatements=reject",
            "'policyDocument': {'Version': '2012-10-17', 'Statement': {'Effect': 'Deny', 'Action': 'sqs:*', 'Resource': '*'}}",
            "$.iam.policyDocument"),
        accepted("OwnStatements=reject", READ_DATA),
        accepted("OwnStatements=reject", "'policies': ['s3:ReadOnly'], 'statements': null"));
  }

  private static Stream<Arguments> managedPolicies() {
    String own = "arn:aws:iam::123456789012:policy/reviewed/jobs";
    String path = "$.iam.managedPolicies[0]";
    return Stream.of(
        accepted("AllowedManagedPolicies=ReadOnlyAccess", "'managedPolicies': ['ReadOnlyAccess']"),
        accepted(
            "AllowedManagedPolicies=Read*",
            "'managedPolicies': ['arn:aws:iam::aws:policy/ReadOnlyAccess']"),
        accepted(
            "AllowedManagedPolicies=AWSBatchServiceRole",
            "'managedPolicies': ['service-role/AWSBatchServiceRole']"),
        refused("AllowedManagedPolicies=Read", "'managedPolicies': ['ReadOnlyAccess']", path),
        refused(
            "AllowedManagedPolicies=readonlyaccess", "'managedPolicies': ['ReadOnlyAccess']", path),
        refused("AllowedManagedPolicies=none", "'managedPolicies': ['ReadOnlyAccess']", path),
        refused("AllowedManagedPolicies=*", "'managedPolicies': ['%s']".formatted(own), path),
        refused("AllowedManagedPolicies=jobs", "'managedPolicies': ['%s']".formatted(own), path),
        accepted(
            "AllowedManagedPolicies=none AllowedPolicyArns=arn:aws:iam::123456789012:policy/reviewed/*",
            "'managedPolicies': ['%s']".formatted(own)),
        refused(
            "AllowedManagedPolicies=none AllowedPolicyArns=arn:aws:iam::123456789012:policy/reviewed/*",
            "'managedPolicies': ['arn:aws:iam::123456789012:policy/jobs']",
            path),
        accepted(
            "AllowedPolicyArns=arn:aws:iam::123456789012:policy/reviewed/*",
            "'managedPolicies': ['ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/jobs']"));
  }

  private static Stream<Arguments> names() {
    return Stream.of(
        accepted("AllowedRoleNames=team-a-*", "'role': 'team-a-reports', " + READ_DATA),
        refused(
            "AllowedRoleNames=team-a-*", "'role': 'team-b-reports', " + READ_DATA, "$.iam.role"),
        refused("AllowedRoleNames=team-a-*", "'role': 'Team-A-reports'", "$.iam.role"),
        refused("AllowedRoleNames=none", "'role': 'somebodys'", "$.iam.role"),
        refused(
            "AllowedRoleNames=team-a-*",
            "'role': 'team-a-reports', 'instanceProfile': 'prod-web'",
            "$.iam.instanceProfile"),
        accepted("AllowedRoleNames=none", READ_DATA));
  }

  private static Stream<Arguments> tagKeys() {
    return Stream.of(
        accepted(
            "AllowedRoleTagKeys=cost-*;project",
            "'roleTags': {'cost-center': '7', 'project': 'x'}, " + READ_DATA),
        refused(
            "AllowedRoleTagKeys=project",
            "'roleTags': {'team': 'admins'}, " + READ_DATA,
            "$.iam.roleTags.team"),
        refused(
            "AllowedRoleTagKeys=project",
            "'roleTags': {'Project': 'x'}, " + READ_DATA,
            "$.iam.roleTags.Project"),
        refused(
            "AllowedRoleTagKeys=none",
            "'roleTags': {'a b': '', 'c': ''}, " + READ_DATA,
            "$.iam.roleTags['a b']",
            "$.iam.roleTags.c"),
        accepted("AllowedRoleTagKeys=none", READ_DATA));
  }

  private static Stream<Arguments> expiry() {
    String end = "$.iam.expires";
    return Stream.of(
        accepted("MaxExpiry=P7D", "'expires': 'P7D', " + READ_DATA),
        accepted("MaxExpiry=P7D", "'expires': 'PT168H', 'managedPolicies': ['ReadOnlyAccess']"),
        refused("MaxExpiry=P7D", "'expires': 'PT168H1S', " + READ_DATA, end),
        refused("MaxExpiry=P7D", "'expires': 'P8D', 'role': 'reports'", end),
        refused("MaxExpiry=PT8H", READ_DATA, end),
        refused("MaxExpiry=PT8H", "'role': 'reports', " + READ_DATA, end),
        refused("MaxExpiry=PT8H", "'managedPolicies': ['ReadOnlyAccess']", end),
        refused("MaxExpiry=PT8H", "'expires': null, 'maxSessionDuration': 7200", end),
        accepted("MaxExpiry=PT8H", "'role': 'somebodys'"));
  }

  private static Arguments accepted(String limits, String iam) {
    return arguments(limits, iam, List.of());
  }

  private static Arguments refused(String limits, String iam, String... paths) {
    return arguments(limits, iam, List.of(paths));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("cases")
  void aLimitLetsThroughWhatItSays(String limits, String iam, List<String> paths) {
    assertThat(problems(limits(limits), iam))
        .extracting(Problem::path)
        .containsExactlyInAnyOrderElementsOf(paths);
    assertThat(problems(Map.of(), iam)).as("without limits").isEmpty();
  }

  @Test
  void allThatIsBeyondTheLimitsIsSaidAtOnce() {
    String iam =
        "'role': 'x', 'policies': ['sqs:ReadOnly'], 'statements': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}],"
            + "'managedPolicies': ['ReadOnlyAccess'], 'roleTags': {'team': 'a'}";

    assertThat(
            problems(
                limits(
                    "AllowedWords=none OwnStatements=reject AllowedManagedPolicies=none AllowedRoleNames=none AllowedRoleTagKeys=none "
                        + DATA),
                iam))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "$.iam.role",
            "$.iam.policies[0]",
            "$.iam.statements",
            "$.iam.managedPolicies[0]",
            "$.iam.roleTags.team");
  }

  @Test
  void aMessageNamesTheParameterAndWhatItLists() {
    assertThat(problems(limits("AllowedWords=s3:ReadOnly;logs:*"), "'policies': ['sqs:ReadOnly']"))
        .extracting(Problem::message)
        .containsExactly(
            "\"sqs:ReadOnly\" is not a word that this stack allows (AllowedWords): s3:ReadOnly, logs:*.");
    assertThat(problems(limits(DATA), "'policies': ['sqs:ReadOnly']"))
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .startsWith("Grants sqs:")
        .endsWith(
            " on every resource, but this stack allows only these (AllowedResources): arn:aws:s3:::data, arn:aws:s3:::data/*.");
  }

  /** The default role is the stack's own word. */
  @Test
  void aLaunchWithoutIamIsBeyondNoLimit() {
    String everything =
        "AllowedWords=none AllowedResources=none OwnStatements=reject AllowedManagedPolicies=none AllowedRoleNames=none AllowedRoleTagKeys=none MaxExpiry=PT15M";

    assertThat(
            reader
                .read(json("{'instance': {'ImageId': 'ami-1'}}"), "execution", limits(everything))
                .resolved())
        .isEqualTo(reader.read(json("{'instance': {'ImageId': 'ami-1'}}"), "execution").resolved());
  }

  private List<Problem> problems(Map<String, String> limits, String iam) {
    try {
      reader.read(
          json("{'instance': {'ImageId': 'ami-1'}, 'iam': {" + iam + "}}"), "execution", limits);
      return List.of();
    } catch (InvalidRequest refused) {
      return refused.problems();
    }
  }

  /** Reads {@code Name=entry;entry Name=entry}. */
  private static Map<String, String> limits(String written) {
    Map<String, String> limits = new TreeMap<>();
    for (String each : List.of(written.split(" "))) {
      int equals = each.indexOf('=');
      limits.put(each.substring(0, equals), each.substring(equals + 1).replace(';', ','));
    }
    return limits;
  }
}
