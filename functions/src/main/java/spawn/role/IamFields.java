package spawn.role;

import java.util.List;
import java.util.Map;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.TextMap;
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

  /** All of them. */
  public static final Fields ALL =
      PermissionFields.ALL.and(List.of(ROLE, ROLE_TAGS, INSTANCE_PROFILE, CREATOR));

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
