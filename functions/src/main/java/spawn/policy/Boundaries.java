package spawn.policy;

import java.util.List;
import spawn.error.Work;

/**
 * What the stack's own permissions boundaries deny, as {@code boundaries.json} lists it, so that a
 * grant that will not work is told from one that will.
 *
 * <p>A boundary that replaces the stack's is to deny at least as much. What other boundaries deny
 * is not known.
 *
 * @param denies what the boundary of instances' roles denies
 * @param allows the only actions that the boundary of services' roles allows
 */
record Boundaries(List<Denial> denies, List<Glob> allows) {
  /** The code of the finding. */
  static final String FINDING = "BOUNDARY_DENIES";

  /**
   * Actions that are denied on resources.
   *
   * @param actions patterns of the actions
   * @param resources patterns of ARNs, in which PARTITION, ACCOUNT and ROLEPATH are the stack's own
   */
  record Denial(List<Glob> actions, List<String> resources) {
    private boolean covers(Glob action, Terms on, StackContext context, Work work) {
      // A loop: this is asked for each action of each statement.
      for (Glob pattern : actions) {
        if (pattern.covers(action, work)) {
          return coversResources(on, context);
        }
      }
      return false;
    }

    private boolean coversResources(Terms on, StackContext context) {
      List<Glob> denied =
          resources.stream()
              .map(
                  arn ->
                      arn.replace("PARTITION", context.partition())
                          .replace("ROLEPATH", context.rolePath())
                          .replace("ACCOUNT", context.account()))
              .map(Glob::resource)
              .toList();
      return denied.stream().anyMatch(Glob::isEverything)
          || (!on.inverted()
              && on.patterns().stream()
                  .allMatch(resource -> denied.stream().anyMatch(arn -> arn.covers(resource))));
    }
  }

  /**
   * Returns the actions of a statement that a boundary denies on all of its resources; none if it
   * is not one of the stack's own.
   */
  List<String> deniedOf(Statement statement, String boundary, StackContext context) {
    return statement.listedActions().stream()
        .filter(action -> denies(action, statement.resources(), boundary, context))
        .map(Glob::spelled)
        .toList();
  }

  private boolean denies(Glob action, Terms on, String boundary, StackContext context) {
    if (boundary.equals(context.serviceBoundary())) {
      return allows.stream().noneMatch(known -> known.covers(action) || action.covers(known));
    }
    if (boundary.equals(context.defaultBoundary())) {
      Work work = Work.unbounded();
      for (Denial denial : denies) {
        if (denial.covers(action, on, context, work)) {
          return true;
        }
      }
    }
    return false;
  }
}
