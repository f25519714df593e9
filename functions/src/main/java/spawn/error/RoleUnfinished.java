package spawn.error;

/**
 * Thrown when a launch means to complete a role that another content was begun with and that was
 * never finished: until nobody can be writing that any more, it waits. Only the claim tag was
 * written; retried until the launch may write the rest, after some minutes.
 */
public final class RoleUnfinished extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleUnfinished(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.TIME;
  }
}
