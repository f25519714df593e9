package spawn.audit;

import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;

/** The members of a call of the repair. */
public final class RepairFields {
  static final Field<Boolean> REPAIR =
      Field.optional(
          "repair",
          new Flag(),
          "true repairs; otherwise the answer says what would change",
          "true");

  /** All of them; a template that has no names to put in must not widen the call. */
  public static final Fields ALL =
      Fields.of(REPAIR, AuditFields.ROLE_NAMES, AuditFields.AFTER).withoutNulls();

  private RepairFields() {}
}
