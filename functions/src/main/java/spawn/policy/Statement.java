package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A statement of an identity policy, without its {@code Sid}: a name that grants nothing.
 *
 * @param effect {@code Allow} or {@code Deny}
 * @param inverseActions whether the actions are those of {@code NotAction}
 * @param actions the actions as written
 * @param inverseResources whether the resources are those of {@code NotResource}
 * @param resources the resources
 * @param condition for each operator, for each key, the values as sorted strings
 */
record Statement(
    String effect,
    boolean inverseActions,
    List<String> actions,
    boolean inverseResources,
    List<String> resources,
    SortedMap<String, SortedMap<String, List<String>>> condition) {

  /** Returns an Allow without conditions. */
  static Statement allow(List<String> actions, List<String> resources) {
    return new Statement("Allow", false, actions, false, resources, new TreeMap<>());
  }

  /**
   * Returns a statement from valid JSON.
   *
   * @param variables whether {@code ${…}} is a policy variable, as it is since version 2012-10-17;
   *     before, it is plain text, which the statement holds as <code>${$}{…}</code>, the way to
   *     write it since (<a
   *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">IAM
   *     user guide</a>)
   */
  static Statement of(JsonNode json, boolean variables) {
    boolean inverseActions = json.has("NotAction");
    boolean inverseResources = json.has("NotResource");
    return new Statement(
        json.path("Effect").asText(),
        inverseActions,
        texts(json.path(inverseActions ? "NotAction" : "Action"), true),
        inverseResources,
        texts(json.path(inverseResources ? "NotResource" : "Resource"), variables),
        condition(json.path("Condition"), variables));
  }

  /** Returns a condition of the language that knows variables; none if the node is missing. */
  static SortedMap<String, SortedMap<String, List<String>>> condition(JsonNode json) {
    return condition(json, true);
  }

  private static SortedMap<String, SortedMap<String, List<String>>> condition(
      JsonNode json, boolean variables) {
    SortedMap<String, SortedMap<String, List<String>>> condition = new TreeMap<>();
    for (Map.Entry<String, JsonNode> operator : json.properties()) {
      SortedMap<String, List<String>> keys = new TreeMap<>();
      for (Map.Entry<String, JsonNode> key : operator.getValue().properties()) {
        keys.put(key.getKey(), List.copyOf(new TreeSet<>(texts(key.getValue(), variables))));
      }
      if (!keys.isEmpty()) {
        condition.put(operator.getKey(), keys);
      }
    }
    return condition;
  }

  private static List<String> texts(JsonNode oneOrMore, boolean variables) {
    List<String> texts = new ArrayList<>();
    if (oneOrMore.isArray()) {
      oneOrMore.forEach(member -> texts.add(text(member, variables)));
    } else {
      texts.add(text(oneOrMore, variables));
    }
    return texts;
  }

  private static String text(JsonNode value, boolean variables) {
    return variables ? value.asText() : value.asText().replace("${", "${$}{");
  }

  boolean allows() {
    return effect.equals("Allow");
  }

  /** Returns what the actions are, in terms that can be compared. */
  List<Term> actionTerms() {
    return terms(inverseActions, actions.stream().map(Glob::action).toList());
  }

  /** Returns what the resources are, in terms that can be compared. */
  List<Term> resourceTerms() {
    return terms(inverseResources, resources.stream().map(Glob::resource).toList());
  }

  private static List<Term> terms(boolean inverse, List<Glob> patterns) {
    return inverse
        ? List.of(Term.allBut(patterns))
        : new TreeSet<>(patterns).stream().map(Term::of).toList();
  }
}
