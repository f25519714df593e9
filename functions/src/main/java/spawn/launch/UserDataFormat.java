package spawn.launch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import spawn.launch.Base64Text.Content;
import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * Tells what on an instance would read its user data.
 *
 * <p>cloud-init looks at the first characters (<a
 * href="https://docs.cloud-init.io/en/latest/explanation/format.html">its formats</a>), EC2Launch
 * at tags (<a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html">user data
 * scripts</a>); both leave alone what they do not know, and the launch succeeds all the same.
 * Images without either, such as Bottlerocket, Talos or Flatcar, read structured text: that is
 * never warned of.
 */
final class UserDataFormat {
  private static final String CODE = "USER_DATA_NOT_RUN";

  /** What cloud-init looks at to recognize MIME. */
  private static final int LOOKED_AT = 4096;

  /**
   * How cloud-init's formats begin, beside MIME's; letter case does not matter. The last is of
   * cloudbase-init, its like for Windows (<a
   * href="https://cloudbase-init.readthedocs.io/en/latest/userdata.html">its user data</a>).
   */
  private static final List<String> BEGINNINGS =
      List.of(
          "#!",
          "#cloud-config",
          "#cloud-boothook",
          "#include",
          "#part-handler",
          "#upstart-job",
          "## template: jinja",
          "#ps1");

  /** Modules of cloud-init that no other reader of YAML knows. */
  private static final Pattern CLOUD_CONFIG =
      Pattern.compile(
          "(?m)^(?:runcmd|bootcmd|packages|package_update|package_upgrade|write_files|ssh_authorized_keys|chpasswd|disk_setup|fs_setup|power_state)[ \\t]*:");

  private static final Pattern NEARLY_SCRIPT =
      Pattern.compile("(?:#[ \\t]+!|!#|#[ \\t]*/(?:usr/)?bin/|[ \\t\\r\\n]+#!)");

  private static final Pattern NEARLY_CLOUD_CONFIG =
      Pattern.compile("(?m)#*[ \\t]*cloud[-_ ]?config[ \\t]*:?[ \\t\\r]*$");

  private static final Pattern POWERSHELL =
      Pattern.compile(
          "(?m)^[ \\t]*(?:\\$[a-z_]\\w*(?::\\w+)?[ \\t]*[+]?=|param[ \\t]*\\("
              + "|(?:get|set|new|add|remove|install|import|invoke|start|stop|restart|enable|disable|write|out|copy|rename|register|expand)-[a-z]{3,}+(?![-\\w]))");

  private static final Pattern BATCH =
      Pattern.compile("(?m)^[ \\t]*(?:@?echo off|rem |@?setlocal|set [a-z_]+=)");

  private UserDataFormat() {}

  /**
   * Returns the warning about user data that nothing runs.
   *
   * @param raw the user data before encoding
   * @param path where the payload has it
   */
  static Optional<Warning> notRun(byte[] raw, String path) {
    byte[] content = unzipped(raw);
    Optional<String> text = Content.utf8(content);
    if (text.isPresent()) {
      return notRun(text.get(), path);
    }
    if (Content.isKnownFile(content)) {
      return Optional.empty();
    }
    if (Content.isReadable(content)) {
      return Optional.of(
          warning(
              path,
              Severity.MEDIUM,
              "The text is not in UTF-8, which is what cloud-init reads.",
              "Save it as UTF-8, without a byte order mark."));
    }
    return Optional.of(
        warning(
            path,
            Severity.LOW,
            "It was taken as base64, but is neither text nor a compressed file then, and neither cloud-init nor EC2Launch runs that.",
            "If it is meant as text, encode it in base64."));
  }

  /** Returns what cloud-init reads: it decompresses gzip, and nothing else. */
  private static byte[] unzipped(byte[] raw) {
    if (!Content.startsWith(raw, new byte[] {0x1f, (byte) 0x8b})) {
      return raw;
    }
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      byte[] beginning = gzip.readNBytes(LOOKED_AT);
      return Content.utf8(whole(beginning)).isPresent() ? whole(beginning) : raw;
    } catch (IOException notWhole) {
      return raw;
    }
  }

  /** Returns the bytes up to the last end of a line, so that no character is cut in two. */
  private static byte[] whole(byte[] beginning) {
    if (beginning.length < LOOKED_AT) {
      return beginning;
    }
    String text = new String(beginning, StandardCharsets.ISO_8859_1);
    return text.substring(0, text.lastIndexOf('\n') + 1).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Optional<Warning> notRun(String text, String path) {
    if (text.startsWith("\uFEFF")) {
      String rest = text.substring(1);
      return isOfCloudInit(rest)
          ? Optional.of(
              warning(
                  path,
                  Severity.MEDIUM,
                  "A byte order mark stands before its first line, so cloud-init does not recognize that.",
                  "Save it as UTF-8 without a byte order mark."))
          : notRun(rest, path);
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (text.isBlank() || isOfCloudInit(text) || isOfEc2Launch(lower)) {
      return Optional.empty();
    }
    return encodedTwice(text)
        .or(() -> firstLine(lower))
        .or(
            () ->
                StructuredText.isStructured(text)
                    ? Optional.empty()
                    : Optional.of(missingFirstLine(lower)))
        .map(missing -> warning(path, Severity.MEDIUM, missing.message(), missing.advice()));
  }

  /** Returns whether a text is commands of a Unix shell, without a first line that says so. */
  static boolean isForAShell(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return !text.isBlank()
        && !text.startsWith("\uFEFF")
        && !isOfCloudInit(text)
        && !isOfEc2Launch(lower)
        && encodedTwice(text).isEmpty()
        && firstLine(lower).isEmpty()
        && !StructuredText.isStructured(text)
        && !POWERSHELL.matcher(lower).find()
        && !BATCH.matcher(lower).find();
  }

  private static boolean isOfCloudInit(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.substring(0, Math.min(LOOKED_AT, lower.length())).contains("mime-version:")
        || BEGINNINGS.stream()
            .anyMatch(
                beginning ->
                    (beginning.equals("#!") ? lower : lower.stripLeading()).startsWith(beginning));
  }

  private static boolean isOfEc2Launch(String lower) {
    return isTagged(lower, "powershell") || isTagged(lower, "script");
  }

  private static boolean isTagged(String lower, String tag) {
    int open = lower.indexOf("<" + tag + ">");
    return open >= 0 && lower.indexOf("</" + tag + ">", open) > open;
  }

  /** What is missing, and what to do about it. */
  private record Missing(String message, String advice) {
    static Missing line(String line, String what) {
      return new Missing(
          "Neither cloud-init nor EC2Launch runs it: its first line is neither \"%s\" nor another that they know."
              .formatted(line),
          what);
    }
  }

  /** Returns what is missing in what was clearly meant for one of the two. */
  private static Optional<Missing> firstLine(String lower) {
    if (NEARLY_SCRIPT.matcher(lower).lookingAt()) {
      return Optional.of(
          Missing.line("#!/bin/bash", "Begin with \"#!\", without anything before or in it."));
    }
    if (NEARLY_CLOUD_CONFIG.matcher(lower).lookingAt() || CLOUD_CONFIG.matcher(lower).find()) {
      return Optional.of(
          Missing.line("#cloud-config", "Put a line \"#cloud-config\" before the rest."));
    }
    if (lower.startsWith("content-type: multipart/")) {
      return Optional.of(
          Missing.line("MIME-Version: 1.0", "Put a line \"MIME-Version: 1.0\" into its header."));
    }
    for (String tag : List.of("powershell", "script")) {
      if (lower.contains("<" + tag + ">")) {
        return Optional.of(
            new Missing(
                "EC2Launch does not run it: \"<%s>\" is not closed.".formatted(tag),
                "Put \"</%s>\" after the commands.".formatted(tag)));
      }
    }
    return Optional.empty();
  }

  private static Optional<Missing> encodedTwice(String text) {
    return Base64Text.decoded(text)
        .filter(bytes -> Base64Text.isMeant(text, bytes))
        .map(
            bytes ->
                new Missing(
                    "Neither cloud-init nor EC2Launch runs it: it is encoded in base64 twice.",
                    "Encode it once, or give it as it is."));
  }

  /** Returns what is missing in a text of which only the writer knows what it is. */
  private static Missing missingFirstLine(String lower) {
    if (POWERSHELL.matcher(lower).find()) {
      return Missing.line(
          "<powershell>", "Put \"<powershell>\" before the commands and \"</powershell>\" after.");
    }
    if (BATCH.matcher(lower).find()) {
      return Missing.line(
          "<script>", "Put \"<script>\" before the commands and \"</script>\" after.");
    }
    return Missing.line(
        "#!/bin/bash",
        "Put a line \"#!/bin/bash\" before the commands, or give them as $.run in place of UserData.");
  }

  private static Warning warning(String path, Severity severity, String message, String advice) {
    return new Warning(CODE, severity, path, message, advice);
  }
}
