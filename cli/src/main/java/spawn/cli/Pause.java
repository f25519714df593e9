package spawn.cli;

import java.time.Duration;

/** Waits. */
final class Pause {
  private Pause() {}

  /**
   * Waits for a while.
   *
   * @throws CommandFailure if the wait was interrupted
   */
  static void of(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("The wait was interrupted.");
    }
  }
}
