package spawn.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;

/** JSON that is not what a record is read from. */
public final class Unreadable extends JsonProcessingException {
  private static final long serialVersionUID = 1L;

  /** The name of a member that the record does not have; {@code null} for any other trouble. */
  private final String unknown;

  private Unreadable(String message, String unknown, Throwable cause) {
    super(message, (JsonLocation) null, cause);
    this.unknown = unknown;
  }

  static Unreadable because(String message) {
    return new Unreadable(message, null, null);
  }

  static Unreadable because(String message, Throwable cause) {
    return new Unreadable(message, null, cause);
  }

  static Unreadable unknown(String member, String record) {
    return new Unreadable("%s has no member \"%s\"".formatted(record, member), member, null);
  }

  /** Returns the name of a member that the record does not have, if that is the trouble. */
  public Optional<String> unknown() {
    return Optional.ofNullable(unknown);
  }
}
