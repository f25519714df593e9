package spawn.error;

/**
 * Thrown when a role set was to be removed of which something uses a role, or may: all of it stays.
 * Nothing was removed; never retried: only a person can say whether the use can end.
 */
public final class RoleSetInUse extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleSetInUse(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
