package spawn.role;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.IamRequest;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.error.NotVisibleYet;

/**
 * Tells, of calls that IAM refuses to a caller whose rights are bound to a path, whether what they
 * name is gone.
 *
 * <p>A request names a role or profile without its path; IAM takes the path, and the tags for
 * conditions, from what is there. If nothing is there, the resource that it looks at is {@code
 * role/NAME}, which no right on {@code role/spawn/*} covers, so that the answer is AccessDenied and
 * not NoSuchEntity (<a href="https://github.com/kayac/ecspresso/pull/288">seen in the field</a>; <a
 * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html">resource
 * types of IAM</a>). GetRole and GetInstanceProfile are allowed on every path, and tell which it
 * is: after a refusal, one of them is made for each name in the request.
 */
final class RefusedCalls {
  /**
   * For how long IAM may not yet know, where it decides about a call, what has just been made: a
   * new role is usually known at once, and the workflow's retries outlast this.
   */
  private static final Duration NEW = Duration.ofSeconds(30);

  private static final String ACCESS_DENIED = "AccessDenied";

  /**
   * A policy that denies a call by name does so whatever is there (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html">access
   * denied error messages</a>).
   */
  private static final String DENIED_BY_NAME = "explicit deny";

  private final IamClient iam;
  private final Optional<Clock> clock;

  /**
   * Creates it for a function.
   *
   * @param clock by which what was just made is told from what has been there for a while; nothing
   *     for a function that never meets what is new
   */
  RefusedCalls(IamClient iam, Optional<Clock> clock) {
    this.iam = iam;
    this.clock = clock;
  }

  /**
   * Makes a call.
   *
   * @throws NoSuchEntityException if IAM refuses it, and what it names is gone
   * @throws NotVisibleYet if IAM refuses it, and what it names is new
   */
  <Q extends IamRequest, A> A told(Q request, Function<Q, A> call) {
    try {
      return call.apply(request);
    } catch (IamException refused) {
      String said = refused.awsErrorDetails().errorMessage();
      if (!ACCESS_DENIED.equals(refused.awsErrorDetails().errorCode())
          || (said != null && said.contains(DENIED_BY_NAME))) {
        throw refused;
      }
      checkIsThere(request, refused);
      throw refused;
    }
  }

  /**
   * Checks that what a refused request names is there, and not new.
   *
   * @throws NoSuchEntityException if it is gone
   * @throws NotVisibleYet if it is new
   */
  private void checkIsThere(IamRequest request, IamException refused) {
    List<Instant> made = new ArrayList<>();
    try {
      request
          .getValueForField("InstanceProfileName", String.class)
          .map(name -> iam.getInstanceProfile(get -> get.instanceProfileName(name)))
          .ifPresent(profile -> made.add(profile.instanceProfile().createDate()));
      request
          .getValueForField("RoleName", String.class)
          .map(name -> iam.getRole(get -> get.roleName(name)))
          .ifPresent(role -> made.add(role.role().createDate()));
    } catch (NoSuchEntityException gone) {
      throw gone;
    } catch (IamException unreadable) {
      if (ACCESS_DENIED.equals(unreadable.awsErrorDetails().errorCode())) {
        throw refused;
      }
      throw unreadable;
    }
    clock
        .map(now -> now.instant().minus(NEW))
        .filter(since -> made.stream().anyMatch(since::isBefore))
        .ifPresent(
            isNew -> {
              throw new NotVisibleYet(
                  "IAM does not yet allow a call about what it has just made: "
                      + refused.awsErrorDetails().errorMessage());
            });
  }
}
