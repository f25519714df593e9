package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.ObjectOf;
import spawn.payload.PayloadObject;
import spawn.payload.Rule;
import spawn.payload.TextMap;
import spawn.policy.ExpectFields;
import spawn.policy.PermissionFields;

/** The members of an object that describes a role: the {@code iam} of a launch, or one of a set. */
public final class IamFields {
  /** The role's name. */
  public static final Field<String> ROLE =
      Field.optional(
          "role",
          RoleNames.ROLE,
          "a role's name: an existing role is used as it is, any other is made under this name",
          "\"report-writer\"");

  /** The role's tags. */
  public static final Field<Map<String, String>> ROLE_TAGS =
      tags("roleTags", "tags of a role that is made");

  /** The name of the role's instance profile. */
  public static final Field<String> INSTANCE_PROFILE =
      Field.optional(
          "instanceProfile",
          RoleNames.PROFILE,
          "the name of the instance profile, where it differs from the role's",
          "\"reports\"");

  /** Who asks, as the caller says: no evidence. */
  public static final Field<String> CREATOR =
      Field.optional(
          "creator",
          Tags.VALUE.called("creator tag"),
          "who asks, as the caller says, for the tag spawn:creator; the execution's name if left out",
          "\"ann\"");

  /** A role that was written down elsewhere. */
  public static final Field<JsonNode> IMPORT =
      Field.optional(
          "import",
          new Document("what ExportRole has answered, or its \"iam\"", "exports of roles"),
          "a role as ExportRole has written it down: its whole answer, or the iam in it",
          "{\"role\": \"report-writer\", \"policies\": [\"s3:ReadOnly\"], \"resources\": [\"s3://reports\"]}");

  /** What an export says, and an object that an export may hold. */
  static final Fields IMPORTED =
      PermissionFields.ALL.and(List.of(ROLE, ROLE_TAGS, INSTANCE_PROFILE, CREATOR));

  /** What the role must and must not be allowed. */
  public static final Field<PayloadObject> EXPECT =
      Field.optional(
          "expect",
          new ObjectOf("expectations", ExpectFields.ALL),
          "what IAM's simulator must allow and deny the role, before anything is made",
          """
          {"allow": ["s3:GetObject s3://bucket/key"], "deny": ["s3:DeleteObject s3://bucket/key"]}""");

  /** An import is the content of the role, and no part of it. */
  public static final Rule IMPORT_IS_ALL =
      Rule.excludes(
          IMPORT,
          PermissionFields.ALL.list(),
          "Says all that the role may do, so nothing else may. Beside it may stand only what names and tags the role: role, roleTags, instanceProfile, creator. Leave out either \"import\" or the other fields, or change them in the import itself.");

  /** All of them. */
  public static final Fields ALL = IMPORTED.and(List.of(IMPORT, EXPECT)).with(IMPORT_IS_ALL);

  private IamFields() {}

  /** Returns a field that holds tags of roles. */
  public static Field<Map<String, String>> tags(String name, String meaning) {
    return Field.optional(
        name,
        new TextMap("tags", Tags.KEY, Tags.VALUE, Tags.MAX_OF_CALLER, Tags.WHY_NO_MORE),
        meaning,
        "{\"team\": \"data\"}");
  }
}
