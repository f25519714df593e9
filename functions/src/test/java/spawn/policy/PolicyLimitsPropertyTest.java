package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.policy.ServiceReference.Action;
import spawn.policy.ServiceReference.ArnForm;

/**
 * Limits against an oracle that knows nothing of the code: it tries every text of a small world.
 */
@Tag("slow")
class PolicyLimitsPropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAIRS = 10_000;
  private static final int DOCUMENTS = 6_000;
  private static final String QUEUE = "arn:aws:sqs:us-east-1:123456789012:";

  /** All names of up to five letters; no pattern below has {@code z} or so many letters. */
  private static final List<String> NAMES = names(5);

  private final Random random = new Random(20_261_126);

  private static List<String> names(int longest) {
    List<String> all = new ArrayList<>(List.of(""));
    List<String> last = all;
    for (int length = 1; length <= longest; length++) {
      last = last.stream().flatMap(name -> Stream.of(name + "a", name + "b", name + "z")).toList();
      all.addAll(last);
    }
    return List.copyOf(all);
  }

  /** A team's limits, as the parameters say them, and what a payload asks for. */
  private record Pair(Map<String, String> limits, ObjectNode iam) {}

  @Test
  void whatIsWithinTheLimitsIsAcceptedAndNothingElse() {
    int accepted = 0;
    for (int count = 0; count < PAIRS; count++) {
      Pair pair = pair();
      Set<String> refused = fields(problems(pair));

      assertThat(refused).as("%d: %s", count, pair).isEqualTo(refusedByTheOracle(pair));
      accepted += refused.isEmpty() ? 1 : 0;
      if (refused.isEmpty() && pair.limits().containsKey("AllowedResources")) {
        assertGrantsNothingOutside(pair);
      }
    }
    assertThat(accepted).as("accepted").isBetween(PAIRS / 20, PAIRS / 2);
  }

  private Pair pair() {
    Map<String, String> limits = new TreeMap<>();
    maybe(limits, "AllowedWords", this::wordPattern);
    maybe(limits, "AllowedResources", this::resource);
    maybe(limits, "AllowedManagedPolicies", this::policyPattern);
    if (random.nextInt(4) == 0) {
      limits.put("OwnStatements", "reject");
    }
    if (random.nextInt(4) == 0) {
      limits.put("AllowedPolicyArns", "arn:aws:iam::123456789012:policy/" + pattern());
    }
    ObjectNode iam = JSON.createObjectNode();
    fill(
        iam,
        "policies",
        () ->
            any(
                List.of(
                    "sqs:ReadOnly",
                    "sqs:WriteOnly",
                    "sqs:ReadWrite",
                    "sqs:FullAccess",
                    "sqs:Consume")));
    if (iam.has("policies")) {
      fill(iam, "resources", this::resource);
    }
    fill(iam, "managedPolicies", this::policy);
    if (random.nextInt(3) == 0) {
      ArrayNode statements = iam.putArray("statements");
      statements
          .addObject()
          .put("Effect", random.nextInt(6) == 0 ? "Deny" : "Allow")
          .put(
              "Action",
              any(
                  List.of(
                      "sqs:SendMessage",
                      "sqs:*",
                      "sqs:ListQueues",
                      "ec2:DescribeRegions",
                      "cloudwatch:PutMetricData")))
          .put(
              random.nextInt(8) == 0 ? "NotResource" : "Resource",
              random.nextInt(3) == 0 ? "*" : resource());
    }
    return new Pair(limits, iam);
  }

  private void maybe(Map<String, String> limits, String name, Supplier<String> entry) {
    if (random.nextInt(2) == 0) {
      limits.put(
          name,
          Stream.generate(entry).limit(1 + random.nextInt(3)).collect(Collectors.joining(",")));
    }
  }

  private void fill(ObjectNode iam, String field, Supplier<String> entry) {
    if (random.nextInt(2) == 0) {
      ArrayNode list = iam.putArray(field);
      Stream.generate(entry).limit(1 + random.nextInt(2)).forEach(list::add);
    }
  }

  private String wordPattern() {
    return any(
        List.of(
            "sqs",
            "*",
            "sqs:*",
            "SQS:read*",
            "sqs:ReadOnly",
            "sqs:WriteOnly",
            "sqs:ReadWrite",
            "sqs:FullAccess",
            "sqs:consume",
            "s?s:*Only",
            "!sqs:WriteOnly",
            "!*:FullAccess",
            "!sqs:Con*",
            "none"));
  }

  private String resource() {
    return QUEUE + pattern();
  }

  private String pattern() {
    return any(List.of("*", "a*", "ab*", "*b", "?b", "a?", "ab", "a*b", "??", "a", "b?*", "*a*"));
  }

  private String policyPattern() {
    return any(List.of("none", "*", "Read*", "ReadOnlyAccess", "AmazonSSM*", "*Access"));
  }

  private String policy() {
    return any(
        List.of(
            "ReadOnlyAccess",
            "AmazonSSMManagedInstanceCore",
            "service-role/AWSBatchServiceRole",
            "arn:aws:iam::123456789012:policy/" + any(List.of("a", "ab", "zb"))));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static List<Problem> problems(Pair pair) {
    Problems problems = new Problems();
    new PermissionsReader(Payloads.STACK)
        .read(pair.iam(), "$.iam", PolicyLimits.of(pair.limits()), problems);
    return problems.list();
  }

  /**
   * Returns the fields with problems; of words and resources together, since either may have it.
   */
  private static Set<String> fields(List<Problem> problems) {
    return problems.stream()
        .map(problem -> problem.path().replaceFirst("^\\$\\.iam\\.(\\w+).*", "$1"))
        .map(field -> field.equals("resources") ? "policies" : field)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  // The oracle

  private static Set<String> refusedByTheOracle(Pair pair) {
    Set<String> refused = new TreeSet<>();
    List<String> resources = entries(pair, "AllowedResources");
    List<String> asked = texts(pair.iam().path("resources"));
    for (String word : texts(pair.iam().path("policies"))) {
      boolean within =
          resources.isEmpty()
              || (!asked.isEmpty() && asked.stream().allMatch(each -> isWithin(each, resources)));
      if (!isAllowedWord(word, entries(pair, "AllowedWords")) || !within) {
        refused.add("policies");
      }
    }
    for (String policy : texts(pair.iam().path("managedPolicies"))) {
      if (!isAllowedPolicy(policy, pair)) {
        refused.add("managedPolicies");
      }
    }
    for (JsonNode statement : pair.iam().path("statements")) {
      if (pair.limits().containsKey("OwnStatements")
          || (!resources.isEmpty() && !isWithin(statement, resources))) {
        refused.add("statements");
      }
    }
    return refused;
  }

  private static boolean isAllowedWord(String word, List<String> entries) {
    List<String> grants = entries.stream().filter(entry -> !entry.startsWith("!")).toList();
    boolean allowed =
        grants.isEmpty()
            || grants.stream()
                .anyMatch(entry -> names(entry).stream().anyMatch(each -> holds(each, word)));
    boolean denied =
        entries.stream()
            .filter(entry -> entry.startsWith("!"))
            .anyMatch(
                entry -> names(entry.substring(1)).stream().anyMatch(each -> holds(word, each)));
    return allowed && !denied;
  }

  /** Returns the words of the service that an entry names. */
  private static Set<String> names(String entry) {
    String full = (entry.contains(":") ? entry : entry + ":*").toLowerCase(Locale.ROOT);
    return Stream.of(
            "sqs:ReadOnly", "sqs:WriteOnly", "sqs:ReadWrite", "sqs:FullAccess", "sqs:Consume")
        .filter(word -> isLike(full, word.toLowerCase(Locale.ROOT)))
        .collect(Collectors.toSet());
  }

  private static boolean holds(String word, String other) {
    return word.equals(other)
        || switch (word) {
          case "sqs:FullAccess" -> !other.equals("sqs:Consume");
          case "sqs:ReadWrite" -> other.endsWith("Only");
          default -> false;
        };
  }

  private static boolean isAllowedPolicy(String policy, Pair pair) {
    List<String> names = entries(pair, "AllowedManagedPolicies");
    boolean limited = !names.isEmpty() || pair.limits().containsKey("AllowedResources");
    boolean listed =
        policy.startsWith("arn:")
            ? entries(pair, "AllowedPolicyArns").stream().anyMatch(arn -> isLike(arn, policy))
            : names.stream().anyMatch(name -> isLike(name, policy.replaceAll(".*/", "")));
    return !limited || listed;
  }

  private static boolean isWithin(JsonNode statement, List<String> allowed) {
    if (statement.path("Effect").asText().equals("Deny")) {
      return true;
    }
    boolean reads =
        List.of("sqs:ListQueues", "ec2:DescribeRegions")
            .contains(statement.path("Action").asText());
    return statement.path("Resource").asText().equals("*")
        ? reads
        : statement.has("Resource") && isWithin(statement.path("Resource").asText(), allowed);
  }

  /** Returns whether one pattern matches every queue of the small world that another does. */
  private static boolean isWithin(String asked, List<String> allowed) {
    List<String> matched =
        NAMES.stream().map(QUEUE::concat).filter(arn -> isLike(asked, arn)).toList();
    return allowed.stream().anyMatch(each -> matched.stream().allMatch(arn -> isLike(each, arn)));
  }

  private static boolean isLike(String pattern, String text) {
    if (pattern.isEmpty()) {
      return text.isEmpty();
    }
    return switch (pattern.charAt(0)) {
      case '*' ->
          isLike(pattern.substring(1), text)
              || (!text.isEmpty() && isLike(pattern, text.substring(1)));
      case '?' -> !text.isEmpty() && isLike(pattern.substring(1), text.substring(1));
      default ->
          !text.isEmpty()
              && pattern.charAt(0) == text.charAt(0)
              && isLike(pattern.substring(1), text.substring(1));
    };
  }

  private static List<String> entries(Pair pair, String name) {
    String entries = pair.limits().getOrDefault(name, "");
    return entries.isEmpty() ? List.of() : List.of(entries.split(","));
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }

  private void assertGrantsNothingOutside(Pair pair) {
    PolicyEvaluator granted = new PolicyEvaluator(resolved(pair.iam()).inlinePolicy().toJson());
    List<String> allowed = entries(pair, "AllowedResources");
    List<String> outside =
        Stream.concat(NAMES.stream().map(QUEUE::concat), Stream.of("arn:aws:s3:::a/b"))
            .filter(arn -> allowed.stream().noneMatch(each -> isLike(each, arn)))
            .toList();
    for (int tries = 0; tries < 40 && !outside.isEmpty(); tries++) {
      String arn = any(outside);
      String action =
          any(
              List.of(
                  "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:AddPermission", "s3:GetObject"));

      assertThat(granted.allows(action, arn)).as("%s on %s by %s", action, arn, pair).isFalse();
    }
  }

  private static Permissions resolved(JsonNode iam) {
    return new PermissionsReader(Payloads.STACK).read(iam, "$.iam", new Problems()).permissions();
  }

  // Policies of all of AWS

  /**
   * Documents of AWS's own services, actions and ARNs within some of their own resources: what is
   * accepted allows no action on a resource that is outside, whatever the request's context.
   */
  @Test
  void whatIsAcceptedGrantsNothingOutsideTheAllowedResources() {
    int accepted = 0;
    int asked = 0;
    for (int count = 0; count < DOCUMENTS; count++) {
      JsonNode document = RandomPolicy.document(random);
      List<String> allowed = someResourcesOf(document);
      ObjectNode iam = JSON.createObjectNode();
      iam.set("policyDocument", document);
      Pair pair = new Pair(Map.of("AllowedResources", String.join(",", allowed)), iam);
      if (fields(problems(pair)).isEmpty()) {
        accepted++;
        asked += assertGrantsNothingElse(document, allowed);
      }
    }
    assertThat(accepted).as("accepted").isGreaterThan(DOCUMENTS / 20);
    assertThat(asked).as("requests").isGreaterThan(DOCUMENTS / 2);
  }

  private List<String> someResourcesOf(JsonNode document) {
    List<String> all = new ArrayList<>(List.of("arn:aws:s3:::team/*"));
    for (JsonNode statement : document.path("Statement")) {
      for (JsonNode resource : statement.path("Resource")) {
        if (!resource.asText().equals("*") && random.nextInt(5) > 0) {
          all.add(resource.asText());
        }
      }
    }
    return all;
  }

  private int assertGrantsNothingElse(JsonNode document, List<String> allowed) {
    ObjectNode bare = JSON.createObjectNode();
    ArrayNode allowing = bare.putArray("Statement");
    Set<String> services = new TreeSet<>();
    for (JsonNode statement : document.path("Statement")) {
      statement.path("Action").forEach(each -> services.add(each.asText().replaceAll(":.*", "")));
      if (statement.path("Effect").asText().equals("Allow")) {
        allowing.add(((ObjectNode) statement.deepCopy()).without("Condition"));
      }
    }
    PolicyEvaluator granted = new PolicyEvaluator(bare);
    int asked = 0;
    for (String name : services) {
      ServiceReference service = ServiceReference.of(name).orElse(null);
      for (int tries = 0; service != null && tries < 30; tries++) {
        Action action = any(List.copyOf(service.actions()));
        if (!action.accepts().isEmpty()) {
          String arn =
              arn(
                  any(
                      service
                          .kinds()
                          .getOrDefault(
                              any(action.accepts()), List.of(new ArnForm(name, "", "", "x")))));
          if (allowed.stream().noneMatch(each -> isLike(each, arn))) {
            asked++;
            assertThat(granted.allows(name + ":" + action.name(), arn))
                .as("%s on %s by %s within %s", action.name(), arn, document, allowed)
                .isFalse();
          }
        }
      }
    }
    return asked;
  }

  private String arn(ArnForm form) {
    return "arn:aws:%s:%s:%s:%s"
        .formatted(
            form.service(),
            form.region().equals("R") ? any(List.of("us-east-1", "eu-west-1")) : form.region(),
            form.account().equals("A") ? "123456789012" : form.account(),
            form.resource().replace("*", any(List.of("name", "name-x", "other"))));
  }
}
