package spawn.error;

/**
 * Thrown when an operator has revoked the role that a launch or a role set asks for. Nothing was
 * changed; never retried: it stays so until an operator undoes it.
 */
public final class RoleRevoked extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleRevoked(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
