package spawn.launch;

import java.util.List;
import java.util.function.UnaryOperator;
import spawn.json.Json;

/**
 * Keeps the description of a large launch within what Step Functions passes from state to state:
 * 256 KiB for an output with all that is in it (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html">quotas</a>).
 */
final class LaunchSize {
  /** What is left for role, warnings and trust policies is as much as a large payload needs. */
  static final int MOST_BYTES = 210_000;

  /** What is left out, in this order, until the description fits. */
  private static final List<UnaryOperator<LaunchedInstance>> WAYS =
      List.of(UnaryOperator.identity(), LaunchedInstance::withoutNames, LaunchedInstance::bare);

  private LaunchSize() {}

  /**
   * Returns the instances with as much about each as fits: everything for some 600 with public
   * names, without names and IPv6 addresses for 1,000, and only id, number and state for 1,500.
   */
  static List<LaunchedInstance> fitting(List<LaunchedInstance> instances) {
    List<LaunchedInstance> shorter = instances;
    for (UnaryOperator<LaunchedInstance> way : WAYS) {
      shorter = instances.stream().map(way).toList();
      if (bytes(shorter) <= MOST_BYTES) {
        return shorter;
      }
    }
    return shorter;
  }

  private static int bytes(List<LaunchedInstance> instances) {
    return Json.bytes(instances).length;
  }
}
