package spawn.error;

/**
 * Thrown when nobody has approved or refused a launch in time. Nothing was made, and a retry
 * changes nothing: only a new execution asks again.
 */
public final class ApprovalTimeout extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public ApprovalTimeout(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
