package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problems;
import spawn.json.Json;

/** What is put means what was written, is never longer, and is read and put as itself again. */
@Tag("slow")
class ShortestFormPropertyTest {
  private static final int SEEDS = 10;
  private static final int DOCUMENTS_A_SEED = 500;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final List<String> ACTIONS =
      List.of("s3:Get", "s3:Put", "s3:List", "S3:Del", "s3:G*", "s3:?et", "s3:*", "sqs:Get", "*");

  private static final List<String> RESOURCES =
      List.of("a", "b", "c", "d", "a/x", "a/*", "*/x", "a?x", "*").stream()
          .map(name -> name.equals("*") ? name : "arn:aws:s3:::" + name)
          .toList();

  private static final List<String> REQUESTED_ACTIONS =
      List.of("s3:Get", "s3:Put", "s3:List", "s3:Del", "s3:Go", "sqs:Get", "ec2:Run");

  private static final List<String> REQUESTED_RESOURCES =
      List.of("a", "b", "c", "d", "a/x", "a/y", "b/x", "a-x", "z").stream()
          .map("arn:aws:s3:::"::concat)
          .toList();

  private static final List<Map<String, String>> CONTEXTS =
      List.of(Map.of(), Map.of("aws:PrincipalTag/t", "a"), Map.of("aws:PrincipalTag/t", "b"));

  /** The fixed seeds, or with {@code -Dseed=N} that one. */
  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed == null ? LongStream.range(0, SEEDS) : LongStream.of(seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatIsPutMeansWhatWasWrittenAndIsNeverLonger(long seed) throws JsonProcessingException {
    Random random = new Random(seed);
    for (int count = 0; count < DOCUMENTS_A_SEED; count++) {
      ObjectNode written = document(random);
      PolicyDocument document = PolicyDocument.of(written);
      String put = document.toString();

      assertThat(decisions(document.toJson()))
          .as("seed %d, %s", seed, written)
          .isEqualTo(decisions(written));
      assertThat(put.length())
          .as("seed %d, %s", seed, written)
          .isLessThanOrEqualTo(written.toString().length())
          .isLessThanOrEqualTo(document.fingerprint().length());
      assertThat(
              new CanonicalForm(PolicyDocument.statements(written), new Problems().work()).bytes())
          .isEqualTo(put.length());
      assertThat(Json.to(Json.read(put), PolicyDocument.class))
          .as("seed %d, %s", seed, written)
          .isEqualTo(document)
          .hasToString(put);
      assertThat(PolicyDocument.of(shuffled(written, random)))
          .as("seed %d, %s", seed, written)
          .isEqualTo(document)
          .hasToString(put);
    }
  }

  private static List<Boolean> decisions(JsonNode document) {
    PolicyEvaluator evaluator = new PolicyEvaluator(document);
    List<Boolean> decisions = new ArrayList<>();
    for (Map<String, String> context : CONTEXTS) {
      for (String action : REQUESTED_ACTIONS) {
        REQUESTED_RESOURCES.forEach(
            resource -> decisions.add(evaluator.allows(action, resource, context)));
      }
    }
    return decisions;
  }

  private static ObjectNode document(Random random) {
    ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
    ArrayNode statements = document.putArray("Statement");
    for (int count = random.nextInt(7); count >= 0; count--) {
      ObjectNode statement = statements.addObject();
      statement.put("Effect", random.nextInt(8) == 0 ? "Deny" : "Allow");
      statement.set(random.nextInt(12) == 0 ? "NotAction" : "Action", some(ACTIONS, random));
      statement.set(random.nextInt(12) == 0 ? "NotResource" : "Resource", some(RESOURCES, random));
      if (random.nextInt(4) == 0) {
        statement
            .putObject("Condition")
            .putObject("StringEquals")
            .put("aws:PrincipalTag/t", random.nextBoolean() ? "a" : "b");
      }
    }
    return document;
  }

  /** Returns mostly plain values: with many wildcards, little would be left. */
  private static JsonNode some(List<String> values, Random random) {
    List<String> some =
        IntStream.rangeClosed(0, random.nextInt(4))
            .mapToObj(i -> values.get(random.nextInt(random.nextInt(3) == 0 ? values.size() : 4)))
            .toList();
    return OneOrMore.toJson(some);
  }

  private static ObjectNode shuffled(ObjectNode document, Random random) {
    List<JsonNode> statements = new ArrayList<>();
    document.get("Statement").forEach(statements::add);
    Collections.shuffle(statements, random);
    ObjectNode shuffled = JSON.objectNode().put("Version", "2012-10-17");
    shuffled.putArray("Statement").addAll(statements);
    return shuffled;
  }
}
