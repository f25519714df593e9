package spawn.error;

import java.util.List;

/**
 * Thrown when the payload is wrong; it carries the problems that were found, each with its JSON
 * path. Nothing was written; the same payload never succeeds.
 */
public final class InvalidRequest extends SpawnException {
  private static final long serialVersionUID = 1L;

  /** As many as a person mends before trying again. */
  static final int MAX_TOLD = 50;

  /**
   * Step Functions takes causes of up to 32,768 characters (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html">TaskFailedEventDetails</a>),
   * and this message reaches it as JSON, in which a quotation mark takes two.
   */
  private static final int MAX_CHARACTERS = 12_000;

  private static final int MAX_PROBLEM = 1_000;

  private final transient List<Problem> problems;

  /** Creates the failure from at least one problem. */
  public InvalidRequest(List<Problem> problems) {
    this(problems, problems.size());
  }

  /**
   * Creates the failure from the first problems of a payload.
   *
   * @param problems at least one
   * @param count how many the payload has
   */
  InvalidRequest(List<Problem> problems, int count) {
    super(message(problems, count));
    this.problems = List.copyOf(problems);
  }

  private static String message(List<Problem> problems, int count) {
    return listed(
        count == 1 ? "The payload has 1 problem:" : "The payload has %d problems:".formatted(count),
        problems,
        count);
  }

  /**
   * Returns a line, and below it the first problems, as many as Step Functions takes.
   *
   * @param count how many there are
   */
  static String listed(String first, List<Problem> problems, int count) {
    StringBuilder message = new StringBuilder(first);
    int told = 0;
    while (told < Math.min(problems.size(), MAX_TOLD) && message.length() < MAX_CHARACTERS) {
      message.append("\n- ").append(shortened(problems.get(told++).toString()));
    }
    if (told < count) {
      message.append("\nand %d more.".formatted(count - told));
    }
    return message.toString();
  }

  private static String shortened(String problem) {
    if (problem.codePointCount(0, problem.length()) <= MAX_PROBLEM) {
      return problem;
    }
    return problem.substring(0, problem.offsetByCodePoints(0, MAX_PROBLEM)) + "…";
  }

  /** Creates the failure from one problem. */
  public InvalidRequest(String path, String message) {
    this(List.of(new Problem(path, message)));
  }

  /** Returns the problems, in the order of finding. */
  public List<Problem> problems() {
    return problems;
  }

  @Override
  public Remedy remedy() {
    return Remedy.CALLER;
  }
}
