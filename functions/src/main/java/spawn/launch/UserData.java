package spawn.launch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * User data as EC2 takes it: base64, of at most 16 KB before encoding (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html">EC2
 * user guide</a>).
 */
final class UserData {
  /** The most raw bytes that EC2 takes. */
  static final int MAX_BYTES = 16 * 1024;

  /**
   * How user data begins that cloud-init (<a
   * href="https://docs.cloud-init.io/en/latest/explanation/format.html">its formats</a>) or
   * EC2Launch (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-windows-user-data.html">Windows
   * user data</a>) would read.
   */
  private static final List<String> KNOWN_BEGINNINGS =
      List.of(
          "#!",
          "#cloud-config",
          "#cloud-boothook",
          "#include",
          "#part-handler",
          "## template: jinja",
          "Content-Type:",
          "MIME-Version:",
          "<powershell>",
          "<script>",
          "version: 1.");

  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  private UserData() {}

  /**
   * Returns the user data in base64. What is base64 already stays as it is, but only if it decodes
   * to something that an instance would read: a plain word may be valid base64 by chance.
   */
  static String encoded(String given) {
    return decoded(given).isPresent()
        ? given.strip()
        : Base64.getEncoder().encodeToString(given.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns how many bytes EC2 counts. */
  static int rawBytes(String given) {
    return decoded(given).orElseGet(() -> given.getBytes(StandardCharsets.UTF_8)).length;
  }

  private static Optional<byte[]> decoded(String given) {
    try {
      return Optional.of(Base64.getMimeDecoder().decode(strict(given))).filter(UserData::isKnown);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /**
   * Returns the text if all of it is base64: the MIME decoder, which allows line breaks, would skip
   * over anything else.
   */
  private static String strict(String given) {
    String text = given.strip();
    if (!text.matches("[A-Za-z0-9+/\\r\\n]+={0,2}")) {
      throw new IllegalArgumentException("not base64");
    }
    return text;
  }

  private static boolean isKnown(byte[] raw) {
    if (raw.length >= 2 && Arrays.equals(raw, 0, 2, GZIP, 0, 2)) {
      return true;
    }
    String beginning =
        new String(raw, 0, Math.min(raw.length, 64), StandardCharsets.UTF_8).stripLeading();
    return KNOWN_BEGINNINGS.stream()
        .anyMatch(known -> beginning.regionMatches(true, 0, known, 0, known.length()));
  }
}
