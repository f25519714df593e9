package spawn.launch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tells base64 from text that is made of the same characters. */
final class Base64Text {
  /** So many bytes of a word in base64's alphabet are hardly ever readable text by chance. */
  private static final int LONG_READABLE_BYTES = 12;

  /** So many are not if they are mostly letters, and the word has letters of both cases. */
  private static final int READABLE_BYTES = 6;

  /** The same where the word ends in padding, which is hardly the end of a text. */
  private static final int READABLE_PADDED_BYTES = 4;

  /** Shorter ones may be names, keys or numbers. */
  private static final int MIXED_CHARACTERS = 32;

  private static final int MIXED_PADDED_CHARACTERS = 12;

  /** Six bytes of zero, of which binary data has many, and names none. */
  private static final String ZEROS = "AAAAAAAA";

  /** No name is as long as that. */
  private static final int LONG = 128;

  private Base64Text() {}

  /** Returns what a text decodes to, if it is base64 just as an encoder writes it. */
  static Optional<byte[]> decoded(String text) {
    String compact = compact(text);
    return compact.isEmpty()
        ? Optional.empty()
        : bytes(compact).filter(bytes -> Base64.getEncoder().encodeToString(bytes).equals(compact));
  }

  private static String compact(String text) {
    return text.replaceAll("\\s+", "");
  }

  private static Optional<byte[]> bytes(String compact) {
    try {
      return Optional.of(Base64.getDecoder().decode(compact));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /**
   * Returns whether a text that can be decoded is meant to be: what comes out can be read or is a
   * file of a known kind, or the text itself looks like nothing but base64.
   */
  static boolean isMeant(String text, byte[] decoded) {
    String compact = compact(text);
    boolean isPadded = compact.endsWith("=");
    if (Content.isReadable(decoded)) {
      return isPadded ? decoded.length >= READABLE_PADDED_BYTES : isMeantUnpadded(compact, decoded);
    }
    return Content.isKnownFile(decoded)
        || (text.strip().indexOf(' ') < 0 && looksEncoded(compact, isPadded));
  }

  /** Returns whether what comes out is not only readable because the text is short. */
  private static boolean isMeantUnpadded(String compact, byte[] decoded) {
    return decoded.length >= LONG_READABLE_BYTES
        || (decoded.length >= READABLE_BYTES
            && Content.isPlain(decoded)
            && compact.chars().anyMatch(Character::isUpperCase)
            && compact.chars().anyMatch(Character::isLowerCase));
  }

  /**
   * Returns whether letters of both cases and other characters take turns as in base64 of anything,
   * where two in three are of another kind than the one before. In names it is one in four, and
   * hexadecimal digits have one case.
   */
  private static boolean looksEncoded(String compact, boolean isPadded) {
    String body = compact.replace("=", "");
    boolean isMixed =
        body.chars().anyMatch(Character::isUpperCase)
            && body.chars().anyMatch(Character::isLowerCase)
            && body.chars().anyMatch(character -> !Character.isLetter(character));
    int turns = 0;
    for (int i = 1; i < body.length(); i++) {
      turns += kind(body.charAt(i)) == kind(body.charAt(i - 1)) ? 0 : 1;
    }
    boolean isLongEnough = body.length() >= (isPadded ? MIXED_PADDED_CHARACTERS : MIXED_CHARACTERS);
    boolean takesTurns = body.length() >= LONG || 5 * turns >= 2 * (body.length() - 1);
    return body.contains(ZEROS) || (isMixed && isLongEnough && takesTurns);
  }

  private static int kind(char character) {
    if (Character.isUpperCase(character)) {
      return 0;
    }
    return Character.isLowerCase(character) ? 1 : 2;
  }

  /** Returns why a text that was taken as it is may have been meant as base64, as sentences. */
  static Optional<String> doubt(String text) {
    if (decoded(text).isPresent() && compact(text).equals(text.strip())) {
      return Optional.of(
          "The text can be read as base64, but decodes to nothing that makes sense, so it was taken as text and encoded.");
    }
    return isOfAnotherForm(text)
        ? Optional.of(
            "The text looks like base64, but not in the form that EC2 takes, so it was encoded once more; the instance gets it encoded.")
        : Optional.empty();
  }

  /** Returns whether a text is readable in base64 for URLs, or without padding. */
  private static boolean isOfAnotherForm(String text) {
    String standard = compact(text).replace('-', '+').replace('_', '/').replaceAll("={1,3}$", "");
    return bytes(standard)
        .filter(bytes -> bytes.length >= 2 * READABLE_BYTES)
        .filter(bytes -> Content.isReadable(bytes) || Content.isKnownFile(bytes))
        .isPresent();
  }

  /** What bytes hold. */
  static final class Content {
    /** The least share of printable bytes, in percent, in text of an encoding that is unknown. */
    private static final int PRINTABLE_PERCENT = 90;

    private static final byte[][] KNOWN_FILES = {
      {0x1f, (byte) 0x8b, 8}, // gzip
      {'B', 'Z', 'h'},
      {(byte) 0xfd, '7', 'z', 'X', 'Z', 0},
      {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, // zstd
      {0x04, 0x22, 0x4d, 0x18}, // lz4
      {0x5d, 0, 0}, // lzma
      {'7', 'z', (byte) 0xbc, (byte) 0xaf},
      {'P', 'K', 3, 4},
      {0x7f, 'E', 'L', 'F'},
      {(byte) 0x89, 'P', 'N', 'G'},
      {0x30, (byte) 0x82}, // DER
    };

    /** Where a tar archive says that it is one. */
    private static final int USTAR = 257;

    private Content() {}

    /**
     * Returns whether it begins like a file that was compressed or is not text for other reasons.
     */
    static boolean isKnownFile(byte[] bytes) {
      return Arrays.stream(KNOWN_FILES)
              .anyMatch(magic -> bytes.length > 8 && startsWith(bytes, magic))
          || (bytes.length > USTAR + 5
              && new String(bytes, USTAR, 5, StandardCharsets.US_ASCII).equals("ustar"));
    }

    static boolean startsWith(byte[] bytes, byte[] beginning) {
      return bytes.length >= beginning.length
          && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }

    /** Returns whether it is text: UTF-8, UTF-16, or mostly ASCII. */
    static boolean isReadable(byte[] bytes) {
      return utf8(bytes).isPresent() || isUtf16(bytes) || isMostlyAscii(bytes);
    }

    /** Returns the text, if the bytes are UTF-8 without control characters. */
    static Optional<String> utf8(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.indexOf('\uFFFD') < 0 && text.chars().noneMatch(Content::isControl)
          ? Optional.of(text)
          : Optional.empty();
    }

    private static boolean isControl(int character) {
      return (character < ' ' && "\t\n\r\f\u001b".indexOf(character) < 0) || character == 0x7f;
    }

    /** Returns whether it is UTF-16, with its mark or, of Latin letters, without. */
    static boolean isUtf16(byte[] bytes) {
      if (bytes.length < 8 || bytes.length % 2 != 0) {
        return false;
      }
      boolean isMarked =
          startsWith(bytes, new byte[] {(byte) 0xff, (byte) 0xfe})
              || startsWith(bytes, new byte[] {(byte) 0xfe, (byte) 0xff});
      return isMarked || isLatin(bytes, 0) || isLatin(bytes, 1);
    }

    /** Returns whether every second byte is printable, and the others are zero. */
    private static boolean isLatin(byte[] bytes, int printable) {
      for (int i = 0; i < bytes.length; i++) {
        boolean isRight = i % 2 == printable ? isPrintable(bytes[i]) : bytes[i] == 0;
        if (!isRight) {
          return false;
        }
      }
      return true;
    }

    private static boolean isPrintable(byte each) {
      return (each >= ' ' && each < 0x7f) || each == '\n' || each == '\r' || each == '\t';
    }

    /** Returns whether it is ASCII, and at most a third of it signs. */
    static boolean isPlain(byte[] bytes) {
      long signs =
          IntStream.range(0, bytes.length)
              .filter(i -> bytes[i] > ' ' && !Character.isLetterOrDigit(bytes[i]))
              .count();
      return 3 * signs <= bytes.length
          && IntStream.range(0, bytes.length).allMatch(i -> isPrintable(bytes[i]));
    }

    private static boolean isMostlyAscii(byte[] bytes) {
      int printable = 0;
      for (byte each : bytes) {
        printable += isPrintable(each) ? 1 : 0;
      }
      return bytes.length >= 16 && 100 * printable >= PRINTABLE_PERCENT * bytes.length;
    }
  }
}
