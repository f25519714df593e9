package spawn.error;

/**
 * Thrown when AWS answers with a server error, or not at all, after the SDK's own retries; the call
 * may or may not have taken effect. Retried by the workflow with jitter: every call is safe to
 * repeat.
 */
public final class AwsUnavailable extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public AwsUnavailable(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public AwsUnavailable(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.AWS;
  }
}
