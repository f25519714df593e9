package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import spawn.policy.StackContext.BroadAccess;

/**
 * What is granted is judged, not how it is written: the same access brings the same verdicts as a
 * word, as a statement, in a managed policy, split into single grants, merged and in canonical
 * form.
 */
@Tag("slow")
class VerdictsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PolicyReview REVIEW = PolicyData.standard().review();
  private static final int RANDOM_DOCUMENTS = 10_000;

  /** The codes of one and the same finding, that all of a service is granted. */
  private static final Set<String> EVERYTHING =
      Set.of("FULL_ACCESS", "WILDCARD_ACTIONS", "NOT_ACTION", "BROAD_MANAGED_POLICY");

  /** Said of the role, not of the policy. */
  private static final Set<String> OF_THE_ROLE = Set.of("BOUNDARY_DENIES", "WORD_WOULD_DO");

  @Test
  void aDocumentIsJudgedTheSameHoweverItIsWritten() {
    Map<String, JsonNode> managed = ManagedPolicyDocuments.all();
    managed.forEach(VerdictsTest::assertJudgedTheSame);
    Random random = new Random(1);
    for (int document = 0; document < RANDOM_DOCUMENTS; document++) {
      assertJudgedTheSame("random document " + document, RandomPolicy.document(random));
    }
    System.out.printf(
        "Judged the same as written, split, merged, canonical and managed: %d managed policies, %d"
            + " random documents%n",
        managed.size(), RANDOM_DOCUMENTS);
  }

  private static void assertJudgedTheSame(String name, JsonNode document) {
    SortedMap<String, Severity> written = verdicts(PolicyReview.of(document, "$"));

    assertThat(verdicts(PolicyReview.of(split(document), "$")))
        .as("%s, split", name)
        .isEqualTo(written);
    assertThat(verdicts(PolicyReview.of(merged(document), "$")))
        .as("%s, merged", name)
        .isEqualTo(written);
    assertThat(verdicts(PolicyReview.of(PolicyDocument.of(document).toJson(), "$")))
        .as("%s, canonical", name)
        .isEqualTo(written);
    assertThat(
            verdicts(
                REVIEW.findings(document).stream()
                    .map(finding -> REVIEW.ofManagedPolicy(name, finding, "$"))
                    .toList()))
        .as("%s, managed", name)
        .isEqualTo(written);
  }

  @Test
  void aManagedPolicyThatIsNamedIsJudgedAsItsDocumentWouldBe() {
    Map<String, JsonNode> documents = ManagedPolicyDocuments.all();
    List<String> attachable =
        documents.keySet().stream()
            .filter(
                name ->
                    !ManagedPolicies.isServiceLinked(
                        ManagedPolicies.list().pathOf(name).orElseThrow()))
            .toList();
    int refused = 0;
    for (String name : attachable) {
      JsonNode iam = Payloads.json("{'managedPolicies': ['%s']}".formatted(name));
      SortedMap<String, Severity> written =
          verdicts(PolicyReview.of(documents.get(name), "$.iam.policyDocument"));

      assertThat(verdicts(Payloads.resolved(iam).warnings())).as(name).isEqualTo(written);
      boolean isRefused = !Payloads.problems(iam, REJECTING).isEmpty();
      assertThat(isRefused).as(name).isEqualTo(written.containsValue(Severity.HIGH));
      refused += isRefused ? 1 : 0;
    }
    assertThat(refused).isBetween(300, attachable.size() - 300);
    System.out.printf(
        "BroadAccess=reject refuses %d of AWS's %d attachable managed policies%n",
        refused, attachable.size());
  }

  private static final StackContext REJECTING = Payloads.stack("aws", BroadAccess.REJECT);

  @Test
  void aWordIsJudgedAsTheStatementsThatItStandsFor() {
    List<String> words = new ArrayList<>();
    for (String service : ServiceReference.services()) {
      Level.names().forEach(level -> words.add(service + ":" + level));
    }
    Payloads.TEMPLATES.tasks().forEach(task -> words.add(task.name()));
    List<String> needResources = new ArrayList<>();
    for (String word : words) {
      JsonNode asked = Payloads.json("{'policies': ['%s']%s}".formatted(word, scope(word)));
      if (Payloads.problems(asked, Payloads.STACK).isEmpty()) {
        assertJudgedAsStatements(word, asked);
      } else {
        needResources.add(word);
      }
    }
    assertThat(needResources).hasSizeLessThan(10);
    System.out.printf(
        "Judged the same as words and as statements: %d words; not without resources: %s%n",
        words.size() - needResources.size(), needResources);
  }

  private static void assertJudgedAsStatements(String word, JsonNode asked) {
    ResolvedPermissions resolved = Payloads.resolved(asked);
    JsonNode statements = resolved.permissions().inlinePolicy().toJson();
    if (statements.path("Statement").isEmpty()) {
      return; // AWS has no action of that service at that level
    }
    JsonNode asStatements = JSON.createObjectNode().set("policyDocument", statements);

    assertThat(verdicts(Payloads.resolved(asStatements).warnings()))
        .as(word)
        .isEqualTo(verdicts(resolved.warnings()));
    assertThat(Payloads.problems(asStatements, REJECTING).isEmpty())
        .as(word)
        .isEqualTo(Payloads.problems(asked, REJECTING).isEmpty());
  }

  private static String scope(String word) {
    return word.startsWith("sts:")
        ? ", 'resources': ['arn:aws:iam::444455556666:role/reader']"
        : "";
  }

  /** Returns the most severe verdict of each code. */
  private static SortedMap<String, Severity> verdicts(Collection<Warning> warnings) {
    SortedMap<String, Severity> verdicts = new TreeMap<>();
    for (Warning warning : warnings) {
      String code = EVERYTHING.contains(warning.code()) ? "EVERYTHING" : warning.code();
      if (!OF_THE_ROLE.contains(code)) {
        verdicts.merge(
            code, warning.severity(), (one, other) -> one.compareTo(other) <= 0 ? one : other);
      }
    }
    return verdicts;
  }

  /** Returns the document with a statement for each action and, if they are few, each resource. */
  private static JsonNode split(JsonNode document) {
    ObjectNode split = document.deepCopy();
    ArrayNode statements = split.putArray("Statement");
    for (JsonNode statement : statements(document)) {
      for (JsonNode byAction : splitBy("Action", statement)) {
        splitBy("Resource", byAction).forEach(statements::add);
      }
    }
    return split;
  }

  private static List<JsonNode> splitBy(String element, JsonNode statement) {
    JsonNode values = statement.path(element);
    if (!values.isArray() || values.size() > 40) {
      return List.of(statement);
    }
    List<JsonNode> split = new ArrayList<>();
    values.forEach(value -> split.add(((ObjectNode) statement.deepCopy()).set(element, value)));
    return split;
  }

  /** Returns the document with the actions of statements joined that are otherwise the same. */
  private static JsonNode merged(JsonNode document) {
    Map<JsonNode, List<JsonNode>> actions = new LinkedHashMap<>();
    List<JsonNode> merged = new ArrayList<>();
    for (JsonNode statement : statements(document)) {
      if (statement.has("Action")) {
        ObjectNode rest = statement.deepCopy();
        rest.remove(List.of("Sid", "Action"));
        OneOrMore.of(statement.get("Action"))
            .forEach(actions.computeIfAbsent(rest, unseen -> new ArrayList<>())::add);
      } else {
        merged.add(statement);
      }
    }
    actions.forEach(
        (rest, all) -> {
          ObjectNode statement = rest.deepCopy();
          statement.putArray("Action").addAll(all);
          merged.add(statement);
        });
    Collections.reverse(merged);
    ObjectNode result = document.deepCopy();
    result.putArray("Statement").addAll(merged);
    return result;
  }

  private static List<JsonNode> statements(JsonNode document) {
    return OneOrMore.of(document.path("Statement")).toList();
  }
}
