package spawn.role;

import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.error.NotVisibleYet;

/**
 * What IAM's NoSuchEntity means, which depends on what was asked: a read finds nothing, a removal
 * has nothing left to do, and a write to something that IAM has just shown must be tried again,
 * since its changes are not always immediately visible (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html">troubleshoot
 * IAM</a>).
 */
public final class IamAnswers {
  private IamAnswers() {}

  /** Returns what a read finds, or nothing if IAM does not know the entity. */
  public static <T> Optional<T> found(Supplier<T> read) {
    try {
      return Optional.of(read.get());
    } catch (NoSuchEntityException absent) {
      return Optional.empty();
    }
  }

  /** Makes a call that removes something; if that is already gone, the call counts as done. */
  public static void unlessGone(Runnable removal) {
    try {
      removal.run();
    } catch (NoSuchEntityException alreadyGone) {
      // Done: by an earlier run that stopped here, or by a person.
      return;
    }
  }

  /**
   * Returns IAM's answer to a call about a role that it has just shown.
   *
   * @throws NotVisibleYet if IAM does not know the role: the replica that answers lags behind, or
   *     the role has been deleted since; the next try tells which
   */
  static <T> T accepted(String roleName, Supplier<T> call) {
    try {
      return call.get();
    } catch (NoSuchEntityException notAcceptedYetOrGone) {
      throw notAcceptedYet(roleName);
    }
  }

  static NotVisibleYet notAcceptedYet(String roleName) {
    return new NotVisibleYet(
        "IAM does not yet accept the role %s, although it has just shown it.".formatted(roleName));
  }
}
