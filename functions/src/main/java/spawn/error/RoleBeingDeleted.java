package spawn.error;

/**
 * Thrown when the sweep has marked the role for deletion and the launch may not take another name,
 * or all generated names are marked. Nothing was written; retried a few times, since the deletion
 * or the unmarking comes within about twenty minutes.
 */
public final class RoleBeingDeleted extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleBeingDeleted(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.TIME;
  }
}
