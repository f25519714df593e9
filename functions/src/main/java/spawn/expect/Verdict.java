package spawn.expect;

import java.util.List;
import java.util.Optional;
import spawn.payload.Quote;
import spawn.policy.Expectation;
import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * What IAM decides about one expectation.
 *
 * @param path where the payload says it
 * @param action the action
 * @param resource the resource that was tried
 * @param expected {@code allowed} or {@code denied}
 * @param decision {@code allowed}, {@code explicitDeny} or {@code implicitDeny}, as IAM says it
 * @param met whether that is as expected
 * @param because what decided, as the end of a sentence
 * @param notTold condition keys of which IAM was told nothing, and that statements ask about which
 *     might allow the action
 */
public record Verdict(
    String path,
    String action,
    String resource,
    String expected,
    String decision,
    boolean met,
    String because,
    List<String> notTold) {
  private static final String ALLOWED = "allowed";

  static Verdict of(
      Expectation expectation, String decision, String because, List<String> notTold) {
    boolean allowed = decision.equals(ALLOWED);
    return new Verdict(
        expectation.path(),
        expectation.action(),
        expectation.resource(),
        expectation.allowed() ? ALLOWED : "denied",
        decision,
        allowed == expectation.allowed(),
        because,
        notTold);
  }

  /**
   * Returns the warning that a denial proves little: the policies ask about keys of the context
   * that IAM was given no value for.
   */
  public Optional<Warning> warning() {
    boolean doubtful = met && decision.equals("implicitDeny") && !notTold.isEmpty();
    return doubtful
        ? Optional.of(
            new Warning(
                "EXPECTATION_WITHOUT_CONTEXT",
                Severity.LOW,
                path,
                "IAM denies %s, but was told nothing of %s, which the policies ask about: with a value it may be allowed."
                    .formatted(action, Quote.cut(String.join(", ", notTold))),
                "Put the values that requests have into \"context\"."))
        : Optional.empty();
  }

  /** Returns the verdict as a sentence or two. */
  String message() {
    return "%s on %s must be %s, but IAM %s it: %s.%s"
        .formatted(
            action,
            Quote.cut(resource),
            expected,
            decision.equals(ALLOWED) ? "allows" : "denies",
            because,
            decision.equals(ALLOWED) || notTold.isEmpty()
                ? ""
                : " IAM was told nothing of %s, which the policies ask about: if requests have it, put it into \"context\"."
                    .formatted(Quote.cut(String.join(", ", notTold))));
  }
}
