package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.InstantOrDuration;
import spawn.payload.ListOf;
import spawn.payload.Text;
import spawn.payload.WholeNumber;

/** The members of an {@code iam} object that say what a role may do, and who may assume it. */
public final class PermissionFields {
  /** Longer lists hold nothing that a role could: reading on would only cost time. */
  static final int MAX_ENTRIES = 200;

  /**
   * In seconds, as IAM takes it (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  static final WholeNumber SESSION_SECONDS = new WholeNumber(3_600, 43_200, "seconds");

  /** Words that grant access. */
  public static final Field<List<String>> POLICIES =
      Field.optional(
          "policies",
          ListOf.upTo(MAX_ENTRIES, Text.ANY),
          "words such as s3:ReadOnly or ecr:Pull that grant access",
          "[\"s3:ReadOnly\", \"dynamodb:WriteOnly\"]");

  /** What the words are bound to. */
  public static final Field<List<String>> RESOURCES =
      Field.optional(
          "resources",
          ListOf.upTo(MAX_ENTRIES, Text.ANY),
          "ARNs, or short forms such as s3://bucket/prefix*, to which the words are bound",
          "[\"s3://training-data/2026/*\", \"dynamodb://results\"]");

  /** Managed policies to attach. */
  public static final Field<List<String>> MANAGED_POLICIES =
      Field.optional(
          "managedPolicies",
          ListOf.upTo(MAX_ENTRIES, Text.ANY),
          "AWS managed policies by name or ARN, and policies of the account by ARN",
          "[\"AmazonSSMManagedInstanceCore\"]");

  /** A whole policy. */
  public static final Field<JsonNode> POLICY_DOCUMENT =
      Field.optional(
          "policyDocument",
          new Document("an IAM policy document", "IAM policy documents"),
          "a whole IAM policy document",
          """
          {"Version": "2012-10-17",
           "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}}""");

  /** Statements of a policy. */
  public static final Field<JsonNode> STATEMENTS =
      Field.optional(
          "statements",
          new Document(
              "a list of IAM policy statements, or an object of them by name",
              "lists of IAM policy statements"),
          "a list of IAM policy statements, or an object of them by name, as IAM or as Terraform spells them",
          """
          [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}]""",
          """
          {"read": {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::data/*"]}}""");

  /** Roles of other accounts. */
  public static final Field<List<JsonNode>> ASSUME_ROLES =
      Field.optional(
          "assumeRoles",
          ListOf.upTo(MAX_ENTRIES, new Document("a role to assume", "roles to assume")),
          "ARNs of roles in other accounts that the role may assume, or objects with role and externalId",
          "[\"arn:aws:iam::111122223333:role/reader\"]",
          """
          [{"role": "arn:aws:iam::111122223333:role/reader", "externalId": "team-7"}]""");

  /** Who may assume the role. */
  public static final Field<List<String>> TRUST_SERVICES =
      Field.optional(
          "trustServices",
          new ListOf<>(Text.ANY, 1, MAX_ENTRIES, false),
          "the services that may assume the role, by short name; ec2 if left out",
          "[\"ec2\"]",
          "[\"ecs-tasks\"]");

  /** How long a session of the role may last. */
  public static final Field<Integer> MAX_SESSION_DURATION =
      Field.optional(
          "maxSessionDuration",
          SESSION_SECONDS,
          "the longest session of the role, in seconds",
          "7200");

  /** The role's permissions boundary. */
  public static final Field<String> PERMISSIONS_BOUNDARY =
      Field.optional(
          "permissionsBoundary",
          Text.ANY,
          "the ARN of one of the boundaries that the stack allows; its own if left out",
          "\"arn:aws:iam::123456789012:policy/TeamBoundary\"");

  /** When the role ends. */
  public static final Field<InstantOrDuration.Moment> EXPIRES =
      Field.optional(
          "expires",
          new InstantOrDuration(),
          "when the role ends: an ISO 8601 instant, or a duration from now on",
          "\"PT8H\"",
          "\"P7D\"");

  /** All of them. */
  public static final Fields ALL =
      Fields.of(
          POLICIES,
          RESOURCES,
          MANAGED_POLICIES,
          POLICY_DOCUMENT,
          STATEMENTS,
          ASSUME_ROLES,
          TRUST_SERVICES,
          MAX_SESSION_DURATION,
          PERMISSIONS_BOUNDARY,
          EXPIRES);

  private PermissionFields() {}
}
