package spawn.error;

import java.util.List;

/**
 * Thrown when IAM decides otherwise than the payload expects of its role; it names each such
 * expectation, what IAM decided, and the statement that decided. Nothing was written; a retry helps
 * only once the payload, or a policy that it names, is another.
 */
public final class ExpectationFailed extends SpawnException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param failed at least one, in the payload's order
   * @param tested how many were tested
   */
  public ExpectationFailed(List<Problem> failed, int tested) {
    super(
        InvalidRequest.listed(
            "IAM decides %d of %d expectations otherwise, so nothing was made:"
                .formatted(failed.size(), tested),
            failed,
            failed.size()));
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
