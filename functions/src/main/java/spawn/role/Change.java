package spawn.role;

import java.util.List;
import java.util.Optional;

/**
 * One call that brings a role closer to what it should be.
 *
 * @param description what it changes, for the caller; nothing if it only writes again what IAM
 *     already shows
 * @param call makes the change; safe to repeat
 */
record Change(Optional<String> description, Runnable call) {
  static Change of(String description, Runnable call) {
    return new Change(Optional.of(description), call);
  }

  /** Returns a call that writes again what IAM already shows, so there is nothing to report. */
  static Change silent(Runnable call) {
    return new Change(Optional.empty(), call);
  }

  /** Returns what calls change, in their order. */
  static List<String> descriptions(List<Change> changes) {
    return changes.stream().flatMap(change -> change.description().stream()).toList();
  }
}
