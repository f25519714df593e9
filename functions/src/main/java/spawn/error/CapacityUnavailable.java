package spawn.error;

/**
 * Thrown when EC2 has no room for the launch now, or does not offer its instance type in the zone.
 * Nothing was launched; retried a few times, and another zone or instance type may succeed at once.
 */
public final class CapacityUnavailable extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public CapacityUnavailable(String message) {
    super(message);
  }

  /** Creates the failure from the sentence that the caller reads and what led to it. */
  public CapacityUnavailable(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
