package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import spawn.json.Json;

/**
 * What a trust policy means: who may do what under which condition, each for itself.
 *
 * <p>A statement means each of its actions for each of its principals, so neither the order of
 * lists or statements matters, nor whether one value stands alone or in a list, nor how statements
 * are split; nor do {@code Sid}s, a document's {@code Id}, and letter case in the names of actions
 * and condition keys. What is not understood stands for itself: it is equal only to the same text.
 * A principal that was deleted is an id (AROA…) from then on, and so another one than its ARN (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">principals</a>).
 *
 * @param grants each a text
 */
record TrustMeaning(Set<String> grants) {
  /** The members of a statement whose meaning is known here. */
  private static final Set<String> KNOWN =
      Set.of("Sid", "Effect", "Principal", "Action", "Condition");

  /** An account may be named by its number, which means its root (the page above). */
  private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

  private static final Pattern ROOT = Pattern.compile("arn:[a-z-]+:iam::(\\d{12}):root");

  /** Returns the meaning of a trust policy; of one that is none, its text. */
  static TrustMeaning of(JsonNode document) {
    JsonNode statements = document.path("Statement");
    Set<String> grants = new TreeSet<>();
    if (!statements.isObject() && !statements.isArray()) {
      grants.add(Json.text(document));
    }
    boolean variables = document.path("Version").asText().equals("2012-10-17");
    OneOrMore.of(statements).forEach(statement -> grants.addAll(of(statement, variables)));
    return new TrustMeaning(grants);
  }

  private static List<String> of(JsonNode statement, boolean variables) {
    if (!isUnderstood(statement)) {
      return List.of(Json.text(statement));
    }
    String condition =
        Json.text(
            Condition.of(statement.path("Condition"), variables)
                .withKeys(key -> key.toLowerCase(Locale.ROOT))
                .toJson(key -> key));
    List<String> grants = new ArrayList<>();
    for (String principal : principals(statement.path("Principal"))) {
      OneOrMore.of(statement.path("Action"))
          .map(action -> action.asText().toLowerCase(Locale.ROOT))
          .forEach(
              action ->
                  grants.add(
                      String.join(
                          " ", statement.path("Effect").asText(), principal, action, condition)));
    }
    return grants;
  }

  private static boolean isUnderstood(JsonNode statement) {
    JsonNode principal = statement.path("Principal");
    return statement.propertyStream().map(Map.Entry::getKey).allMatch(KNOWN::contains)
        && areTexts(statement.path("Action"))
        && (principal.isTextual() || areObjectOfTexts(principal))
        && (!statement.has("Condition") || areOperators(statement.path("Condition")));
  }

  private static boolean areTexts(JsonNode oneOrMore) {
    return !oneOrMore.isMissingNode() && OneOrMore.of(oneOrMore).allMatch(JsonNode::isTextual);
  }

  private static boolean areObjectOfTexts(JsonNode object) {
    return object.isObject()
        && !object.isEmpty()
        && object.propertyStream().map(Map.Entry::getValue).allMatch(TrustMeaning::areTexts);
  }

  private static boolean areOperators(JsonNode condition) {
    return condition.isObject()
        && condition
            .propertyStream()
            .map(Map.Entry::getValue)
            .allMatch(keys -> keys.isObject() && !keys.isEmpty());
  }

  /** Returns each principal with its type; {@code *} alone means everyone, as one of AWS does. */
  private static List<String> principals(JsonNode principal) {
    if (principal.isTextual()) {
      return List.of(principal("AWS", principal.textValue()));
    }
    return principal
        .propertyStream()
        .flatMap(
            type ->
                OneOrMore.of(type.getValue())
                    .map(name -> principal(type.getKey(), name.textValue())))
        .toList();
  }

  private static String principal(String type, String name) {
    boolean isAccount = type.equals("AWS") && ACCOUNT.matcher(name).matches();
    return type + ":" + (isAccount ? name : ROOT.matcher(name).replaceFirst("$1"));
  }
}
