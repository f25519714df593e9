package spawn.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a role's canonical content: 64 lower-case hex digits.
 *
 * @param hex the digits
 */
public record PolicyHash(@JsonValue String hex) {
  /** Creates a hash from its digits. */
  @JsonCreator
  public PolicyHash {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "A policy hash has 64 lower-case hex digits, not \"" + hex + "\".");
    }
  }

  static PolicyHash of(String canonicalContent) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(canonicalContent.getBytes(StandardCharsets.UTF_8));
      return new PolicyHash(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException everyJvmHasSha256) {
      throw new AssertionError(everyJvmHasSha256);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
