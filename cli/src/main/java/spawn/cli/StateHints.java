package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** What a reader wants to know of the answer of a state's function, in a few words. */
final class StateHints {
  /**
   * By the state that calls the function; the second argument is {@code would be} in a plan. A
   * launch's EnsureProfile has none: its next lines are about the profile.
   */
  private static final Map<String, BiFunction<JsonNode, String, String>> HINTS =
      Map.of(
          "EnsureRole", StateHints::ofRole,
          "WaitForPropagation", (answer, would) -> ofVisibility(answer),
          "RunInstance", (answer, would) -> ofInstances(answer),
          "WaitForInstances", (answer, would) -> ofStart(answer),
          "ResolveRoleSet", (answer, would) -> ofRoleSet(answer),
          "EachRole", StateHints::ofRoleOrProfile,
          "RemoveRoles", StateHints::ofRemoval);

  private StateHints() {}

  /** Returns the states that are hinted at. */
  static Iterable<String> states() {
    return HINTS.keySet();
  }

  /**
   * Returns the words for what a state's function answers; nothing where there is nothing to say.
   *
   * @param would {@code would be} with a blank behind it in a plan, else nothing
   */
  static String of(String state, JsonNode answer, String would) {
    return HINTS.containsKey(state) ? HINTS.get(state).apply(answer, would) : "";
  }

  private static String ofRole(JsonNode role, String would) {
    String outcome = role.path("outcome").asText();
    String changes =
        outcome.equals("updated") ? ": " + String.join(", ", texts(role.path("changes"))) : "";
    return "%s %s%s%s"
        .formatted(
            role.path("name").asText(), outcome.equals("reused") ? "" : would, outcome, changes);
  }

  /** Of the functions that a map calls for a role, only those for roles tell an outcome. */
  private static String ofRoleOrProfile(JsonNode answer, String would) {
    if (answer.has("outcome")) {
      return ofRole(answer, would);
    }
    return answer.path("created").asBoolean()
        ? "instance profile %s %screated".formatted(answer.path("name").asText(), would)
        : "";
  }

  private static String ofRoleSet(JsonNode set) {
    return "%s, %s%s"
        .formatted(
            set.path("set").asText(),
            set.path("delete").asBoolean() ? "to be removed" : set.path("roles").size() + " roles",
            set.path("planOnly").asBoolean() ? ", only planned" : "");
  }

  private static String ofRemoval(JsonNode report, String would) {
    Map<String, Long> verdicts = counted(report.path("roles"), "verdict");
    return verdicts.isEmpty()
        ? "nothing to remove"
        : verdicts.entrySet().stream()
            .map(each -> "%d %s%s".formatted(each.getValue(), would, each.getKey()))
            .collect(Collectors.joining(", "));
  }

  private static String ofVisibility(JsonNode visibility) {
    return visibility.path("visible").asBoolean()
        ? "visible"
        : "not visible yet; next probe in %d s"
            .formatted(visibility.path("nextProbeInSeconds").asInt());
  }

  private static String ofInstances(JsonNode run) {
    return run.path("launched").asBoolean(true)
        ? String.join(", ", run.path("instances").findValuesAsText("instanceId"))
        : "refused, nothing launched: EC2 does not see the profile yet";
  }

  private static String ofStart(JsonNode start) {
    Map<String, Long> states = counted(start.path("instances"), "state");
    return states.entrySet().stream()
        .map(each -> (states.size() == 1 ? "" : each.getValue() + " ") + each.getKey())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Long> counted(JsonNode list, String member) {
    return list.valueStream()
        .map(each -> each.path(member).asText())
        .collect(Collectors.groupingBy(word -> word, LinkedHashMap::new, Collectors.counting()));
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }
}
