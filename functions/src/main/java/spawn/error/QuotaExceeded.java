package spawn.error;

/**
 * Thrown when a quota of the account is used up; the message names it. What was made before stays
 * and is completed by the next launch; a retry helps only once the quota is raised or something is
 * removed.
 */
public final class QuotaExceeded extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public QuotaExceeded(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public QuotaExceeded(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.OPERATOR;
  }
}
