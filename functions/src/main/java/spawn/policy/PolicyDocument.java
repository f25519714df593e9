package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import spawn.error.Work;
import spawn.json.AsJson;
import spawn.json.Json;

/**
 * An identity policy: two documents that mean the same by these rules are equal, though each keeps
 * the shortest form that was found for what it was made from, which is not always the same text.
 *
 * <ul>
 *   <li>Order, formatting, duplicates, {@code Sid}s, a document's {@code Id} and whether one value
 *       stands alone or in a list do not matter.
 *   <li>Letter case does not matter in the names of actions and condition keys.
 *   <li>Statements mean each of their actions on each of their resources, however they are split.
 *   <li>What another statement of the same effect, with the same condition or with none, covers,
 *       adds nothing.
 *   <li>A document of version 2008-10-17 means its variables as plain text.
 * </ul>
 */
public final class PolicyDocument implements AsJson {
  private final JsonNode json;
  private final String fingerprint;

  PolicyDocument(CanonicalForm form) {
    this.json = form.document();
    this.fingerprint = form.fingerprint();
  }

  /** Returns a valid IAM identity policy; what it was put as by spawn, it is again. */
  public static PolicyDocument of(JsonNode json) {
    return of(statements(json));
  }

  /** Returns the policy that a state before has written. */
  static PolicyDocument fromJson(JsonNode json) {
    return of(json);
  }

  static PolicyDocument of(Collection<Statement> statements) {
    return new PolicyDocument(new CanonicalForm(statements, Work.unbounded()));
  }

  /** Returns what valid IAM identity policies mean together. */
  public static PolicyDocument joined(Collection<JsonNode> documents) {
    return of(documents.stream().flatMap(each -> statements(each).stream()).toList());
  }

  /** Returns the statements of a valid policy. */
  static List<Statement> statements(JsonNode document) {
    // Without a version IAM reads the older language.
    boolean variables = document.path("Version").asText().equals("2012-10-17");
    JsonNode oneOrMore = document.path("Statement");
    List<Statement> statements = new ArrayList<>();
    if (oneOrMore.isObject()) {
      statements.add(Statement.of(oneOrMore, variables));
    } else {
      oneOrMore.forEach(statement -> statements.add(Statement.of(statement, variables)));
    }
    return statements;
  }

  /** Returns from when on it denies everything; nothing if it does not. */
  public Optional<Instant> expires() {
    return ends().stream().min(Instant::compareTo);
  }

  /** Returns each instant from which on a statement of it denies everything. */
  public List<Instant> ends() {
    return Expiry.in(json);
  }

  /** Returns the same policy without the statements that end it. */
  public PolicyDocument withoutExpiry() {
    return expires().isEmpty()
        ? this
        : of(Expiry.others(json).stream().map(each -> Statement.of(each, true)).toList());
  }

  /** Returns the shortest document found, as IAM takes it. */
  public JsonNode toJson() {
    return json;
  }

  @Override
  public Object asJson() {
    return json;
  }

  /** Returns whether it has no statements, so there is no inline policy to put. */
  public boolean isEmpty() {
    return json.path("Statement").isEmpty();
  }

  /** Returns a text that is equal for documents that mean the same. */
  String fingerprint() {
    return fingerprint;
  }

  /** Returns the length as IAM counts it: UTF-8 without white space between the tokens. */
  int sizeInBytes() {
    return toString().getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolicyDocument that && fingerprint.equals(that.fingerprint);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  /** Returns the document as text without white space. */
  @Override
  public String toString() {
    return Json.text(json);
  }
}
