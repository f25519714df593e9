package spawn.error;

/**
 * Thrown when a role or its instance profile is gone that an earlier state has made. The workflow
 * goes back to EnsureRole; callers see it only when that happens again and again.
 */
public final class RoleVanished extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public RoleVanished(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.TIME;
  }
}
