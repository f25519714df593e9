package spawn.error;

/**
 * The common supertype of all failures that spawn names.
 *
 * <p>Its message is one readable sentence or list for the caller: what happened, why, and what to
 * do. It never holds user data, a policy document or a stack trace.
 */
public abstract class SpawnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure with the sentence that the caller reads. */
  protected SpawnException(String message) {
    super(message);
  }

  /**
   * Creates the failure with the sentence that the caller reads and, for the log, what led to it.
   */
  protected SpawnException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns what ends the failure. */
  public abstract Remedy remedy();
}
