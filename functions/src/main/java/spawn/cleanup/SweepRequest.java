package spawn.cleanup;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a sweep is asked to do. A request can only make the sweep more careful, except for the roles
 * that it names, by name, by their set or all of them, and for {@link #mayDeleteMost}.
 *
 * @param dryRun whether to report only, and change nothing
 * @param regions the only regions to look at, or none for all; what is not looked at may be in use,
 *     so nothing is changed while one is left out
 * @param roleNames the only roles to mark or delete, or none for all that have generated names;
 *     only this, the set and {@link #everything} reach a role that a user named
 * @param olderThan roles younger than this stay; it only adds to the sweep's own patience
 * @param mayDeleteMost whether the run may delete more than half of the roles
 * @param roleSet the role set to remove: all of it or, while any of it is used, none of it
 * @param everything whether to remove every role of the stack, as before the stack is deleted: also
 *     those that a user named, those that trust more than EC2, and each set as a whole
 */
public record SweepRequest(
    boolean dryRun,
    Set<String> regions,
    Set<String> roleNames,
    Duration olderThan,
    boolean mayDeleteMost,
    Optional<String> roleSet,
    boolean everything) {
  /** Copies the sets. */
  public SweepRequest {
    regions = Set.copyOf(regions);
    roleNames = Set.copyOf(roleNames);
  }

  /** Returns the request that the schedule and termination events make. */
  public static SweepRequest ordinary() {
    return new SweepRequest(
        false, Set.of(), Set.of(), Duration.ZERO, false, Optional.empty(), false);
  }

  /** Returns whether it is for certain roles only, and not for all that nothing uses. */
  boolean isForSome() {
    return !roleNames.isEmpty() || roleSet.isPresent();
  }

  /** Returns whether it reaches roles with names of their own. */
  boolean reachesNamed() {
    return everything || isForSome();
  }

  /**
   * Returns whether it reaches roles that more than EC2 may assume, of whose use only IAM's own
   * record tells.
   */
  boolean reachesServices() {
    return everything || roleSet.isPresent();
  }

  /** Returns whether every role that could go is read, however many there are. */
  boolean readsAll() {
    return dryRun || everything || isForSome();
  }

  /** Returns the same request as a dry run. */
  public SweepRequest asDryRun() {
    return new SweepRequest(
        true, regions, roleNames, olderThan, mayDeleteMost, roleSet, everything);
  }
}
