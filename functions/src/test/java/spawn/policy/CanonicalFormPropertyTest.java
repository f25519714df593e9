package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Equal meaning, equal hash; another meaning, another hash; and never wider than was asked. */
@Tag("slow")
class CanonicalFormPropertyTest {
  private static final int SEEDS = 20;
  private static final int PAYLOADS_A_SEED = 1_000;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final List<String> ACTIONS =
      List.of(
          "s3:GetObject",
          "s3:PutObject",
          "s3:Get*",
          "s3:*",
          "sqs:SendMessage",
          "sqs:Send*",
          "*",
          "dynamodb:Query",
          "s3:?etObject");
  private static final List<String> RESOURCES =
      List.of(
          "*",
          "arn:aws:s3:::a",
          "arn:aws:s3:::a/*",
          "arn:aws:s3:::a/x",
          "arn:aws:s3:::*",
          "arn:aws:sqs:us-east-1:123456789012:q",
          "arn:aws:sqs:*:123456789012:*");
  private static final List<String> REQUESTED_ACTIONS =
      List.of(
          "s3:GetObject",
          "s3:PutObject",
          "s3:GetBucketAcl",
          "sqs:SendMessage",
          "sqs:PurgeQueue",
          "dynamodb:Query",
          "ec2:RunInstances");
  private static final List<String> REQUESTED_RESOURCES =
      List.of(
          "arn:aws:s3:::a",
          "arn:aws:s3:::a/x",
          "arn:aws:s3:::a/y",
          "arn:aws:s3:::b",
          "arn:aws:sqs:us-east-1:123456789012:q",
          "arn:aws:sqs:eu-west-1:123456789012:q",
          "arn:aws:sqs:us-east-1:999999999999:q");
  private static final List<Map<String, String>> CONTEXTS =
      List.of(
          Map.of(), Map.of("aws:SecureTransport", "true"), Map.of("aws:PrincipalTag/Team", "a"));
  private static final List<String> WORDS =
      Payloads.TEMPLATES.list().stream()
          .filter(template -> !template.needsResources())
          .map(Template::name)
          .toList();

  /** The fixed seeds, or with {@code -Dseed=N} that one. */
  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed == null ? LongStream.range(0, SEEDS) : LongStream.of(seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void payloadsWithOneMeaningHaveOneHashAndMutatedOnesAnother(long seed) {
    Random random = new Random(seed);
    for (int count = 0; count < PAYLOADS_A_SEED; count++) {
      ObjectNode payload = payload(random);
      Permissions permissions = Payloads.resolved(payload).permissions();
      PolicyDocument document = permissions.inlinePolicy();
      PolicyHash hash = permissions.hash();

      assertThat(Payloads.resolved(respelt(payload, random)).permissions().hash())
          .as("seed %d, payload %s", seed, payload)
          .isEqualTo(hash);
      assertThat(PolicyDocument.of(document.toJson()))
          .as("canonical twice, seed %d", seed)
          .isEqualTo(document)
          .hasToString(document.toString());

      ObjectNode mutated = mutated(payload, random);
      Permissions other = Payloads.resolved(mutated).permissions();
      if (other.hash().equals(hash)) {
        assertThat(sameDecisions(document.toJson(), other.inlinePolicy().toJson()))
            .as("seed %d, payload %s, mutated %s", seed, payload, mutated)
            .isTrue();
        assertThat(sameDecisions(union(payload), union(mutated)))
            .as("seed %d, statements %s, mutated %s", seed, payload, mutated)
            .isTrue();
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theCanonicalFormDecidesEveryRequestAsTheStatementsDo(long seed) {
    Random random = new Random(seed);
    for (int count = 0; count < PAYLOADS_A_SEED / 10; count++) {
      ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
      document.set("Statement", statements(random));

      assertThat(sameDecisions(document, PolicyDocument.of(document).toJson()))
          .as("seed %d, document %s", seed, document)
          .isTrue();
    }
  }

  /** Returns what the words of a payload allow beside its own statements, not in canonical form. */
  private static ObjectNode union(ObjectNode payload) {
    ObjectNode words = JSON.objectNode();
    words.set("policies", payload.get("policies"));
    ObjectNode union = JSON.objectNode();
    union
        .putArray("Statement")
        .addAll((ArrayNode) payload.get("statements"))
        .addAll(
            (ArrayNode)
                Payloads.resolved(words).permissions().inlinePolicy().toJson().get("Statement"));
    return union;
  }

  private static boolean sameDecisions(JsonNode one, JsonNode other) {
    PolicyEvaluator first = new PolicyEvaluator(one);
    PolicyEvaluator second = new PolicyEvaluator(other);
    return CONTEXTS.stream()
        .allMatch(
            context ->
                REQUESTED_ACTIONS.stream()
                    .allMatch(
                        action ->
                            REQUESTED_RESOURCES.stream()
                                .allMatch(
                                    resource ->
                                        first.allows(action, resource, context)
                                            == second.allows(action, resource, context))));
  }

  private static ObjectNode payload(Random random) {
    ObjectNode payload = JSON.objectNode();
    payload.set("policies", some(WORDS, random, random.nextInt(3)));
    payload.set("statements", statements(random));
    if (random.nextBoolean()) {
      payload.set(
          "managedPolicies",
          some(List.of("ReadOnlyAccess", "AmazonSSMManagedInstanceCore"), random, 2));
    }
    return payload;
  }

  private static ArrayNode statements(Random random) {
    ArrayNode statements = JSON.arrayNode();
    for (int count = random.nextInt(4); count >= 0; count--) {
      ObjectNode statement = JSON.objectNode();
      statement.put("Effect", random.nextInt(5) == 0 ? "Deny" : "Allow");
      statement.set(
          random.nextInt(6) == 0 ? "NotAction" : "Action",
          some(ACTIONS, random, 1 + random.nextInt(3)));
      statement.set(
          random.nextInt(6) == 0 ? "NotResource" : "Resource",
          some(RESOURCES, random, 1 + random.nextInt(3)));
      if (random.nextInt(3) == 0) {
        statement
            .putObject("Condition")
            .putObject("StringEquals")
            .set("aws:PrincipalTag/Team", some(List.of("a", "b"), random, 2));
      } else if (random.nextInt(5) == 0) {
        statement.putObject("Condition").putObject("Bool").put("aws:SecureTransport", "true");
      }
      statements.add(statement);
    }
    return statements;
  }

  private static ArrayNode some(List<String> values, Random random, int count) {
    ArrayNode some = JSON.arrayNode();
    for (int taken = 0; taken < count; taken++) {
      some.add(values.get(random.nextInt(values.size())));
    }
    return some;
  }

  /** Returns the payload in other words: shuffled, duplicated, split, in other letter case. */
  private static ObjectNode respelt(ObjectNode payload, Random random) {
    ObjectNode respelt = JSON.objectNode();
    List<String> fields = new ArrayList<>();
    payload.fieldNames().forEachRemaining(fields::add);
    Collections.shuffle(fields, random);
    for (String field : fields) {
      List<JsonNode> members = new ArrayList<>();
      for (JsonNode member : payload.get(field)) {
        List<JsonNode> forms =
            member.isObject()
                ? split((ObjectNode) member, random)
                : List.of(field.equals("policies") ? anyCase(member, random) : member);
        members.addAll(forms);
        if (random.nextInt(3) == 0) {
          forms.stream().map(CanonicalFormPropertyTest::withoutSid).forEach(members::add);
        }
      }
      Collections.shuffle(members, random);
      respelt.putArray(field).addAll(members);
    }
    return respelt;
  }

  private static List<JsonNode> split(ObjectNode statement, Random random) {
    JsonNode actions = statement.path("Action");
    if (actions.size() < 2 || random.nextBoolean()) {
      return List.of(shuffled(statement, random));
    }
    List<JsonNode> parts = new ArrayList<>();
    for (JsonNode action : actions) {
      ObjectNode part = statement.deepCopy();
      part.set("Action", anyCase(action, random));
      parts.add(shuffled(part, random));
    }
    return parts;
  }

  private static ObjectNode shuffled(ObjectNode statement, Random random) {
    List<Map.Entry<String, JsonNode>> elements = new ArrayList<>(statement.properties());
    Collections.shuffle(elements, random);
    ObjectNode shuffled = JSON.objectNode();
    if (random.nextBoolean()) {
      shuffled.put("Sid", "S" + random.nextInt(Integer.MAX_VALUE));
    }
    for (Map.Entry<String, JsonNode> element : elements) {
      if (element.getValue().isArray()) {
        List<JsonNode> members = new ArrayList<>();
        element.getValue().forEach(members::add);
        members.add(members.get(random.nextInt(members.size())));
        Collections.shuffle(members, random);
        boolean single = element.getValue().size() == 1 && random.nextBoolean();
        shuffled.set(element.getKey(), single ? members.get(0) : JSON.arrayNode().addAll(members));
      } else {
        shuffled.set(element.getKey(), element.getValue());
      }
    }
    return shuffled;
  }

  private static JsonNode withoutSid(JsonNode member) {
    return member.isObject() ? ((ObjectNode) member).deepCopy().without("Sid") : member;
  }

  private static JsonNode anyCase(JsonNode text, Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> text;
      case 1 -> JSON.textNode(text.asText().toLowerCase(Locale.ROOT));
      default -> JSON.textNode(text.asText().toUpperCase(Locale.ROOT));
    };
  }

  private static ObjectNode mutated(ObjectNode payload, Random random) {
    ObjectNode mutated = payload.deepCopy();
    ArrayNode statements = (ArrayNode) mutated.get("statements");
    ObjectNode statement = (ObjectNode) statements.get(random.nextInt(statements.size()));
    switch (random.nextInt(5)) {
      case 0 -> statements.addAll(statements(random));
      case 1 ->
          statement.put(
              "Effect", statement.path("Effect").asText().equals("Allow") ? "Deny" : "Allow");
      case 2 -> statement.remove("Condition");
      case 3 -> {
        statement.remove(List.of("Action", "NotAction"));
        statement.set("Action", some(ACTIONS, random, 1));
      }
      default -> {
        statement.remove(List.of("Resource", "NotResource"));
        statement.set("Resource", some(RESOURCES, random, 1));
      }
    }
    return mutated;
  }
}
