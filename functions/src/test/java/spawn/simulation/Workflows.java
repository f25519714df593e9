package spawn.simulation;

import java.util.Optional;
import spawn.workflow.Workflow;

/** The workflows of the schedules that one thread runs, each read once. */
final class Workflows {
  private final Workflow free = Workflow.read();
  private Optional<Workflow> asking = Optional.empty();

  /** Returns that of stacks in which no launch asks. */
  Workflow free() {
    return free;
  }

  /** Returns that of stacks in which every launch asks. */
  Workflow asking() {
    if (asking.isEmpty()) {
      asking = Optional.of(Approvers.workflow(free));
    }
    return asking.get();
  }
}
