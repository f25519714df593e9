package spawn.role;

import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.iam.IamClient;
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

  /**
   * Returns IAM for a function that makes roles or profiles, with rights on spawn's path only: what
   * is gone is NoSuchEntity, where IAM says that it is not allowed, and what was just made and is
   * not allowed yet is {@link NotVisibleYet}.
   */
  public static IamClient ofMakers(IamClient iam, Clock clock) {
    return new PathBoundIam(iam, Optional.of(clock));
  }

  /**
   * Returns the same for a function that only removes, and so never meets what was just made: what
   * is gone is NoSuchEntity.
   */
  public static IamClient ofTheSweep(IamClient iam) {
    return new PathBoundIam(iam, Optional.empty());
  }

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
