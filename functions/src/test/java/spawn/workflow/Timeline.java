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

  /**
   * Runs when a function is about to be called. Lambda may run it twice at once: when the answer to
   * a first call is lost, Step Functions calls again while that one still runs.
   *
   * @param again runs the same function with the same input
   */
  default void calling(Runnable again) {}

  /** Runs when a function has answered, before the workflow takes the answer; it may throw too. */
  default void answered() {}
}
