package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import spawn.error.Problems;
import spawn.payload.InstantOrDuration;

/**
 * How long roles may last: the stack's {@code MaxExpiry}. Where it is set, whoever describes a role
 * must say when it ends: a limit that leaving a field out evades would be none.
 *
 * @param most the longest time until the end; nothing where roles need none
 * @param ofAll the end of all roles of a payload that do not name their own, if it says one
 * @param isSaid whether the payload says one for all, right or wrong
 */
public record ExpiryLimit(Optional<Duration> most, Optional<Expiry> ofAll, boolean isSaid) {
  /** Returns the limit in the values of the stack's parameters. */
  static ExpiryLimit of(Map<String, String> parameters) {
    return new ExpiryLimit(
        Optional.ofNullable(parameters.get("MaxExpiry"))
            .filter(text -> !text.isBlank())
            .map(Duration::parse),
        Optional.empty(),
        false);
  }

  /**
   * Returns the limit for roles that end with all others of their payload.
   *
   * @param given what the payload says for all; nothing if it is no moment, or beyond the limit
   */
  ExpiryLimit withAll(Optional<Expiry> given) {
    return new ExpiryLimit(most, given, true);
  }

  /** Returns when a role ends; nothing if it does not, or after noting what is wrong. */
  Optional<Expiry> read(Reading reading, boolean described, Instant now) {
    String field = PermissionFields.EXPIRES.name();
    Optional<JsonNode> given = reading.field(field);
    if (given.isPresent()) {
      return PermissionFields.EXPIRES
          .kind()
          .read(given.get(), reading.path(field), reading.problems())
          .flatMap(moment -> check(moment, reading.path(field), now, reading.problems()));
    }
    if (described && most.isPresent() && !isSaid) {
      reading.problem(
          reading.path(field),
          "Missing: every role of this stack ends, at most %s from now (MaxExpiry). Say when, for example \"PT8H\"."
              .formatted(inWords(most.get())));
    }
    return ofAll;
  }

  /** Returns the end that a payload asks for; nothing after noting why it cannot be. */
  Optional<Expiry> check(
      InstantOrDuration.Moment moment, String path, Instant now, Problems problems) {
    Duration longest = most.orElse(Expiry.MOST);
    // An instant so far away that it is no longer a duration from now is too far away anyway.
    Duration left =
        moment
            .duration()
            .orElseGet(
                () ->
                    Duration.ofSeconds(
                        moment.instant().get().getEpochSecond() - now.getEpochSecond()));
    if (left.isNegative()) {
      problems.add(path, "Lies in the past: it is %s now.".formatted(now));
    } else if (left.compareTo(Expiry.LEAST) < 0) {
      problems.add(
          path,
          "Is too soon: a role lasts at least %d minutes, since its launch takes a part of them."
              .formatted(Expiry.LEAST.toMinutes()));
    } else if (left.compareTo(longest) > 0) {
      problems.add(
          path,
          most.isPresent()
              ? "Is too far away: this stack lets roles last for %s at most (MaxExpiry)."
                  .formatted(inWords(longest))
              : "Is too far away: a role lasts %d days at most. Leave it out for one that does not end."
                  .formatted(longest.toDays()));
    } else {
      return Optional.of(Expiry.of(moment, now));
    }
    return Optional.empty();
  }

  /** Returns a duration in whole days, if it is one of them. */
  private static String inWords(Duration duration) {
    return duration.equals(Duration.ofDays(duration.toDays()))
        ? "P%dD".formatted(duration.toDays())
        : duration.toString();
  }
}
