package spawn.error;

/**
 * Thrown when the wanted instance profile is not spawn's and empty, or holds another role. It was
 * left as it was; never retried: only a person can say whose profile it is.
 */
public final class ProfileConflict extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public ProfileConflict(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
