package spawn.aws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import spawn.local.Target;

/**
 * The sentences of a class of rules, held against the services of an account. There a read may lag
 * behind a write, so a sentence is tried three times, with ever longer pauses after each write.
 */
final class Sentences {
  private static final List<Duration> PAUSES =
      List.of(Duration.ZERO, Duration.ofSeconds(3), Duration.ofSeconds(10));

  /** Longer than the local EC2 takes to see a profile. */
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(3);

  private final Target target;
  private final Class<?> rules;
  private final Map<String, String> untried;

  /**
   * Creates those of a class.
   *
   * @param untried why a sentence is not tried in an account, by the sentence
   */
  Sentences(Target target, Class<?> rules, Map<String, String> untried) {
    this.target = target;
    this.rules = rules;
    this.untried = untried;
  }

  /** One attempt at a sentence, under names that nothing else in the account has. */
  interface Attempt extends AutoCloseable {
    /** Returns the rules that the sentence is called on. */
    Object rules();

    /** Makes what the sentence starts with. */
    void begin();

    /** Removes what the sentence has made. */
    @Override
    void close();
  }

  /** Returns the names of all sentences of a class. */
  static Set<String> of(Class<?> rules) {
    return methods(rules).map(Method::getName).collect(Collectors.toSet());
  }

  private static Stream<Method> methods(Class<?> rules) {
    return Arrays.stream(rules.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class));
  }

  /**
   * Returns a test for each sentence that is tried here; the report names the others, too.
   *
   * @param attempts makes an attempt that pauses for so long after each write
   */
  List<DynamicTest> tests(String group, Function<Duration, Attempt> attempts) {
    List<DynamicTest> tests =
        methods(rules)
            .sorted((one, other) -> one.getName().compareTo(other.getName()))
            .filter(method -> reason(method.getName()).isEmpty())
            .map(method -> test(group, method, attempts))
            .toList();
    of(rules).stream()
        .sorted()
        .filter(sentence -> !reason(sentence).isEmpty())
        .forEach(sentence -> note(group, sentence, "skipped", 0, "not tried: " + reason(sentence)));
    return tests;
  }

  private String reason(String sentence) {
    if (!target.partition().equals("aws")) {
      return "it is written for the partition aws";
    }
    boolean isDifference =
        Differences.listed().stream().anyMatch(row -> row.sentence().equals(sentence));
    return !target.isAws() && isDifference
        ? "moto does not know this rule"
        : untried.getOrDefault(sentence, "");
  }

  private DynamicTest test(String group, Method sentence, Function<Duration, Attempt> attempts) {
    return DynamicTest.dynamicTest(
        sentence.getName(),
        () -> {
          long begin = System.nanoTime();
          String outcome = "failed";
          String reason = "";
          try {
            hold(sentence, attempts);
            outcome = "passed";
          } catch (RuntimeException | AssertionError refuted) {
            reason = String.valueOf(refuted.getMessage());
            throw refuted;
          } finally {
            note(group, sentence.getName(), outcome, (System.nanoTime() - begin) / 1e9, reason);
          }
        });
  }

  private void hold(Method sentence, Function<Duration, Attempt> attempts) {
    for (Iterator<Duration> pauses = PAUSES.iterator(); ; ) {
      try (Attempt attempt = attempts.apply(pauses.next())) {
        attempt.begin();
        call(sentence, attempt.rules());
        return;
      } catch (RuntimeException | AssertionError refuted) {
        if (!pauses.hasNext()) {
          throw refuted;
        }
        LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
      }
    }
  }

  private static void call(Method sentence, Object rules) {
    try {
      sentence.setAccessible(true);
      sentence.invoke(rules);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof RuntimeException refuted) {
        throw refuted;
      }
      if (thrown.getCause() instanceof AssertionError refuted) {
        throw refuted;
      }
      throw new IllegalStateException(thrown.getCause());
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void note(String group, String name, String outcome, double seconds, String reason) {
    target.note(
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", "sentence")
            .put("group", group)
            .put("name", name)
            .put("outcome", outcome)
            .put("seconds", seconds)
            .put("reason", reason));
  }
}
