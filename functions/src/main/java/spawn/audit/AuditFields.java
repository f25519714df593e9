package spawn.audit;

import java.util.List;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.ListOf;
import spawn.payload.OneOf;
import spawn.role.RoleNames;

/** The members of a call of the audit. */
public final class AuditFields {
  static final String HTML = "html";

  static final Field<String> FORMAT =
      Field.optional(
          "format",
          new OneOf("format", List.of("json", HTML)),
          "\"html\" answers with a page to look at, in the member html",
          "\"html\"",
          "\"json\"");

  static final Field<List<String>> ROLE_NAMES =
      Field.optional(
          "roleNames",
          ListOf.oneOrMore(RoleNames.ROLE),
          "the only roles to look at",
          "[\"report-writer\"]");

  static final Field<Boolean> SERVICES =
      Field.optional(
          "services",
          new Flag(),
          "true tells too which services each role has used; only together with roleNames",
          "true");

  static final Field<String> AFTER =
      Field.optional(
          "after",
          RoleNames.ROLE,
          "where to go on: the member after of an answer that stopped",
          "\"report-writer\"");

  /** All of them. */
  public static final Fields ALL = Fields.of(FORMAT, ROLE_NAMES, SERVICES, AFTER);

  private AuditFields() {}
}
