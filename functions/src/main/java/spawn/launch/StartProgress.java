package spawn.launch;

import java.time.Instant;
import java.util.List;

/**
 * How far the instances of a launch have come.
 *
 * @param settled whether nothing is waited for any more: each instance runs or has ended, or the
 *     time is over
 * @param instances the instances as they are last known, in the order in which they were given
 * @param waitingSince when the first question of this wait was asked
 * @param nextLookInSeconds how long to wait before asking again, if not settled; a whole number, 2
 *     to 15
 */
public record StartProgress(
    boolean settled,
    List<LaunchedInstance> instances,
    Instant waitingSince,
    int nextLookInSeconds) {
  /** Returns how many run. */
  public long running() {
    return instances.stream().filter(LaunchedInstance::isRunning).count();
  }

  /** Returns how many are still on their way. */
  public long pending() {
    return instances.stream().filter(LaunchedInstance::isPending).count();
  }

  /** Returns how many have ended before they ran. */
  public long ended() {
    return instances.stream().filter(LaunchedInstance::hasEnded).count();
  }
}
