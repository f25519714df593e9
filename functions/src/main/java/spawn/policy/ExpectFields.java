package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.ListOf;

/** The members of {@code expect}, an object that says what a role must and must not be allowed. */
public final class ExpectFields {
  /**
   * How many a payload may have. Each is one call to IAM: of two actions in one call it may say
   * that they "require different authorization information".
   */
  public static final int MAX_EXPECTATIONS = 50;

  private static final Document EXPECTATION = new Document("an expectation", "expectations");

  /** What the role must be allowed. */
  public static final Field<List<JsonNode>> ALLOW =
      Field.optional(
          "allow",
          ListOf.upTo(MAX_EXPECTATIONS, EXPECTATION),
          "what the role must be allowed: an action and a resource, or an object with action, resource and context",
          "[\"s3:GetObject s3://bucket/key\"]",
          "[{\"action\": \"s3:GetObject\", \"resource\": \"s3://bucket/key\"}]");

  /** What the role must not be allowed. */
  public static final Field<List<JsonNode>> DENY =
      Field.optional(
          "deny",
          ListOf.upTo(MAX_EXPECTATIONS, EXPECTATION),
          "what the role must not be allowed, written in the same way",
          "[\"s3:DeleteObject s3://bucket/*\"]");

  /** The context of every request. */
  public static final Field<JsonNode> CONTEXT =
      Field.optional(
          "context",
          new Document("an object of condition keys", "objects of condition keys"),
          "values of condition keys, for every expectation",
          "{\"aws:SourceIp\": \"10.0.0.1\"}");

  /** All of them. */
  public static final Fields ALL = Fields.of(ALLOW, DENY, CONTEXT);

  private ExpectFields() {}
}
