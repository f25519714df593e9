package spawn.error;

/**
 * Thrown when the wanted role name belongs to a role that spawn may not change, or to one of
 * spawn's with other content. Nothing was written; never retried: only a person can say whose role
 * it is.
 */
public final class RoleConflict extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleConflict(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
