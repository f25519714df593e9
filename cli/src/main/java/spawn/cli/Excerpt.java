package spawn.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.Position;

/**
 * The part of a policy's text that IAM means by two positions, whose lines and columns begin at 1.
 */
final class Excerpt {
  private Excerpt() {}

  /** Returns the statement on one line; nothing if the positions are not of this text. */
  static Optional<String> of(String text, Position start, Position end) {
    int from = offset(text, start) - 1; // a statement begins behind its brace
    int to = offset(text, end) - 1;
    if (from < 0 || to <= from || to > text.length()) {
      return Optional.empty();
    }
    String found = text.substring(from, to).strip().replaceAll("\\s+", " ");
    return found.startsWith("{") && found.endsWith("}") ? Optional.of(found) : Optional.empty();
  }

  private static int offset(String text, Position place) {
    List<String> lines = List.of(text.split("\n", -1));
    if (place.line() < 1 || place.line() > lines.size()) {
      return -1;
    }
    int offset = 0;
    for (String line : lines.subList(0, place.line() - 1)) {
      offset += line.length() + 1;
    }
    return offset + place.column() - 1;
  }

  /** Returns a policy document as it was written; IAM hands it out URL-encoded. */
  static String decoded(String document) {
    return document.startsWith("{")
        ? document
        : URLDecoder.decode(document.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
