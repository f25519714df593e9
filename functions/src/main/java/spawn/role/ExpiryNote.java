package spawn.role;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The end of a role in its description, which IAM's listing shows, unlike its tags and policies (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html">ListRoles</a>).
 *
 * <p>Anybody can edit it, and a role that is completed with other content keeps it: it says which
 * roles are worth reading, and nothing else.
 */
public final class ExpiryNote {
  private static final String BEGINNING = ", until ";

  private ExpiryNote() {}

  /** Returns a description that tells the end of a role, if it has one. */
  static String in(String description, Optional<Instant> expires) {
    return expires.map(until -> description + BEGINNING + until).orElse(description);
  }

  /**
   * Returns the end that a description tells; nothing if it tells none.
   *
   * @param description {@code null} where a role has none
   */
  public static Optional<Instant> of(String description) {
    int at = description == null ? -1 : description.lastIndexOf(BEGINNING);
    try {
      return at < 0
          ? Optional.empty()
          : Optional.of(Instant.parse(description.substring(at + BEGINNING.length())));
    } catch (DateTimeException edited) {
      return Optional.empty();
    }
  }
}
