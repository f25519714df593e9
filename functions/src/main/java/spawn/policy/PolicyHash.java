package spawn.policy;

import java.util.regex.Pattern;
import spawn.json.AsJson;
import spawn.payload.Sha256;

/**
 * The SHA-256 of a role's canonical content: 64 lower-case hex digits.
 *
 * @param hex the digits
 */
public record PolicyHash(String hex) implements AsJson {
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

  /** Creates a hash from its digits. */
  public PolicyHash {
    if (!DIGITS.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "A policy hash has 64 lower-case hex digits, not \"" + hex + "\".");
    }
  }

  /** Returns the hash that a state before has written. */
  static PolicyHash fromJson(String hex) {
    return new PolicyHash(hex);
  }

  @Override
  public Object asJson() {
    return hex;
  }

  /** Returns the hash of a text that is equal for equal content. */
  public static PolicyHash of(String canonicalContent) {
    return new PolicyHash(Sha256.hex(canonicalContent));
  }

  @Override
  public String toString() {
    return hex;
  }
}
