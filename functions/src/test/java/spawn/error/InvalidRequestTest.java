package spawn.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However much is wrong with a payload, the message fits and says how much there is. */
class InvalidRequestTest {
  private static List<Problem> problems(int count, String message) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Problem("$.iam.resources[%d]".formatted(i), message))
        .toList();
  }

  @Test
  void aFewProblemsAreAllTold() {
    assertThat(new InvalidRequest(problems(1, "Unknown.")))
        .hasMessage("The payload has 1 problem:\n- $.iam.resources[0]: Unknown.");
    assertThat(new InvalidRequest(problems(50, "Unknown.")).getMessage())
        .startsWith("The payload has 50 problems:\n- $.iam.resources[0]: Unknown.\n- ")
        .endsWith("\n- $.iam.resources[49]: Unknown.");
  }

  @Test
  void ofMoreTheFirstFiftyAreToldAndTheRestIsCounted() {
    InvalidRequest failure = new InvalidRequest(problems(1_000, "Unknown field."));

    assertThat(failure.getMessage().lines()).hasSize(52);
    assertThat(failure.getMessage())
        .startsWith("The payload has 1000 problems:")
        .endsWith("\n- $.iam.resources[49]: Unknown field.\nand 950 more.");
    assertThat(failure.problems()).hasSize(1_000);
  }

  /** A cause of Step Functions has 32,768 characters, and JSON writes a quotation mark as two. */
  @Test
  void whateverTheProblemsAreTheMessageFitsIntoACause() {
    String message = new InvalidRequest(problems(60, "\"".repeat(50_000))).getMessage();

    assertThat(2 * message.length()).isLessThan(32_768);
    assertThat(message).endsWith(" more.").contains("…");
  }

  @Test
  void noCharacterIsCutInTwo() {
    String message = new InvalidRequest(problems(1, "\uD83D\uDE80".repeat(2_000))).getMessage();

    assertThat(message.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }
}
