package spawn.simulation;

import java.util.function.Supplier;

/** Something that must always hold, and did not. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private Violation(String message) {
    super(message);
  }

  /** Ends the schedule unless a condition holds. */
  static void unless(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new Violation(otherwise.get());
    }
  }
}
