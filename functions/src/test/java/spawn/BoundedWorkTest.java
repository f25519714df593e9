package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problems;
import spawn.error.Work;
import spawn.policy.PermissionsReader;

/**
 * Whatever a payload holds, reading it takes bounded work: it is counted, as steps of comparisons
 * and as memory that is asked for, since time would depend on the machine.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BoundedWorkTest {
  /**
   * What the reading of any payload may ask for in all, in bytes; most of it is garbage at once. A
   * step that is quadratic in 256 KB asks for gigabytes.
   */
  private static final long MOST_MEMORY = 600_000_000;

  private final Map<String, JsonNode> payloads = WorstPayloads.all();

  Stream<String> names() {
    return payloads.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void readingAnyPayloadAsksForLittleMemory(String name) {
    JsonNode payload = payloads.get(name);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();

    long before = threads.getThreadAllocatedBytes(id);
    WorstPayloads.read(payload);
    long asked = threads.getThreadAllocatedBytes(id) - before;

    assertThat(asked).isLessThan(MOST_MEMORY);
  }

  @ParameterizedTest
  @MethodSource("names")
  void readingAnyPayloadTakesNoMoreStepsThanOnePayloadMay(String name) {
    // One comparison of two patterns is counted when it is done.
    assertThat(steps(payloads.get(name))).isLessThan(Work.MAX_STEPS + Work.MAX_STEPS / 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "300 wildcard actions on 300 wildcard resources",
        "970 patterns that begin with *, 10 KB",
        "6 patterns of 1,600 characters with * before what is nearly repeated",
        "each action on resources of its own, 10 KB"
      })
  void theWorstThatFitsIntoARoleIsAccepted(String name) {
    assertThat(WorstPayloads.read(payloads.get(name))).isEmpty();
    assertThat(steps(payloads.get(name))).isLessThan(Work.MAX_STEPS / 2);
  }

  @Test
  void aTypicalPayloadTakesFewSteps() {
    assertThat(steps(WorstPayloads.TYPICAL)).isLessThan(10_000);
  }

  @Test
  void twiceTheStatementTakesNoMoreThanFourTimesTheSteps() {
    long once = steps(WorstPayloads.wildcards(100, 100));
    long twice = steps(WorstPayloads.wildcards(200, 200));

    assertThat(once).isPositive();
    assertThat(twice).isLessThan(4 * once + 1_000);
  }

  /** Returns the steps that the permissions of a payload take. */
  private static long steps(JsonNode payload) {
    Problems problems = new Problems();
    PermissionsReader reader = new PermissionsReader(WorstPayloads.STACK);
    List<JsonNode> described =
        payload.has("roles")
            ? payload.get("roles").valueStream().toList()
            : List.of(payload.path("iam"));
    described.forEach(iam -> reader.read(iam, "$.iam", problems));
    return problems.work().done();
  }
}
