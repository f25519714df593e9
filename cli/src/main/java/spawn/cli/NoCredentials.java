package spawn.cli;

import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why the SDK found no credentials, in one sentence. The messages are those of the SDK itself. */
final class NoCredentials {
  /** What the SDK says, and what that means. The first that is found counts. */
  private enum Kind {
    NO_SSO_LOGIN(
        "Unable to load SSO token|SSO token|sso.cache|The SSO session",
        (caller, said) ->
            "The login of IAM Identity Center%s is missing or over: run aws sso login%s."
                .formatted(
                    caller.profile().map(" for the profile %s"::formatted).orElse(""),
                    caller.profile().map(" --profile %s"::formatted).orElse(""))),
    NO_KEYS_IN_PROFILE(
        "^Profile file contained no credentials for profile '(.*?)'",
        (caller, said) ->
            "The profile %s has no credentials: run aws configure --profile %s, or aws configure sso --profile %s."
                .formatted(said.group(1), said.group(1), said.group(1))),
    NO_KEYS_IN_SOURCE(
        "source profile of '(.*?)' was configured to be '(.*?)'",
        (caller, said) ->
            "The profile %s takes its credentials from the profile %s, which has none: mend source_profile in ~/.aws/config."
                .formatted(said.group(1), said.group(2))),
    CIRCLE(
        "Circular relationship detected with profiles \\[?(.*?)\\]?\\.",
        (caller, said) ->
            "The profiles %s take their credentials from each other: mend source_profile in ~/.aws/config."
                .formatted(said.group(1))),
    PROCESS(
        "Failed to refresh process-based credentials",
        (caller, said) ->
            "The credential_process%s gave no credentials: run the command that ~/.aws/config names, to see why."
                .formatted(caller.profile().map(" of the profile %s"::formatted).orElse(""))),
    BROKEN_FILE(
        "(Expected an '=' sign defining a property|Expected a profile definition|Profile definition must end with.*?|Expected a property definition.*?|.*) on line (\\d+)",
        (caller, said) ->
            "~/.aws/config or ~/.aws/credentials cannot be read: %s."
                .formatted(lowerCase(said.group()))),
    BROKEN_PROFILE(
        "Invalid profile file: (.*)|must be configured with a source profile|Profile .* (must|is missing|requires)",
        (caller, said) -> "~/.aws/config cannot be used: %s".formatted(sentence(said.group()))),
    NONE(
        "Unable to load credentials|Unable to load .*credentials|credentials were found",
        (caller, said) ->
            "No AWS credentials were found: run aws configure or aws sso login, or name a profile by --profile.");

    private final Pattern message;

    @SuppressWarnings("ImmutableEnumChecker") // none of them captures anything
    private final BiFunction<Caller, Matcher, String> sentence;

    Kind(String message, BiFunction<Caller, Matcher, String> sentence) {
      this.message = Pattern.compile(message);
      this.sentence = sentence;
    }
  }

  private NoCredentials() {}

  /** Returns the sentence; nothing if the failure is about something else. */
  static Optional<CommandFailure> of(Throwable thrown, Caller caller) {
    for (Throwable cause : Failures.causes(thrown)) {
      String said = String.valueOf(cause.getMessage());
      if (cause instanceof NoSuchFileException && !said.contains("sso")) {
        return Optional.of(
            CommandFailure.wrongCall(
                "The file %s, which a profile or AWS_WEB_IDENTITY_TOKEN_FILE names, is not there."
                    .formatted(said)));
      }
      for (Kind kind : Kind.values()) {
        Matcher found = kind.message.matcher(said);
        if (found.find()) {
          return Optional.of(CommandFailure.wrongCall(kind.sentence.apply(caller, found)));
        }
      }
    }
    return Optional.empty();
  }

  private static String lowerCase(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }
}
