package spawn.error;

/**
 * Thrown when a launch that needs an approval has none that counts: somebody refused it, the
 * approval is stale because what would be made has changed since, or the wait was ended without an
 * answer on record. Nothing was made, and a retry changes nothing: only a new execution asks again.
 */
public final class ApprovalDenied extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public ApprovalDenied(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
