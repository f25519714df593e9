package spawn.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import spawn.json.Json;

/**
 * The report of an audit as one page to look at, which needs neither a network nor a server.
 *
 * <p>What others have written, such as names and tags, stands in it only as JSON, in an element
 * that no browser runs, and the page's script shows it as text. The page lets its own script and
 * style in by their hashes, and nothing else (<a
 * href="https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy">content
 * security policy</a>).
 */
final class AuditPage {
  private static final Pattern PLACE = Pattern.compile("\\{([a-z-]+)}");
  private static final Pattern NOT_IN_AN_ELEMENT = Pattern.compile("[<>&\\u2028\\u2029]");

  private AuditPage() {}

  /** Read when the first page is asked for, as the weekly run needs none. */
  private static final class OnDemand {
    static final String PAGE = resource("page.html");
    static final String STYLE = resource("page.css");
    static final String SCRIPT = resource("page.js");
  }

  /** Returns the page. */
  static String of(AuditReport report) {
    Map<String, String> parts =
        Map.of(
            "style", OnDemand.STYLE,
            "style-hash", hash(OnDemand.STYLE),
            "script", OnDemand.SCRIPT,
            "script-hash", hash(OnDemand.SCRIPT),
            "report", inAnElement(Json.text(AuditJson.of(report))));
    return PLACE
        .matcher(OnDemand.PAGE)
        .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
  }

  /** Returns JSON in which nothing ends an element or begins one. */
  private static String inAnElement(String json) {
    return NOT_IN_AN_ELEMENT
        .matcher(json)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }

  /** Returns the hash by which a page lets an element in. */
  private static String hash(String text) {
    try {
      return "sha256-"
          + Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException noJvmLacksIt) {
      throw new IllegalStateException(noJvmLacksIt);
    }
  }

  private static String resource(String name) {
    try (InputStream data = AuditPage.class.getResourceAsStream(name)) {
      return new String(data.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }
}
