package spawn.policy;

/**
 * How large a role's documents may be, and what is read of a payload.
 *
 * <p>The limits of documents are those of the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM user
 * guide</a>, at their defaults. Where the guide counts the characters of an inline policy, IAM's
 * own refusal counts bytes, so bytes are counted.
 */
final class SizeLimits {
  /** The size of all inline policies of a role, in bytes without white space. */
  static final int MAX_INLINE_BYTES = 10_240;

  /** The size of a trust policy, in characters without white space. */
  static final int MAX_TRUST_CHARACTERS = 2_048;

  /** A policy that is written in more than four times its size is not worth reading. */
  static final int MAX_WRITTEN_CHARACTERS = 4 * MAX_INLINE_BYTES;

  private SizeLimits() {}

  /** Notes which documents of a role are too large. */
  static void check(Permissions permissions, Reading reading) {
    int inline = permissions.inlinePolicy().sizeInBytes();
    if (inline > MAX_INLINE_BYTES) {
      reading.problem(
          reading.path(),
          "The inline policy would have %d bytes, but a role holds at most %d. Name fewer resources, or use wildcards or managed policies."
              .formatted(inline, MAX_INLINE_BYTES));
    }
    int trust = permissions.trustPolicy().toString().length();
    if (trust > MAX_TRUST_CHARACTERS) {
      reading.problem(
          reading.path("trustServices"),
          "The trust policy would have %d characters, but a role holds at most %d. Name fewer services."
              .formatted(trust, MAX_TRUST_CHARACTERS));
    }
  }
}
