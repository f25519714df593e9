package spawn.policy;

import java.util.List;

/**
 * What {@code expect} means.
 *
 * @param expectations the requests to try, in the payload's order; empty where none is given
 * @param warnings what they do not prove
 */
public record ResolvedExpectations(List<Expectation> expectations, List<Warning> warnings) {
  /** Nothing is expected. */
  public static final ResolvedExpectations NONE = new ResolvedExpectations(List.of(), List.of());
}
