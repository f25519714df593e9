package spawn.roleset;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.InstantOrDuration;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.OneOf;
import spawn.payload.PayloadObject;
import spawn.payload.Rule;
import spawn.payload.Text;
import spawn.role.IamFields;
import spawn.role.RoleNames;

/** The members of the payload of a role set. */
public final class RoleSetFields {
  /** The most characters of what a preset puts behind the set's name in the name of a role. */
  static final int MAX_NAME_ENDING = 20;

  /** More than any set of a product needs, and few enough for one execution's history. */
  private static final int MAX_ROLES = 40;

  /** What both a role's name and a tag's value take: the set's name becomes a part of each. */
  private static final Text A_NAME_PREFIX =
      Text.of(
          "name prefix",
          1,
          RoleNames.MAX_LENGTH - MAX_NAME_ENDING,
          "[\\w+=.@-]",
          "letters, digits and _ + = . @ -");

  static final Field<String> NAME_PREFIX =
      Field.required(
          "namePrefix",
          A_NAME_PREFIX,
          "the set's name, with which the names of its roles begin",
          "\"metaflow-prod\"");

  static final Field<String> PRESET =
      Field.optional(
          "preset",
          new OneOf("preset", Preset.ALL.stream().map(Preset::name).toList()),
          "roles that are described already",
          "\"metaflow-batch\"");

  static final Field<List<PayloadObject>> ROLES =
      Field.optional(
          "roles",
          new ListOf<>(new ObjectOf("roles", IamFields.ALL), 1, MAX_ROLES, false),
          "in place of a preset, the roles, each as the iam of a launch",
          "[{\"role\": \"nightly-import\", \"policies\": [\"sqs:ReadWrite\"]}]");

  static final Field<Map<String, String>> TAGS =
      IamFields.tags("tags", "tags of all roles; a role's own roleTags come before them");

  static final Field<InstantOrDuration.Moment> EXPIRES =
      Field.optional(
          "expires",
          new InstantOrDuration(),
          "when the roles end that do not say it themselves, as in the iam of a launch",
          "\"P7D\"");

  static final Field<Boolean> PLAN =
      Field.optional(
          "plan", new Flag(), "true tells what would change, and changes nothing", "true");

  static final Field<Boolean> DELETE =
      Field.optional("delete", new Flag(), "true removes the set; the name is enough", "true");

  static final Rule PRESET_OR_ROLES =
      Rule.exactlyOne(
          "Must have either a \"preset\" or \"roles\", each of them as the \"iam\" of a launch.",
          PRESET,
          ROLES);

  /** The rules that what belongs to a preset does not stand beside roles. */
  static final List<Rule> ONLY_WITH_PRESET =
      ofPresets()
          .map(
              field ->
                  Rule.excludes(
                      field,
                      List.of(ROLES),
                      "Belongs to a preset. Put it into the role of $.roles that it is meant for."))
          .toList();

  /** All of them. */
  public static final Fields ALL =
      Fields.of(NAME_PREFIX, PRESET)
          .and(ofPresets().toList())
          .and(List.of(ROLES, TAGS, EXPIRES, IamFields.CREATOR, PLAN, DELETE))
          .with(PRESET_OR_ROLES)
          .with(ONLY_WITH_PRESET.toArray(Rule[]::new));

  private RoleSetFields() {}

  private static Stream<Field<?>> ofPresets() {
    return Preset.ALL.stream().flatMap(preset -> preset.fields().stream()).map(Preset.Input::field);
  }
}
