package spawn.cleanup;

import java.time.Duration;
import java.util.List;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.IsoDuration;
import spawn.payload.ListOf;
import spawn.payload.Rule;
import spawn.payload.Text;
import spawn.role.RoleNames;

/** The members of a direct call of the sweep. */
public final class SweepFields {
  private static final Text A_REGION =
      Text.like("region", 40, "[a-z]{2,}(-[a-z]+)+-\\d+", "write for example \"eu-west-1\"");

  static final Field<Boolean> DRY_RUN =
      Field.optional("dryRun", new Flag(), "true reports only, and changes nothing", "true");

  static final Field<List<String>> REGIONS =
      Field.optional(
          "regions",
          ListOf.oneOrMore(A_REGION),
          "the only regions to look at; such a call changes nothing",
          "[\"eu-west-1\"]");

  static final Field<List<String>> ROLE_NAMES =
      Field.optional(
          "roleNames",
          ListOf.oneOrMore(RoleNames.ROLE),
          "the only roles to mark or to delete, also those that a user named",
          "[\"report-writer\"]");

  static final Field<String> ROLE_SET =
      Field.optional(
          "roleSet",
          RoleNames.ROLE.called("role set name"),
          "the name of the role set whose roles are removed, all of them or none",
          "\"metaflow-prod\"");

  static final Field<Boolean> EVERYTHING =
      Field.optional(
          "everything",
          new Flag(),
          "true removes every role of the stack, whatever its name and whoever it trusts",
          "true");

  static final Field<Duration> OLDER_THAN =
      Field.optional(
          "olderThan", new IsoDuration(), "roles younger than this stay", "\"P7D\"", "\"PT36H\"");

  static final Field<Boolean> MAY_DELETE_MOST =
      Field.optional(
          "mayDeleteMost", new Flag(), "lets more than half of the roles go in one run", "true");

  static final Rule EVERYTHING_STANDS_ALONE =
      Rule.excludes(
          EVERYTHING,
          List.of(ROLE_NAMES, ROLE_SET),
          "Must not be combined with \"roleNames\" or \"roleSet\": everything is more than these. Leave one out.");

  /** All of them. */
  public static final Fields ALL =
      Fields.of(DRY_RUN, REGIONS, ROLE_NAMES, ROLE_SET, EVERYTHING, OLDER_THAN, MAY_DELETE_MOST)
          .with(EVERYTHING_STANDS_ALONE)
          .withoutNulls();

  private SweepFields() {}
}
