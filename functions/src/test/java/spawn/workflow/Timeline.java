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
   * Says, when a function is about to be called, whether the answer to this call gets lost. Step
   * Functions then calls again, by its Retry, while the first one may still run, or only begin to.
   *
   * @param call runs the function with its input; for whoever loses its answer to run some time
   */
  default boolean losing(Runnable call) {
    return false;
  }

  /** Runs when a function has answered, before the workflow takes the answer; it may throw too. */
  default void answered() {}
}
