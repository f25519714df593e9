package spawn.revocation;

import java.util.List;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.Rule;
import spawn.payload.Text;
import spawn.role.RoleNames;

/** The members of a call that revokes a role. */
public final class RevocationFields {
  private static final int MAX_TEXT = 1_000;

  static final Field<String> ROLE =
      Field.required("role", RoleNames.ROLE, "the name of the role", "\"report-writer\"");

  static final Field<String> REASON =
      Field.optional(
          "reason",
          text("reason"),
          "why, for the log and the role's tag; required unless it is undone",
          "\"its key was found in a public repository\"");

  static final Field<String> BY =
      Field.optional("by", text("name"), "who asks, as the caller says", "\"ann\"");

  static final Field<Boolean> SESSIONS =
      Field.optional(
          "sessions",
          new Flag(),
          "true denies only the sessions issued so far; whoever may assume the role gets new ones",
          "true");

  static final Field<Boolean> UNDO =
      Field.optional("undo", new Flag(), "true takes every revocation off the role", "true");

  static final Rule UNDO_TAKES_ALL_OFF =
      Rule.excludes(
          SESSIONS,
          List.of(UNDO),
          "Must not stand beside \"undo\", which takes all off. Leave it out.");

  /** All of them. */
  public static final Fields ALL =
      Fields.of(ROLE, REASON, BY, SESSIONS, UNDO).with(UNDO_TAKES_ALL_OFF).withoutNulls();

  private RevocationFields() {}

  private static Text text(String name) {
    return Text.of(name, 1, MAX_TEXT, "(?s).", "characters");
  }
}
