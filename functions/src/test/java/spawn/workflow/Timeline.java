package spawn.workflow;

import java.time.Duration;

/** How time passes for an execution. */
@FunctionalInterface
public interface Timeline {
  /** Lets time pass: all waiting of a workflow is done here. */
  void pause(Duration length);

  /**
   * Runs when a state is entered, before anything of it is done. It may throw an {@link Error} to
   * stop the execution there, as an abort does; run again, the execution goes on with this state.
   */
  default void entering(String state) {}
}
