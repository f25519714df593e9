package spawn.role;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.policy.PolicyHash;

/**
 * What a launch means to make of a role that was never finished, instead of what it was created
 * for: the value of {@link Tags#CLAIM}.
 *
 * <p>IAM has no call that writes only if nobody else has, so time takes the place of a lock. What a
 * function writes, it writes within the minute that it runs, by what it has read; a read may be
 * half a minute old. So once a claim is {@link #isRipe ripe}, nobody writes the earlier content any
 * more, and all that was written shows: the claim itself may land a minute after its instant (60
 * s), a function that did not see it may start half a minute later (30 s) and run for a minute (60
 * s), its last write shows half a minute later (30 s), and two clocks may differ by as much (40 s).
 *
 * @param hash the hash of the content that is meant
 * @param since when it was claimed
 */
record Claim(String hash, Instant since) {
  /** How long a claim waits: 220 s as above, rounded up. */
  static final Duration WAIT = Duration.ofMinutes(4);

  /** How long after that no other content may take its place: its launch looks every minute. */
  static final Duration GRACE = Duration.ofSeconds(90);

  /** More than two clocks differ: a claim from later than this was not written by a launch. */
  private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(2);

  private static final String SEPARATOR = "@";

  /** Returns the claim of a tag's value; nothing if the tag has been edited into something else. */
  static Optional<Claim> of(String value) {
    int separator = value.indexOf(SEPARATOR);
    if (separator < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Claim(value.substring(0, separator), Instant.parse(value.substring(separator + 1))));
    } catch (DateTimeException editedByHand) {
      return Optional.empty();
    }
  }

  /** Returns the claim to content from now on. */
  static Claim from(PolicyHash content, Instant now) {
    return new Claim(content.hex(), now);
  }

  Tag tag() {
    return Tags.of(Tags.CLAIM, hash + SEPARATOR + since);
  }

  boolean isFor(PolicyHash content) {
    return hash.equals(content.hex());
  }

  /** Returns whether the role may be completed with what is claimed. */
  boolean isRipe(Instant now) {
    return !now.isBefore(ripeAt());
  }

  /** Returns whether nothing else may be claimed yet. */
  boolean isRunning(Instant now) {
    return now.isBefore(ripeAt().plus(GRACE)) && !since.isAfter(now.plus(MAX_CLOCK_SKEW));
  }

  Instant ripeAt() {
    return since.plus(WAIT);
  }
}
