package spawn.cleanup;

import java.util.List;

/**
 * What a sweep is asked to do.
 *
 * @param dryRun whether to report only, and change nothing
 * @param roleNames roles that are swept although a user named them; spawn's generated names are
 *     swept anyway
 */
public record SweepRequest(boolean dryRun, List<String> roleNames) {
  /** Reads absent members as a sweep of generated names that changes what it finds. */
  public SweepRequest {
    roleNames = roleNames == null ? List.of() : List.copyOf(roleNames);
  }

  /** Returns the request of the schedule and of termination events. */
  public static SweepRequest ofEverything() {
    return new SweepRequest(false, List.of());
  }
}
