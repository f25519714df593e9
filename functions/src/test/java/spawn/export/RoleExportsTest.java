package spawn.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.error.AwsUnavailable;
import spawn.error.InvalidRequest;
import spawn.launch.PayloadReader;
import spawn.policy.StackContext;
import spawn.revocation.RevocationRequest;
import spawn.revocation.Revocations;
import spawn.role.LeaseTerms;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;
import spawn.role.Roles;
import spawn.roleset.RoleOfSet;
import spawn.roleset.RoleSetReader;

/** Roles written down, and what a payload makes of that. */
class RoleExportsTest {
  private static final String MANAGED = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
  private static final String OURS = "arn:aws:iam::123456789012:policy/team/ours";

  private static final PayloadReader READER =
      new PayloadReader(CONTEXT, SimulatedAws.create().clock());

  private final SimulatedAws aws = SimulatedAws.create();
  private final Roles roles =
      new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD);

  private final RoleExports exports = new RoleExports(aws.iamOnEveryPath(), CONTEXT, aws.clock());

  private ObjectNode answer(String call) {
    return exports.answer(ExportRequest.of(json(call)));
  }

  private ObjectNode export(String role) {
    return answer("{'export': '%s'}".formatted(role));
  }

  private static RoleRequest read(JsonNode iam, StackContext context) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.set("iam", iam);
    if (!iam.has("role")
        && !iam.at("/import/role").isTextual()
        && !iam.at("/import/iam").has("role")) {
      payload.putObject("instance").put("ImageId", "ami-1");
    }
    PayloadReader reader = context.equals(CONTEXT) ? READER : new PayloadReader(context);
    return reader.read(payload, "execution").role().orElseThrow();
  }

  private static RoleRequest imported(JsonNode document) {
    ObjectNode iam = new ObjectMapper().createObjectNode();
    iam.set("import", document);
    return read(iam, CONTEXT);
  }

  private static StackContext anotherStack() {
    return new StackContext(
        "aws",
        "210987654321",
        "eu-west-1",
        "/teams/",
        "theirs",
        "theirs",
        "arn:aws:iam::210987654321:policy/boundary",
        "arn:aws:iam::210987654321:policy/service-boundary",
        List.of(),
        StackContext.BroadAccess.WARN);
  }

  // Round trips

  private int exported;

  private String assertComesBack(RoleRequest made) {
    String name = roles.ensure(made).role().name();
    ObjectNode document = export(name);
    // One by one, the whole answer or only its iam
    for (JsonNode written : List.of(++exported % 2 == 0 ? document : document.get("iam"))) {
      RoleRequest again = imported(written);
      assertThat(again.hash()).as(name).isEqualTo(made.hash());
      if (!name.startsWith("spored")) { // the default role is made by a payload without iam
        assertThat(again.names()).isEqualTo(made.names());
      }
      assertThat(again.creator()).isEqualTo(made.creator());
    }
    assertThat(document.path("hash").asText()).isEqualTo(made.hash().hex());
    assertThat(document.path("leftOut")).as(name).isEmpty();
    return name;
  }

  private static Stream<RoleRequest> requests(JsonNode payload) {
    try {
      return payload.has("namePrefix")
          ? new RoleSetReader(CONTEXT)
              .read(payload, "execution").roles().stream().map(RoleOfSet::role)
          : new PayloadReader(CONTEXT).read(payload, "execution").role().stream();
    } catch (InvalidRequest notOfALaunch) {
      return Stream.empty();
    }
  }

  @Test
  void everyRoleOfTheExamplesComesBackWithItsHash() throws IOException {
    List<RoleRequest> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("events"))) {
      for (Path event : files.sorted().toList()) {
        requests(new ObjectMapper().readTree(event.toFile()))
            .filter(request -> request.described() || request.names().size() > 1)
            .forEach(all::add);
      }
    }

    all.forEach(each -> new RoleExportsTest().assertComesBack(each));
    assertThat(all).hasSizeGreaterThan(12);
  }

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static JsonNode generated(Random random, int number) {
    ObjectNode iam = JsonNodeFactory.instance.objectNode();
    if (random.nextBoolean()) {
      iam.put("role", "role-" + number);
    }
    ArrayNode words = iam.putArray("policies");
    for (String service : List.of("s3", "sqs", "dynamodb", "logs", "kinesis", "codecommit")) {
      if (random.nextInt(3) == 0) {
        words.add(service + ":" + any(random, List.of("ReadOnly", "WriteOnly", "ReadWrite")));
      }
    }
    if (words.toString().contains("s3") && random.nextBoolean()) {
      iam.putArray("resources").add("s3://data-" + number + any(random, List.of("", "/*", "/a/*")));
    }
    if (random.nextInt(3) == 0) {
      iam.set(
          "statements",
          json(
              "[{'Effect': '%s', '%s': ['s3:Get*', 'sns:Publish'], 'Resource': 'arn:aws:sns:us-east-1:123456789012:t%d'%s}]"
                  .formatted(
                      any(random, List.of("Allow", "Deny")),
                      any(random, List.of("Action", "NotAction")),
                      number,
                      any(
                          random,
                          List.of(
                              "", ", 'Condition': {'Bool': {'aws:SecureTransport': 'true'}}")))));
    }
    if (random.nextInt(3) == 0) {
      iam.putArray("managedPolicies").add(any(random, List.of(MANAGED, OURS)));
    }
    if (random.nextInt(3) == 0) {
      iam.putObject("roleTags").put("team", "t" + random.nextInt(9)).put("größe", "ß " + number);
    }
    if (random.nextInt(3) == 0) {
      iam.put("maxSessionDuration", 3600 + random.nextInt(9_999));
    }
    if (random.nextInt(5) == 0) {
      iam.set("trustServices", json("['ec2', 'ecs-tasks']"));
    }
    return iam;
  }

  @Test
  void fiveHundredGeneratedRolesComeBackWithTheirHashes() {
    aws.rolesQuota(1_000);
    int inWords = 0;
    for (int number = 0; number < 500; number++) {
      RoleRequest made = read(generated(new Random(number), number), CONTEXT);
      String name = assertComesBack(made);
      inWords += number % 10 == 0 && export(name).path("iam").has("policies") ? 1 : 0;
    }
    assertThat(inWords).isGreaterThan(25);
  }

  @Test
  void anotherStackMakesTheSameBehindItsOwnBoundary() {
    RoleRequest made =
        read(
            json(
                "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'resources': ['s3://data'], 'roleTags': {'team': 'a'}}"),
            CONTEXT);
    roles.ensure(made);
    ObjectNode iam = new ObjectMapper().createObjectNode();
    iam.set("import", export("reports"));

    RoleRequest theirs = read(iam, anotherStack());

    assertThat(theirs.permissions().inlinePolicy()).isEqualTo(made.permissions().inlinePolicy());
    assertThat(theirs.permissions().permissionsBoundary())
        .isEqualTo("arn:aws:iam::210987654321:policy/boundary");
    assertThat(theirs.tags()).isEqualTo(made.tags());
  }

  // What cannot be carried over

  private List<String> said(String member) {
    List<String> said = new ArrayList<>();
    export("theirs").path(member).forEach(each -> said.add(each.asText()));
    return said;
  }

  @Test
  void whatNoPayloadCanSayOfAForeignRoleIsListed() {
    aws.givenRole(
        "theirs",
        role ->
            role.path("/apps/")
                .trustPolicy(
                    """
                    {"Version":"2012-10-17","Statement":[
                     {"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole",
                      "Condition":{"StringEquals":{"sts:ExternalId":"x"}}},
                     {"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]},
                     {"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}""")
                .boundary("arn:aws:iam::123456789012:policy/elsewhere")
                .tag("spawn:set", "nightly")
                .tag("team", "genomics")
                .inlinePolicy("one", GivenRole.POLICY)
                .inlinePolicy(
                    "two",
                    "{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::home/${aws:username}/*\"}}")
                .attachedPolicy(OURS)
                .inProfile("first"));
    aws.personsIam().createInstanceProfile(create -> create.instanceProfileName("second"));
    aws.personsIam()
        .addRoleToInstanceProfile(add -> add.instanceProfileName("second").roleName("theirs"));
    aws.settle();

    assertThat(said("leftOut"))
        .containsExactlyInAnyOrder(
            "The names of its inline policies one, two: they are joined into one.",
            "It trusts AWS \"arn:aws:iam::111122223333:root\".",
            "It trusts ec2.amazonaws.com only under a condition, {\"StringEquals\":{\"sts:ExternalId\":\"x\"}}. The role that is made trusts it always.",
            "Its trust policy allows sts:TagSession to ecs-tasks.amazonaws.com.",
            "Its trust policy denies: {\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\"}.",
            "Its permissions boundary arn:aws:iam::123456789012:policy/elsewhere, which this stack does not allow: the role that is made has that of its stack.",
            "All but one of its instance profiles first, second: a role that is made has one.",
            "That it belongs to the role set nightly.");
    assertThat(said("bound"))
        .contains("These policies are of one account: " + OURS + ".")
        .anyMatch(each -> each.contains("arn:aws:iam::123456789012:role/apps/theirs"));
    JsonNode iam = export("theirs").path("iam");
    assertThat(iam.path("trustServices")).isEqualTo(json("['ec2', 'ecs-tasks']"));
    assertThat(iam.path("roleTags")).isEqualTo(json("{'team': 'genomics'}"));
    assertThat(iam.toString()).contains("${$}{aws:username}");
    assertThat(imported(export("theirs")).permissions().managedPolicyArns()).containsExactly(OURS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'AWS':'arn:aws:iam::111122223333:root'}|It trusts no service of AWS; the role that is made trusts EC2.",
        "{'Federated':'cognito-identity.amazonaws.com'}|It trusts Federated \"cognito-identity.amazonaws.com\".",
        "'*'|It trusts \"*\"."
      })
  void aRoleThatTrustsNoServiceIsWrittenDownWithoutItsTrust(String principal, String said) {
    aws.givenRole(
        "theirs",
        role ->
            role.trustPolicy(
                "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':%s,'Action':'sts:AssumeRole'}}"
                    .formatted(principal)
                    .replace('\'', '"')));

    assertThat(said("leftOut"))
        .contains(
            said,
            "That it has no permissions boundary: the role that is made has that of its stack.");
    assertThat(export("theirs").path("iam").has("trustServices")).isFalse();
  }

  @Test
  void anExpiryAndARevocationAreCarriedOver() {
    RoleRequest made =
        read(
            json(
                "{'role': 'theirs', 'policies': ['s3:ReadOnly'], 'expires': '2026-12-31T18:00:00Z'}"),
            CONTEXT);
    roles.ensure(made);

    assertThat(export("theirs").at("/iam/expires").asText()).isEqualTo("2026-12-31T18:00:00Z");
    assertThat(export("theirs").at("/iam/policies")).isEqualTo(json("['s3:ReadOnly']"));
    assertThat(imported(export("theirs")).hash()).isEqualTo(made.hash());
    new Revocations(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
        .answer(RevocationRequest.read(json("{'role': 'theirs', 'reason': 'leaked'}")));
    aws.settle();
    assertThat(said("leftOut"))
        .anyMatch(each -> each.startsWith("That an operator has revoked it"));
    assertThat(imported(export("theirs")).permissions().inlinePolicy().toString())
        .contains("\"Deny\",\"Action\":\"*\"");
  }

  @Test
  void moreTagsThanAPayloadMayGiveAreNamed() {
    aws.givenRole(
        "theirs",
        role -> {
          for (int i = 0; i < 45; i++) {
            role.tag("key-%02d".formatted(i), "v");
          }
        });

    assertThat(said("leftOut")).anyMatch(each -> each.contains("key-44: IAM takes 50 tags"));
    assertThat(imported(export("theirs")).tags()).hasSizeBetween(35, 44);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'export': 'absent'}|$.export: There is no role \"absent\" in this account.",
        "{'shrink': 'absent'}|$.shrink: There is no role \"absent\"",
        "{}|Must say either",
        "{'export': 'a', 'shrink': 'a'}|Must say either",
        "{'export': 'a b'}|$.export: ",
        "{'export': 'a', 'minAge': 'P1D'}|$.export: Writes a role down as it is now",
        "{'shrink': 'a', 'minAge': '1 day'}|$.minAge: ",
        "{'shrink': 'a', 'jobId': 'x'}|$.jobId: ",
        "{'exprot': 'a'}|$.exprot: Unknown field."
      })
  void whatIsWrongWithACallIsSaid(String call, String message) {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer(call))
        .withMessageContaining(message);
  }

  @Test
  void aServiceLinkedRoleIsNotWrittenDown() {
    aws.givenRole("AWSServiceRoleForX", role -> role.path("/aws-service-role/x.amazonaws.com/"));

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> export("AWSServiceRoleForX"))
        .withMessageContaining("service-linked role");
  }

  // Shrinking

  private void used(String action) {
    aws.used("reports", action, aws.clock().instant().minus(Duration.ofDays(2)));
  }

  private void given(String... documents) {
    aws.givenRole(
        "reports",
        role -> {
          role.path("/spawn/spawn/us-east-1/")
              .boundary(CONTEXT.defaultBoundary())
              .age(Duration.ofDays(30));
          for (int i = 0; i < documents.length; i++) {
            role.inlinePolicy("p" + i, documents[i].replace('\'', '"'));
          }
        });
  }

  private static String policy(String actions) {
    return "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':[%s],'Resource':'*'}]}"
        .formatted(actions);
  }

  private ObjectNode shrunk() {
    return answer("{'shrink': 'reports'}");
  }

  @Test
  void whatWasNotUsedIsLeftOutOfTheSmallerPayload() {
    given(
        policy(
            "'s3:GetObject','s3:CreateBucket','s3:ListAllMyBuckets','sqs:SendMessage','sns:Publish','xray:PutTraceSegments'"));
    used("s3:ListAllMyBuckets");
    used("sns:Publish");
    used("xray:PutTraceSegments");

    ObjectNode answer = shrunk();

    assertThat(answer.path("outcome").asText()).isEqualTo("SMALLER");
    assertThat(answer.path("removed"))
        .isEqualTo(json("{'s3': ['CreateBucket'], 'sqs': ['SendMessage']}"));
    assertThat(answer.path("used").properties())
        .extracting(each -> each.getKey())
        .containsExactly("s3", "sns", "xray");
    assertThat(answer.path("notes").toString()).contains("last four hours", "counts as use");
    String left = imported(answer).permissions().inlinePolicy().toString();
    assertThat(left)
        .contains("s3:GetObject", "s3:ListAllMyBuckets", "sns:Publish")
        .doesNotContain("sqs", "CreateBucket");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aManagedPolicyThatWasUsedInPartBecomesStatementsWithItsDenials() {
    aws.policyDocument(
        OURS,
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"sqs:SendMessage\"],\"Resource\":\"*\"},"
            + "{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::secret/*\"}]}");
    aws.policyDocument(MANAGED, policy("'sns:Publish'").replace('\'', '"'));
    given(policy("'s3:PutObject'"));
    aws.personsIam().attachRolePolicy(a -> a.roleName("reports").policyArn(OURS));
    aws.personsIam().attachRolePolicy(a -> a.roleName("reports").policyArn(MANAGED));
    aws.settle();
    used("s3:GetObject");
    used("sns:Publish");

    RoleRequest left = imported(shrunk());

    assertThat(left.permissions().managedPolicyArns()).containsExactly(MANAGED);
    assertThat(left.permissions().inlinePolicy().toString())
        .contains("s3:GetObject", "s3:PutObject", "\"Deny\"", "arn:aws:s3:::secret/*")
        .doesNotContain("sqs");
  }

  @Test
  void aManagedPolicyThatIamDoesNotShowStaysAttached() {
    given(policy("'s3:PutObject','sns:Publish'"));
    aws.personsIam().attachRolePolicy(a -> a.roleName("reports").policyArn(OURS));
    aws.settle();
    aws.policyDocument(OURS, "not JSON");
    used("s3:PutObject");
    aws.policyDocument(OURS, policy("'s3:GetObject'").replace('\'', '"'));

    assertThat(shrunk().at("/iam/managedPolicies")).isEqualTo(json("['" + OURS + "']"));
  }

  @Test
  void whenAllWasUsedThatIsSaid() {
    given(policy("'s3:GetObject'"));
    used("s3:GetObject");

    ObjectNode answer = shrunk();

    assertThat(answer.path("outcome").asText()).isEqualTo("NOTHING_UNUSED");
    assertThat(answer.path("removed")).isEmpty();
    assertThat(imported(answer).permissions().inlinePolicy().toString()).contains("s3:GetObject");
  }

  @Test
  void aYoungRoleAndOneThatWasNeverUsedAreNotShrunk() {
    given(policy("'s3:GetObject'"));

    assertThat(shrunk().path("outcome").asText()).isEqualTo("NEVER_USED");
    assertThat(shrunk().has("iam")).isFalse();
    ObjectNode young = answer("{'shrink': 'reports', 'minAge': 'P31D'}");
    assertThat(young.path("outcome").asText()).isEqualTo("TOO_YOUNG");
    assertThat(young.path("notes").get(0).asText()).contains("Ask again from 2026-01-02T00:00:00Z");
  }

  @Test
  void useOfTheLastHoursDoesNotShowYet() {
    given(policy("'s3:GetObject','sns:Publish'"));
    aws.used("reports", "s3:GetObject", aws.clock().instant().minus(Duration.ofHours(3)));

    assertThat(shrunk().path("outcome").asText()).isEqualTo("NEVER_USED");
    aws.advance(Duration.ofHours(2));
    assertThat(shrunk().at("/iam/policyDocument/Statement/0/Action").asText())
        .isEqualTo("s3:GetObject");
  }

  @Test
  void aReportThatIsNotReadyIsAskedForAgain() {
    given(policy("'s3:GetObject','sns:Publish'"));
    used("s3:GetObject");
    aws.reportsAreReadyAfter(12);

    ObjectNode first = shrunk();
    assertThat(first.path("outcome").asText()).isEqualTo("NOT_READY");
    assertThat(aws.calls("GetServiceLastAccessedDetails")).hasSize(10);

    ObjectNode second =
        answer("{'shrink': 'reports', 'jobId': '%s'}".formatted(first.path("jobId").asText()));
    assertThat(second.path("outcome").asText()).isEqualTo("SMALLER");
    assertThat(aws.calls("GenerateServiceLastAccessedDetails")).hasSize(1);
  }

  @Test
  void aReportThatFailsOrIsUnknownIsAnError() {
    given(policy("'s3:GetObject'"));
    aws.reportsFail();

    assertThatExceptionOfType(AwsUnavailable.class)
        .isThrownBy(this::shrunk)
        .withMessageContaining("no report");
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer("{'shrink': 'reports', 'jobId': '" + "0".repeat(36) + "'}"))
        .withMessageContaining("$.jobId");
  }

  @Test
  void whatAManagedPolicyLeavesThatDoesNotFitKeepsItAttached() {
    StringBuilder resources = new StringBuilder();
    for (int i = 0; i < 220; i++) {
      resources.append("\"arn:aws:s3:::bucket-with-a-long-name-").append(i).append("/*\",");
    }
    String large =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"sns:Publish\"],\"Resource\":["
            + resources.substring(0, resources.length() - 1)
            + "]}]}";
    aws.policyDocument(OURS, large);
    aws.policyDocument(MANAGED, large.replace("bucket", "another"));
    given(policy("'s3:PutObject','sqs:SendMessage'"));
    aws.personsIam().attachRolePolicy(a -> a.roleName("reports").policyArn(OURS));
    aws.personsIam().attachRolePolicy(a -> a.roleName("reports").policyArn(MANAGED));
    aws.settle();
    used("s3:GetObject");

    ObjectNode answer = shrunk();

    assertThat(answer.at("/iam/managedPolicies")).hasSize(2);
    assertThat(answer.path("notes").toString()).contains("larger than the inline policy");
    assertThat(answer.at("/iam/policyDocument/Statement/0/Action").asText())
        .isEqualTo("s3:PutObject");
  }

  @Test
  void everythingIsReadInFewCalls() {
    given(policy("'s3:GetObject'"));
    aws.forgetCalls();

    export("reports");

    assertThat(aws.operations())
        .containsExactly(
            "GetRole",
            "ListRolePolicies",
            "GetRolePolicy",
            "ListAttachedRolePolicies",
            "ListInstanceProfilesForRole");
    assertThat(Instant.parse(export("reports").at("/role/created").asText()))
        .isBefore(aws.clock().instant());
  }
}
