package spawn.error;

/**
 * Thrown when AWS refuses a call for a reason that neither the payload nor a missing permission
 * explains: the state of the account, or an answer that spawn does not know. The message holds
 * AWS's own code and sentence. What was made before stays and is completed by the next launch; a
 * retry helps only once the operator has found the reason.
 */
public final class AwsRefused extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public AwsRefused(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public AwsRefused(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.OPERATOR;
  }
}
