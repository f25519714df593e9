package spawn.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import spawn.json.Json;
import spawn.policy.TrustPolicy;

/**
 * What of a trust policy a payload can say, which is only that services of AWS may assume a role,
 * and what it cannot.
 *
 * @param services the service principals that the policy lets assume the role, sorted
 * @param leftOut the rest of the policy, as sentences
 */
record TrustLeftOut(SortedSet<String> services, List<String> leftOut) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  static TrustLeftOut of(String trustPolicy) {
    JsonNode document = parsed(trustPolicy);
    SortedSet<String> services = new TreeSet<>();
    List<String> leftOut = new ArrayList<>();
    oneOrMore(document.path("Statement")).forEach(each -> read(each, services, leftOut));
    if (services.isEmpty()) {
      leftOut.add("It trusts no service of AWS; the role that is made trusts EC2.");
    } else if (leftOut.isEmpty()
        && !TrustPolicy.meanTheSame(document, TrustPolicy.forServices(List.copyOf(services)))) {
      leftOut.add("Its trust policy says more than which services may assume it.");
    }
    return new TrustLeftOut(services, leftOut);
  }

  private static JsonNode parsed(String trustPolicy) {
    try {
      return Json.readLeniently(trustPolicy);
    } catch (JsonProcessingException notJson) {
      return JSON.missingNode();
    }
  }

  private static Stream<JsonNode> oneOrMore(JsonNode node) {
    return node.isArray()
        ? node.valueStream()
        : Stream.of(node).filter(one -> !one.isMissingNode());
  }

  private static void read(JsonNode statement, SortedSet<String> services, List<String> leftOut) {
    if (!statement.path("Effect").asText().equals("Allow")) {
      leftOut.add("Its trust policy denies: %s.".formatted(statement));
      return;
    }
    JsonNode principal = statement.path("Principal");
    if (!principal.isObject()) {
      leftOut.add("It trusts %s.".formatted(principal.isMissingNode() ? statement : principal));
      return;
    }
    for (Map.Entry<String, JsonNode> kind : principal.properties()) {
      if (!kind.getKey().equals("Service")) {
        leftOut.add("It trusts %s %s.".formatted(kind.getKey(), kind.getValue()));
      }
    }
    List<String> named =
        oneOrMore(principal.path("Service"))
            .map(JsonNode::asText)
            .filter(name -> !name.isBlank())
            .toList();
    services.addAll(named);
    if (!named.isEmpty() && statement.has("Condition")) {
      leftOut.add(
          "It trusts %s only under a condition, %s. The role that is made trusts it always."
              .formatted(String.join(", ", named), statement.get("Condition")));
    }
    oneOrMore(statement.path("Action"))
        .map(JsonNode::asText)
        .filter(action -> !named.isEmpty() && !action.equalsIgnoreCase("sts:AssumeRole"))
        .forEach(
            action ->
                leftOut.add(
                    "Its trust policy allows %s to %s."
                        .formatted(action, String.join(", ", named))));
  }
}
