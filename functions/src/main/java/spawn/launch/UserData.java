package spawn.launch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * User data as EC2 takes it: base64, of at most 16 KB before encoding (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html">EC2
 * user guide</a>).
 *
 * <p>Payloads give it either way. What an instance runs begins with a line that has characters
 * outside base64's alphabet ({@code #!}, {@code #cloud-config}, {@code <powershell>}), so hardly
 * any text is base64 by chance.
 */
final class UserData {
  /** The most raw bytes that EC2 takes. */
  static final int MAX_BYTES = 16 * 1024;

  private final String base64;
  private final byte[] raw;
  private final Optional<String> doubt;

  private UserData(String base64, byte[] raw, Optional<String> doubt) {
    this.base64 = base64;
    this.raw = raw;
    this.doubt = doubt;
  }

  /**
   * Returns the user data that a payload gives. Base64 stays as it is, also broken into lines, as
   * {@code base64} writes it; anything else is text, and is encoded.
   */
  static UserData of(String given) {
    Optional<byte[]> decoded =
        Base64Text.decoded(given).filter(bytes -> Base64Text.isMeant(given, bytes));
    if (decoded.isPresent()) {
      return new UserData(given.strip().replaceAll("[ \t]+", ""), decoded.get(), Optional.empty());
    }
    byte[] text = given.getBytes(StandardCharsets.UTF_8);
    return new UserData(Base64.getEncoder().encodeToString(text), text, Base64Text.doubt(given));
  }

  /** Returns it in base64. */
  String base64() {
    return base64;
  }

  /** Returns how many bytes EC2 counts. */
  int rawBytes() {
    return raw.length;
  }

  /**
   * Returns what the caller should know of it. Nothing in it is quoted: user data often holds
   * secrets.
   *
   * @param path where the payload has it
   */
  List<Warning> warnings(String path) {
    List<Warning> warnings = new ArrayList<>();
    doubt
        .map(
            why ->
                new Warning(
                    "USER_DATA_ENCODED",
                    Severity.LOW,
                    path,
                    why,
                    "Give the text itself, or base64 in the standard alphabet with its padding."))
        .ifPresent(warnings::add);
    UserDataFormat.notRun(raw, path).ifPresent(warnings::add);
    return warnings;
  }
}
