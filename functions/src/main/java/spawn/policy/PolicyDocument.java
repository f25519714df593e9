package spawn.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * An identity policy in canonical form: two documents that mean the same, by the rules listed at
 * the class, are equal.
 */
public final class PolicyDocument {
  private final JsonNode json;

  private PolicyDocument(JsonNode json) {
    this.json = json;
  }

  /** Returns the canonical form of a valid IAM identity policy. */
  @JsonCreator
  public static PolicyDocument of(JsonNode json) {
    return new PolicyDocument(json);
  }

  /** Returns the document as IAM takes it. */
  @JsonValue
  public JsonNode toJson() {
    return json;
  }

  /** Returns whether it holds no statement, so that there is no inline policy to put. */
  public boolean isEmpty() {
    return json.path("Statement").isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolicyDocument that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  /** Returns the document as text without white space. */
  @Override
  public String toString() {
    return json.toString();
  }
}
