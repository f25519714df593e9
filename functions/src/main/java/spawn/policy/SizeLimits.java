package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Supplier;
import spawn.error.Work;
import spawn.json.Json;

/**
 * How large a role's documents may be, and what is read of a payload.
 *
 * <p>The limits of documents are those of the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM user
 * guide</a>, at their defaults. Where the guide counts the characters of an inline policy, IAM's
 * own refusal counts bytes, so bytes are counted.
 */
public final class SizeLimits {
  /** The size of all inline policies of a role, in bytes without white space. */
  static final int ROLE_INLINE_BYTES = 10_240;

  /**
   * What stays free of that: room for two policies that revoke a role without touching its own, one
   * that denies everything, and one that denies everything to sessions that began before an instant
   * (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html">IAM
   * user guide</a>). They take 243 bytes ({@code SizeLimitsTest}).
   */
  static final int RESERVED_BYTES = 400;

  /** The size of the inline policy that a payload may ask for, in bytes without white space. */
  public static final int MAX_INLINE_BYTES = ROLE_INLINE_BYTES - RESERVED_BYTES;

  /** The size of a trust policy, in characters without white space. */
  public static final int MAX_TRUST_CHARACTERS = 2_048;

  /** A policy that is written in more than four times its size is not worth reading. */
  static final int MAX_WRITTEN_CHARACTERS = 4 * ROLE_INLINE_BYTES;

  private SizeLimits() {}

  /**
   * Returns the inline policy that grants what was asked for; an empty one, after noting that, if
   * it would be too large, or if telling that would take too long.
   */
  static PolicyDocument inlinePolicy(List<Statement> statements, Reading reading) {
    return withinWork(() -> fitting(statements, reading), PolicyDocument.of(List.of()), reading);
  }

  private static PolicyDocument fitting(List<Statement> statements, Reading reading) {
    CanonicalForm form = new CanonicalForm(statements, reading.problems().work());
    if (form.bytes() <= MAX_INLINE_BYTES) {
      return new PolicyDocument(form);
    }
    reading.problem(
        reading.path(),
        "The inline policy would have %d bytes, but at most %d fit: a role holds %d, of which spawn keeps %d free. Name fewer resources, or use wildcards or managed policies."
            .formatted(form.bytes(), MAX_INLINE_BYTES, ROLE_INLINE_BYTES, RESERVED_BYTES));
    return PolicyDocument.of(List.of());
  }

  /** Returns what takes work; something else, after noting that, if it takes too much. */
  static <T> T withinWork(Supplier<T> result, T otherwise, Reading reading) {
    try {
      return result.get();
    } catch (Work.TooMuch tooMuch) {
      reading.problem(
          reading.path(),
          "The words and statements name so many actions, or hold so many long patterns with wildcards, that comparing them takes more than %d steps, the most for one payload. Use fewer words, fewer or shorter patterns, or managed policies."
              .formatted(Work.MAX_STEPS));
      return otherwise;
    }
  }

  /** Does what takes work, or notes that it takes too much. */
  static void withinWork(Runnable check, Reading reading) {
    withinWork(
        () -> {
          check.run();
          return true;
        },
        false,
        reading);
  }

  /** Notes that the trust policy is too large, if it is. */
  static void checkTrust(JsonNode trustPolicy, Reading reading) {
    int trust = Json.text(trustPolicy).length();
    if (trust > MAX_TRUST_CHARACTERS) {
      reading.problem(
          reading.path("trustServices"),
          "The trust policy would have %d characters, but a role holds at most %d. Name fewer services."
              .formatted(trust, MAX_TRUST_CHARACTERS));
    }
  }
}
