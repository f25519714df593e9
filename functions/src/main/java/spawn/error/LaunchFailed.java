package spawn.error;

/**
 * Thrown when EC2 has launched, but so many of the instances ended before they ran that fewer than
 * MinCount are left. What runs is left as it is. A retry does not help, and launches nothing: only
 * a new execution does.
 */
public final class LaunchFailed extends SpawnException {
  private static final long serialVersionUID = 1L;

  private final Remedy remedy;

  /**
   * Creates the failure.
   *
   * @param message names each instance that has ended, why, and what to do
   * @param remedy what ends the failure, which follows from why the instances have ended
   */
  public LaunchFailed(String message, Remedy remedy) {
    super(message);
    this.remedy = remedy;
  }

  @Override
  public Remedy remedy() {
    return remedy;
  }
}
