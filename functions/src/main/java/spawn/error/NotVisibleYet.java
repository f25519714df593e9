package spawn.error;

/**
 * Thrown when IAM says that a name is taken but cannot show what has it, or does not yet accept
 * what another call has just made. Retried within seconds: every step before it is safe to repeat.
 */
public final class NotVisibleYet extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public NotVisibleYet(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.TIME;
  }
}
