package spawn.error;

/**
 * Thrown when EC2 has not shown the instance profile within the time limit. Nothing was launched;
 * role and profile stay for the next launch, which may well succeed.
 */
public final class PropagationTimeout extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure from the sentence that the caller reads. */
  public PropagationTimeout(String message) {
    super(message);
  }

  @Override
  public Remedy remedy() {
    return Remedy.OPERATOR;
  }
}
