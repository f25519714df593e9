package spawn.error;

/**
 * Thrown when the role of a launch has ended, or ends before anything could run under it. Nothing
 * was launched; never retried: it does not come back.
 */
public final class RoleExpired extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleExpired(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
