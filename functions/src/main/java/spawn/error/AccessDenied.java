package spawn.error;

/**
 * Thrown when one of spawn's own functions lacks a permission, or a policy above it denies the
 * call; the message names both. Retries do not help: the stack, its boundary or an organisation's
 * policy has to change.
 */
public final class AccessDenied extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public AccessDenied(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public AccessDenied(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.OPERATOR;
  }
}
