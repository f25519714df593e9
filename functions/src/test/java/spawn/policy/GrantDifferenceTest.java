package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a difference says is so, and where it says nothing there is nothing. */
class GrantDifferenceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DOCUMENTS = 2_000;

  private static final List<String> ACTIONS =
      List.of(
          "s3:GetObject",
          "s3:PutObject",
          "s3:Get*",
          "s3:*",
          "S3:getobject",
          "sqs:Send*",
          "*",
          "s3:?etObject");
  private static final List<String> RESOURCES =
      List.of(
          "*",
          "arn:aws:s3:::a",
          "arn:aws:s3:::a/*",
          "arn:aws:s3:::a/x",
          "arn:aws:s3:::a/${aws:userid}",
          "arn:aws:s3:::a/?*",
          "arn:aws:s3:::*",
          "arn:aws:sqs:*:123456789012:*");
  private static final List<String> REQUESTED_ACTIONS =
      List.of(
          "s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "sqs:SendMessage", "ec2:RunInstances");
  private static final List<String> REQUESTED_RESOURCES =
      List.of(
          "arn:aws:s3:::a",
          "arn:aws:s3:::a/x",
          "arn:aws:s3:::a/y",
          "arn:aws:s3:::b",
          "arn:aws:sqs:us-east-1:123456789012:q",
          "arn:aws:sqs:us-east-1:210987654321:q");
  private static final List<String> CONDITIONS =
      List.of(
          "{'StringEquals': {'aws:PrincipalTag/team': 'red'}}",
          "{'StringEquals': {'aws:PrincipalTag/Team': ['red', 'blue']}}",
          "{'StringNotEquals': {'aws:PrincipalTag/team': 'red'}}",
          "{'StringNotEquals': {'aws:PrincipalTag/team': ['red', 'blue']}}",
          "{'StringEquals': {'aws:PrincipalTag/team': 'red'}, 'Bool': {'aws:SecureTransport': 'true'}}");
  private static final List<Map<String, String>> CONTEXTS =
      List.of(
          Map.of("aws:userid", "x"),
          Map.of("aws:userid", "y", "aws:PrincipalTag/team", "red"),
          Map.of("aws:userid", "z", "aws:PrincipalTag/team", "blue"),
          Map.of("aws:userid", "z", "aws:PrincipalTag/team", "red", "aws:SecureTransport", "true"));

  @ParameterizedTest
  @CsvSource({"20000000, 1200", "300, 400"})
  void whateverRequestIsMoreOrLessIsInItAndNoOther(long maxSteps, int pairs) {
    for (int seed = 0; seed < pairs; seed++) {
      Random random = new Random(seed);
      List<JsonNode> before = documents(random);
      List<JsonNode> after = random.nextInt(4) == 0 ? changed(before, random) : documents(random);
      GrantDifference difference = GrantDifference.between(before, after, maxSteps);
      PolicyEvaluator old = new PolicyEvaluator(all(before));
      PolicyEvaluator now = new PolicyEvaluator(all(after));
      List<Changed> more = difference.more().stream().map(Changed::of).toList();
      List<Changed> less = difference.less().stream().map(Changed::of).toList();
      for (Request request : REQUESTS) {
        boolean was = request.isAllowedBy(old);
        boolean is = request.isAllowedBy(now);
        if (more.stream().anyMatch(change -> change.holds(request)) != (is && !was)
            || less.stream().anyMatch(change -> change.holds(request)) != (was && !is)) {
          fail("%d: %s, %s -> %s: %s", seed, request, before, after, difference);
        }
      }
    }
  }

  @Test
  void whatMeansTheSameIsNoDifference() {
    for (int seed = 0; seed < DOCUMENTS; seed++) {
      List<JsonNode> documents = documents(new Random(seed));
      GrantDifference difference =
          GrantDifference.between(documents, List.of(PolicyDocument.of(all(documents)).toJson()));
      if (!difference.isNone()) {
        fail("%d: %s: %s", seed, documents, difference);
      }
    }
  }

  private static final List<Request> REQUESTS =
      CONTEXTS.stream()
          .flatMap(
              context ->
                  REQUESTED_ACTIONS.stream()
                      .flatMap(
                          action ->
                              REQUESTED_RESOURCES.stream()
                                  .map(resource -> new Request(action, resource, context))))
          .toList();

  private record Request(String action, String resource, Map<String, String> context) {
    boolean isAllowedBy(PolicyEvaluator policy) {
      return policy.allows(action, resource, context);
    }
  }

  /** A change as whoever reads it takes it. */
  private record Changed(
      PolicyEvaluator grant, List<PolicyEvaluator> denied, List<PolicyEvaluator> except) {
    static Changed of(GrantChange change) {
      JsonNode json = change.toJson(Integer.MAX_VALUE);
      return new Changed(
          allow(json),
          json.has("deniedOtherwise") ? List.of(allow(json.get("deniedOtherwise"))) : List.of(),
          json.path("except").valueStream().map(Changed::allow).toList());
    }

    private static PolicyEvaluator allow(JsonNode elements) {
      ObjectNode statement = ((ObjectNode) elements.deepCopy()).put("Effect", "Allow");
      ObjectNode document = JSON.createObjectNode().put("Version", "2012-10-17");
      document.putArray("Statement").add(statement);
      return new PolicyEvaluator(document);
    }

    boolean holds(Request request) {
      return Stream.concat(Stream.of(grant), denied.stream()).allMatch(request::isAllowedBy)
          && except.stream().noneMatch(request::isAllowedBy);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          s3:Get* on * | s3:GetObject on arn:aws:s3:::a/* | [] | [{'Action':['s3:Get*'],'Resource':['*'],'except':[{'Action':['s3:GetObject'],'Resource':['arn:aws:s3:::a/*']}]}]
          s3:GetObject on * | s3:GetObject,s3:PutObject on * | [{'Action':['s3:PutObject'],'Resource':['*']}] | []
          s3:Get?bject on * | s3:GetObject on * | [] | [{'Action':['s3:Get?bject'],'Resource':['*'],'except':[{'Action':['s3:GetObject'],'Resource':['*']}]}]
          s3:GetObject on arn:aws:s3:::a/* | s3:getobject on arn:aws:s3:::a/${aws:userid}/* | [] | [{'Action':['s3:GetObject'],'Resource':['arn:aws:s3:::a/*'],'except':[{'Action':['s3:getobject'],'Resource':['arn:aws:s3:::a/${aws:userid}/*']}]}]
          s3:GetObject on arn:aws:s3:::a/${aws:userid}/* | s3:GetObject on arn:aws:s3:::a/* | [{'Action':['s3:GetObject'],'Resource':['arn:aws:s3:::a/*'],'except':[{'Action':['s3:GetObject'],'Resource':['arn:aws:s3:::a/${aws:userid}/*']}]}] | []
          sqs:* on arn:aws:sqs:*:*:q | sqs:* on arn:aws:sqs:us-east-1:1:q | [] | [{'Action':['sqs:*'],'Resource':['arn:aws:sqs:*:*:q'],'except':[{'Action':['sqs:*'],'Resource':['arn:aws:sqs:us-east-1:1:q']}]}]
          """)
  void aDifferenceIsSaidAsPeopleWriteStatements(
      String before, String after, String more, String less) throws JsonProcessingException {
    GrantDifference difference =
        GrantDifference.between(List.of(document(before)), List.of(document(after)));
    assertThat(JSON.readTree(difference.more().toString())).isEqualTo(json(more));
    assertThat(JSON.readTree(difference.less().toString())).isEqualTo(json(less));
  }

  @Test
  void statementsThatOnlyTogetherCoverAnotherLeaveNothingOver() {
    JsonNode everything = document("* on *");
    JsonNode inTwo =
        json(
            "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'NotAction': ['iam:*', 'sts:*'], 'Resource': '*'}, {'Effect': 'Allow', 'Action': 'iam:*', 'Resource': '*'}, {'Effect': 'Allow', 'Action': 'sts:*', 'NotResource': 'arn:aws:iam::1:role/a'}, {'Effect': 'Allow', 'Action': 'sts:*', 'Resource': 'arn:aws:iam::1:role/?'}]}");
    assertThat(GrantDifference.between(List.of(everything), List.of(inTwo)).isNone()).isTrue();
    assertThat(GrantDifference.between(List.of(inTwo), List.of(everything)).isNone()).isTrue();
  }

  @Test
  void aDenialThatLeavesJustWhatWasAllowedIsNoDifference() {
    JsonNode narrow = document("s3:* on arn:aws:s3:::a/*");
    JsonNode denied =
        json(
            "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}, {'Effect': 'Deny', 'Action': '*', 'NotResource': 'arn:aws:s3:::a/*'}]}");
    assertThat(GrantDifference.between(List.of(narrow), List.of(denied)).isNone()).isTrue();
  }

  @Test
  void aDenialThatIsGoneIsMore() {
    JsonNode denied =
        json(
            "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}, {'Effect': 'Deny', 'Action': 's3:Delete*', 'Resource': 'arn:aws:s3:::a/*'}]}");
    GrantDifference difference =
        GrantDifference.between(List.of(denied), List.of(document("s3:* on *")));
    assertThat(difference.less()).isEmpty();
    assertThat(difference.more())
        .hasToString(
            "[{\"Action\":[\"s3:*\"],\"Resource\":[\"*\"],\"deniedOtherwise\":{\"Action\":[\"s3:Delete*\"],\"Resource\":[\"arn:aws:s3:::a/*\"]}}]");
  }

  @Test
  void aLongListIsCutAndCounted() {
    GrantDifference difference =
        GrantDifference.between(
            List.of(), List.of(document("s3:GetObject,s3:PutObject,s3:ListBucket on *")));
    assertThat(difference.more().get(0).toJson(2))
        .hasToString(
            "{\"Action\":[\"s3:GetObject\",\"s3:ListBucket\",\"and 1 more\"],\"Resource\":[\"*\"]}");
  }

  /** The largest policies that a role may have, with what takes the longest to compare. */
  @Test
  void theWorkIsBounded() {
    ArrayNode wild = JSON.createArrayNode();
    for (int policy = 0; policy < 10; policy++) {
      for (int at = 0; at < 100; at++) {
        wild.add("s3:*a*b*c*d" + policy + "*" + at + "*e*f");
      }
    }
    JsonNode one = of(wild, "arn:aws:s3:::*a*b*c*d*e");
    JsonNode other = of(wild.deepCopy().add("s3:x"), "arn:aws:s3:::*b*c*d*e*");
    long begin = System.nanoTime();
    GrantDifference difference = GrantDifference.between(List.of(one), List.of(other));
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
    assertThat(difference.isNone()).isFalse();
  }

  private static JsonNode of(ArrayNode actions, String resource) {
    ObjectNode document = JSON.createObjectNode().put("Version", "2012-10-17");
    document
        .putArray("Statement")
        .addObject()
        .put("Effect", "Allow")
        .put("Resource", resource)
        .set("Action", actions);
    return document;
  }

  private static JsonNode document(String actionsOnResource) {
    String[] parts = actionsOnResource.split(" on ", -1);
    return of(list(parts[0].split(",", -1)), parts[1]);
  }

  private static ArrayNode list(String[] actions) {
    ArrayNode list = JSON.createArrayNode();
    for (String action : actions) {
      list.add(action);
    }
    return list;
  }

  private static JsonNode all(List<JsonNode> documents) {
    ObjectNode all = JSON.createObjectNode().put("Version", "2012-10-17");
    ArrayNode statements = all.putArray("Statement");
    documents.forEach(document -> statements.addAll((ArrayNode) document.get("Statement")));
    return all;
  }

  private static List<JsonNode> documents(Random random) {
    List<JsonNode> documents = new ArrayList<>();
    for (int count = random.nextInt(3); count > 0; count--) {
      ObjectNode document = JSON.createObjectNode().put("Version", "2012-10-17");
      ArrayNode statements = document.putArray("Statement");
      for (int many = random.nextInt(3); many >= 0; many--) {
        statements.add(statement(random));
      }
      documents.add(document);
    }
    return documents;
  }

  /** Returns the documents with one more statement, or without one. */
  private static List<JsonNode> changed(List<JsonNode> documents, Random random) {
    ObjectNode all = (ObjectNode) all(documents).deepCopy();
    ArrayNode statements = (ArrayNode) all.get("Statement");
    if (statements.isEmpty() || random.nextBoolean()) {
      statements.add(statement(random));
    } else {
      statements.remove(random.nextInt(statements.size()));
    }
    return List.of(all);
  }

  private static ObjectNode statement(Random random) {
    ObjectNode statement =
        JSON.createObjectNode().put("Effect", random.nextInt(3) == 0 ? "Deny" : "Allow");
    statement.set(random.nextInt(5) == 0 ? "NotAction" : "Action", some(ACTIONS, random));
    statement.set(random.nextInt(5) == 0 ? "NotResource" : "Resource", some(RESOURCES, random));
    if (random.nextInt(3) == 0) {
      statement.set("Condition", json(CONDITIONS.get(random.nextInt(CONDITIONS.size()))));
    }
    return statement;
  }

  private static ArrayNode some(List<String> values, Random random) {
    ArrayNode some = JSON.createArrayNode();
    for (int taken = random.nextInt(2); taken >= 0; taken--) {
      some.add(values.get(random.nextInt(values.size())));
    }
    return some;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }
}
