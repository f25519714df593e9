package spawn.launch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import spawn.error.LaunchFailed;
import spawn.error.Remedy;
import spawn.launch.StateReasons.Advice;

/** Says which instances of a launch have ended, why, and what to do. */
final class EndedInstances {
  /** Their ids leave room for everything else in the 32,768 characters of a cause. */
  private static final int MOST_NAMED = 1_000;

  private static final LaunchedInstance.Reason NONE =
      new LaunchedInstance.Reason("EC2 gives no reason", null);

  private EndedInstances() {}

  /**
   * Returns the failure of a launch of which too little is left.
   *
   * @param all all instances of the launch
   * @param minCount how many must run
   */
  static LaunchFailed tooMany(List<LaunchedInstance> all, int minCount) {
    String first =
        all.size() == 1
            ? "The instance of this launch ended before it ran:"
            : "Of %d instances of this launch, %d ended before they ran, which leaves fewer than MinCount (%d):"
                .formatted(all.size(), ended(all).size(), minCount);
    return failure(first, all);
  }

  /** Returns the failure of an execution that has launched before, and of which nothing is left. */
  static LaunchFailed allOfBefore(List<LaunchedInstance> all) {
    return failure("This execution has launched before, and all its instances have ended:", all);
  }

  private static LaunchFailed failure(String first, List<LaunchedInstance> all) {
    Map<LaunchedInstance.Reason, List<LaunchedInstance>> byReason =
        ended(all).stream()
            .collect(
                Collectors.groupingBy(
                    EndedInstances::reason, LinkedHashMap::new, Collectors.toList()));
    List<String> lines = new ArrayList<>(List.of(first));
    byReason.forEach(
        (reason, instances) ->
            lines.add(
                "- %s: %s. %s"
                    .formatted(
                        names(instances), text(reason), StateReasons.advice(reason).text())));
    others("Running, and left as they are: %s.", all, LaunchedInstance::isRunning, lines);
    others("Still pending: %s.", all, LaunchedInstance::isPending, lines);
    lines.add("Start a new execution to launch again.");
    return new LaunchFailed(String.join("\n", lines), remedy(byReason.keySet()));
  }

  private static void others(
      String sentence,
      List<LaunchedInstance> all,
      Predicate<LaunchedInstance> which,
      List<String> lines) {
    List<LaunchedInstance> some = all.stream().filter(which).toList();
    if (!some.isEmpty()) {
      lines.add(sentence.formatted(names(some)));
    }
  }

  private static List<LaunchedInstance> ended(List<LaunchedInstance> all) {
    return all.stream().filter(LaunchedInstance::hasEnded).toList();
  }

  private static LaunchedInstance.Reason reason(LaunchedInstance instance) {
    return Optional.ofNullable(instance.stateReason()).orElse(NONE);
  }

  /** Returns code and sentence; EC2's sentences begin with the code, mostly. */
  private static String text(LaunchedInstance.Reason reason) {
    String message = Optional.ofNullable(reason.message()).orElse("").strip();
    String text =
        message.isEmpty() || message.equals(reason.code())
            ? reason.code()
            : message.startsWith(reason.code()) ? message : reason.code() + ": " + message;
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /** Whoever else is concerned: what only an operator can end must reach one. */
  private static Remedy remedy(Iterable<LaunchedInstance.Reason> reasons) {
    Remedy all = Remedy.CALLER;
    for (LaunchedInstance.Reason reason : reasons) {
      Advice advice = StateReasons.advice(reason);
      if (advice.remedy() == Remedy.OPERATOR) {
        return Remedy.OPERATOR;
      }
      if (advice.remedy() == Remedy.AWS) {
        all = Remedy.AWS;
      }
    }
    return all;
  }

  private static String names(List<LaunchedInstance> instances) {
    String ids =
        instances.stream()
            .limit(MOST_NAMED)
            .map(LaunchedInstance::instanceId)
            .collect(Collectors.joining(", "));
    int more = instances.size() - MOST_NAMED;
    return more > 0 ? ids + " and %d more".formatted(more) : ids;
  }
}
