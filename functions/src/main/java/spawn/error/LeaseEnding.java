package spawn.error;

/**
 * Thrown when too little of the role's lease is left to launch under it. Nothing was launched; the
 * workflow goes back to EnsureRole for a fresh lease.
 */
public final class LeaseEnding extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public LeaseEnding(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.TIME;
  }
}
