package spawn.error;

/**
 * Thrown when EC2 refuses the launch's own parameters; the message holds EC2's code and sentence.
 * Nothing was launched; the same payload fails again until it, or what it names, is changed.
 */
public final class LaunchRejected extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public LaunchRejected(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public LaunchRejected(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
