package spawn.payload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of text. */
public final class Sha256 {
  private Sha256() {}

  /** Returns the digest of the text's UTF-8 bytes: 64 lower-case hex digits. */
  public static String hex(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException everyJvmHasSha256) {
      throw new AssertionError(everyJvmHasSha256);
    }
  }
}
