package spawn.error;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when the payload is wrong; it carries every problem that was found, each with its JSON
 * path. Nothing was written; the same payload never succeeds.
 */
public final class InvalidRequest extends SpawnException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Creates the failure from at least one problem. */
  public InvalidRequest(List<Problem> problems) {
    super(
        (problems.size() == 1
                ? "The payload has 1 problem:"
                : "The payload has " + problems.size() + " problems:")
            + problems.stream().map(problem -> "\n- " + problem).collect(Collectors.joining()));
    this.problems = List.copyOf(problems);
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
