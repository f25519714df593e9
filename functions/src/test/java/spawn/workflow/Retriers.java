package spawn.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The Retry field of one entry into a state: each retrier counts its own attempts (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html">handling
 * errors in Step Functions workflows</a>).
 */
final class Retriers {
  private final List<Map<String, Object>> rules;
  private final int[] attempts;
  private final RandomGenerator random;

  Retriers(List<Map<String, Object>> rules, RandomGenerator random) {
    this.rules = rules;
    this.attempts = new int[rules.size()];
    this.random = random;
  }

  /** Returns how long to wait before the next try; nothing if there is none. */
  Optional<Duration> next(String error) {
    for (int i = 0; i < rules.size(); i++) {
      Map<String, Object> rule = rules.get(i);
      if (isNamed(error, StateMachine.names(rule))) {
        return attempts[i] < number(rule, "MaxAttempts", 3)
            ? Optional.of(delay(rule, attempts[i]++))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * Returns whether ErrorEquals names an error. {@code States.ALL} names all but two, {@code
   * States.TaskFailed} all but a timeout; there are no superclasses.
   */
  static boolean isNamed(String error, List<String> names) {
    if (names.contains(error)) {
      return true;
    }
    if (error.equals("States.DataLimitExceeded") || error.equals("States.Runtime")) {
      return false;
    }
    return names.contains("States.ALL")
        || (names.contains("States.TaskFailed") && !error.equals("States.Timeout"));
  }

  private Duration delay(Map<String, Object> rule, int attempt) {
    double interval = number(rule, "IntervalSeconds", 1);
    double longest = number(rule, "MaxDelaySeconds", Double.MAX_VALUE);
    double rate = number(rule, "BackoffRate", 2);
    double seconds = Math.min(longest, interval * Math.pow(rate, attempt));
    String jitter = (String) rule.getOrDefault("JitterStrategy", "NONE");
    double drawn =
        switch (jitter) {
          case "FULL" -> random.nextDouble() * seconds;
          case "NONE" -> seconds;
          default -> throw new UnsupportedOperationException("JitterStrategy " + jitter);
        };
    return Duration.ofMillis(Math.round(drawn * 1_000));
  }

  private static double number(Map<String, Object> rule, String field, double standard) {
    return rule.containsKey(field) ? ((Number) rule.get(field)).doubleValue() : standard;
  }
}
