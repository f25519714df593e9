package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static spawn.policy.Payloads.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problem;
import spawn.payload.Quote;

/** Whatever is handed in, reading it ends in problems with paths and never in an exception. */
@Tag("slow")
class BrokenPayloadsTest {
  private static final int SEEDS = 10;
  private static final int PAYLOADS_A_SEED = 1_000;

  /** A sentence after the path: its first word is capitalised, quoted, or the name of a policy. */
  private static final Pattern SENTENCE =
      Pattern.compile("([A-Z]|\"|[a-z0-9]+:[A-Z]).*[.?]", Pattern.DOTALL);

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final JsonNode VALID =
      json(
          "{'policies': ['s3:ReadOnly', 'sqs:ReadWrite'], 'resources': ['s3://data/in/*',"
              + " 'arn:aws:sqs:us-east-1:123456789012:work'], 'managedPolicies':"
              + " ['ReadOnlyAccess'], 'assumeRoles': ['arn:aws:iam::444455556666:role/reader'],"
              + " 'trustServices': ['ec2'], 'maxSessionDuration': 7200, 'statements': [{'Sid':"
              + " 'A', 'Effect': 'Allow', 'Action': ['s3:GetObject'], 'Resource': ['*'],"
              + " 'Condition': {'StringLike': {'aws:PrincipalTag/a': ['b']}}}], 'policyDocument':"
              + " {'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'NotAction': 's3:*',"
              + " 'NotResource': 'arn:aws:s3:::data'}]}}");

  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed == null ? LongStream.range(0, SEEDS) : LongStream.of(seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aBrokenValueAnywhereIsAProblemWithItsPathAndASentence(long seed) {
    Random random = new Random(seed);
    for (int count = 0; count < PAYLOADS_A_SEED; count++) {
      ObjectNode payload = VALID.deepCopy();
      JsonNode broken = breakOne(payload, random);

      List<Problem> problems = Payloads.problems(payload, Payloads.STACK);

      assertThat(problems)
          .as("seed %d, put in: %s", seed, Quote.of(broken.toString()))
          .isNotEmpty()
          .allSatisfy(
              problem -> {
                assertThat(problem.path()).startsWith("$.iam");
                assertThat(problem.message()).matches(SENTENCE).hasSizeLessThan(1_500);
              });
    }
  }

  private record Place(JsonNode parent, Object key) {
    void put(JsonNode value) {
      if (parent instanceof ArrayNode list) {
        list.set((Integer) key, value);
      } else {
        ((ObjectNode) parent).set((String) key, value);
      }
    }
  }

  private static JsonNode breakOne(ObjectNode payload, Random random) {
    List<Place> places = new ArrayList<>();
    collect(payload, places);
    JsonNode broken = broken(random);
    places.get(random.nextInt(places.size())).put(broken);
    return broken;
  }

  /** Collects what cannot hold just any string or list: a Sid's neighbours, but not its values. */
  private static void collect(JsonNode parent, List<Place> places) {
    if (parent.isArray()) {
      for (int index = 0; index < parent.size(); index++) {
        places.add(new Place(parent, index));
        collect(parent.get(index), places);
      }
    } else {
      for (Map.Entry<String, JsonNode> member : parent.properties()) {
        places.add(new Place(parent, member.getKey()));
        collect(member.getValue(), places);
      }
    }
  }

  private static JsonNode broken(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> JSON.objectNode().put("x", 1);
      case 1 -> JSON.objectNode().set("a", JSON.arrayNode().add(JSON.objectNode()));
      case 2 -> JSON.textNode("\u4e2d\u6587 \ud83d\ude80");
      case 3 -> JSON.textNode("a\u0000b\u0007");
      case 4 -> JSON.textNode("\u2028".repeat(1 + random.nextInt(1_000)));
      case 5 -> deep(200);
      case 6 -> JSON.arrayNode().add(JSON.nullNode()).add(JSON.objectNode());
      case 7 ->
          JSON.arrayNode().add(JSON.arrayNode().add(JSON.numberNode(BigInteger.TWO.pow(500))));
      default -> JSON.textNode("\u0100${${${*?".repeat(1 + random.nextInt(200)));
    };
  }

  private static JsonNode deep(int depth) {
    JsonNode deep = JSON.objectNode();
    for (int level = 0; level < depth; level++) {
      deep = level % 2 == 0 ? JSON.arrayNode().add(deep) : JSON.objectNode().set("Action", deep);
    }
    return deep;
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aQuarterOfAMegabyteInAnyFieldIsRefusedOrRead(String field) {
    String long256 = "a".repeat(262_000);
    List<JsonNode> values =
        List.of(
            JSON.textNode(long256),
            JSON.arrayNode().add(long256),
            JSON.arrayNode().add("s3://" + long256),
            JSON.arrayNode().add("arn:aws:iam::123456789012:role/" + long256),
            JSON.arrayNode().add("${".repeat(131_000)),
            many("s3:ReadOnl", 20_000),
            many("AmazonS3ReadOnlyAcces", 10_000),
            JSON.arrayNode()
                .add(
                    JSON.objectNode()
                        .put("Effect", "Allow")
                        .put("Action", "s3:*")
                        .put("Resource", "arn:aws:s3:::" + "*?".repeat(120_000))));
    for (JsonNode value : values) {
      assertThat(Payloads.problems(JSON.objectNode().set(field, value), Payloads.STACK))
          .isNotEmpty();
    }
  }

  static List<String> fields() {
    return PermissionFields.ALL.names().stream().sorted().toList();
  }

  private static ArrayNode many(String text, int count) {
    ArrayNode list = JSON.arrayNode();
    for (int index = 0; index < count; index++) {
      list.add(text);
    }
    return list;
  }

  @Test
  void aPolicyOfHostileWildcardsIsDecidedSoon() {
    ArrayNode actions = JSON.arrayNode();
    for (int index = 0; index < 400; index++) {
      actions.add("s3:*a*b*c*" + index + "*");
    }
    ObjectNode statement = JSON.objectNode().put("Effect", "Allow").put("Resource", "*");
    statement.set("Action", actions);
    assertThatCode(
            () ->
                Payloads.problems(
                    JSON.objectNode().set("statements", JSON.arrayNode().add(statement)),
                    Payloads.STACK))
        .doesNotThrowAnyException();
  }

  @Test
  void anIamFieldThatIsNoObjectIsLeftToTheCaller() {
    for (String iam : List.of("[]", "5", "'x'", "null", "true")) {
      assertThatCode(() -> Payloads.problems(iam)).doesNotThrowAnyException();
    }
  }
}
