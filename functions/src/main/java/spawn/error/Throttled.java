package spawn.error;

/**
 * Thrown when AWS still throttles after the SDK's own retries. Retried by the workflow with jitter:
 * every call is safe to repeat.
 */
public final class Throttled extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public Throttled(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public Throttled(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.AWS;
  }
}
