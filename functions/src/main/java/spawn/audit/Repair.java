package spawn.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.NotVisibleYet;
import spawn.role.Owner;
import spawn.role.RepairOutcome;
import spawn.role.RepairedRole;
import spawn.role.RoleRepair;

/**
 * Looks for roles that have drifted, and puts those back that may be: one role after the other.
 *
 * <p>It costs a call for each page of the listing; for each role three, and one more for each of
 * its inline policies; for each role that is repaired one more read, and a call for each change.
 */
public final class Repair {
  /** Longer than the calls for one role may take with all their attempts. */
  private static final Duration RESERVE = Duration.ofSeconds(60);

  private static final int PAGE = 1000;

  private final IamClient iam;
  private final Owner owner;
  private final RoleRepair repair;
  private final Clock clock;

  /**
   * Creates the repair of one stack.
   *
   * @param iam must wait patiently when AWS asks to slow down
   */
  public Repair(IamClient iam, Owner owner, RoleRepair repair, Clock clock) {
    this.iam = iam;
    this.owner = owner;
    this.repair = repair;
    this.clock = clock;
  }

  /**
   * Repairs once. One role's failure does not stop the others.
   *
   * @param timeLeft after which the caller is cut off; no role is begun in the last minute of it
   */
  public RepairReport repair(RepairRequest request, Duration timeLeft) {
    Instant end = clock.instant().plus(timeLeft).minus(RESERVE);
    List<String> listed =
        iam
            .listRolesPaginator(list -> list.pathPrefix(owner.path()).maxItems(PAGE))
            .roles()
            .stream()
            .map(Role::roleName)
            .sorted()
            .toList();
    List<RepairedRole> roles = new ArrayList<>();
    List<String> looked = new ArrayList<>();
    Optional<String> stopped = Optional.empty();
    for (String name : listed) {
      if (!isAskedFor(name, request)) {
        continue;
      }
      stopped = look(name, request.act(), end, roles);
      if (stopped.isPresent()) {
        break;
      }
      looked.add(name);
    }
    return new RepairReport(
        !request.act(),
        looked.size(),
        List.copyOf(roles),
        request.roleNames().stream().filter(name -> !listed.contains(name)).sorted().toList(),
        stopped,
        stopped.isEmpty()
            ? Optional.empty()
            : looked.isEmpty() ? request.after() : Optional.of(looked.get(looked.size() - 1)));
  }

  private static boolean isAskedFor(String name, RepairRequest request) {
    return (request.roleNames().isEmpty() || request.roleNames().contains(name))
        && request.after().filter(after -> name.compareTo(after) <= 0).isEmpty();
  }

  /** Looks at one role; returns why the run has to stop, if it has to. */
  private Optional<String> look(String name, boolean act, Instant end, List<RepairedRole> roles) {
    if (!clock.instant().isBefore(end)) {
      return Optional.of("before role %s: the time was over".formatted(name));
    }
    try {
      repair.repair(name, act).ifPresent(roles::add);
      return Optional.empty();
    } catch (NotVisibleYet goneMeanwhile) {
      return Optional.empty();
    } catch (SdkException failure) {
      if (AwsErrors.kind(failure) == AnswerKind.THROTTLED) {
        return Optional.of(
            "at role %s: AWS asks to slow down: %s".formatted(name, failure.getMessage()));
      }
      roles.add(
          new RepairedRole(name, RepairOutcome.FAILED, List.of(), List.of(), failure.getMessage()));
      return Optional.empty();
    }
  }
}
