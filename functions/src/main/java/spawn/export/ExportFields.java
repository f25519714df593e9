package spawn.export;

import java.time.Duration;
import java.util.List;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.IsoDuration;
import spawn.payload.Rule;
import spawn.payload.Text;
import spawn.role.RoleNames;

/** The members of a call of ExportRole. */
public final class ExportFields {
  static final Field<String> EXPORT =
      Field.optional("export", RoleNames.ROLE, "the role to write down as it is", "\"reports\"");

  static final Field<String> SHRINK =
      Field.optional(
          "shrink",
          RoleNames.ROLE,
          "the role to write down without what it has not used",
          "\"reports\"");

  static final Field<Duration> MIN_AGE =
      Field.optional(
          "minAge",
          new IsoDuration(),
          "a younger role is not shrunk: it may not yet have done all that it is for; P7D if left out",
          "\"P30D\"");

  /** As IAM gives jobs their ids. */
  static final Field<String> JOB_ID =
      Field.optional(
          "jobId",
          Text.like("job id", 36, "[0-9A-Za-z-]{36}", "it is in the answer before"),
          "the report that an earlier call has asked for, and that was not ready",
          "\"98a765b4-3cde-2101-2345-example678f9\"");

  static final Rule ONE_ROLE =
      Rule.exactlyOne(
          "Must say either \"export\" or \"shrink\", for example {\"export\": \"report-writer\"}.",
          EXPORT,
          SHRINK);

  static final Rule NOT_TO_EXPORT =
      Rule.excludes(
          EXPORT,
          List.of(MIN_AGE, JOB_ID),
          "Writes a role down as it is now, whatever its age and use. Leave out \"minAge\" and \"jobId\".");

  /** All of them. */
  public static final Fields ALL =
      Fields.of(EXPORT, SHRINK, MIN_AGE, JOB_ID).with(ONE_ROLE, NOT_TO_EXPORT);

  private ExportFields() {}
}
