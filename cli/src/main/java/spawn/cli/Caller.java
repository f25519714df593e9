package spawn.cli;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a command was called from: what its options and its environment say about AWS, for messages
 * about what AWS refuses.
 *
 * @param shell where it was typed
 * @param profile the profile whose credentials are used, if one is named
 * @param region the region that an option or a variable names, if one does
 * @param stack the stack's name
 */
record Caller(Shell shell, Optional<String> profile, Optional<String> region, String stack) {
  /** Returns a caller without options: what the environment says counts. */
  static Caller of(Shell shell) {
    return of(shell, Optional.empty(), Optional.empty(), StackOptions.DEFAULT_STACK);
  }

  /** Returns a caller whose options come before the environment. */
  static Caller of(
      Shell shell, Optional<String> profile, Optional<String> region, String stackName) {
    return new Caller(
        shell,
        profile.or(() -> shell.variable("AWS_PROFILE")),
        region
            .or(() -> shell.variable("AWS_REGION"))
            .or(() -> shell.variable("AWS_DEFAULT_REGION")),
        stackName);
  }

  /** Returns the way to log in again, as the end of a sentence. */
  String login() {
    String which = profile.map(" --profile %s"::formatted).orElse("");
    return usesKeysOfTheEnvironment()
        ? "set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        : "run aws sso login%s or aws login%s, or get new keys for aws configure%s"
            .formatted(which, which, which);
  }

  /** Returns whose credentials are meant, as the beginning of a sentence. */
  String credentials() {
    return usesKeysOfTheEnvironment()
        ? "The credentials in AWS_ACCESS_KEY_ID"
        : "The credentials" + profile.map(" of the profile %s"::formatted).orElse("");
  }

  private boolean usesKeysOfTheEnvironment() {
    return profile
            .filter(name -> shell.variable("AWS_PROFILE").filter(name::equals).isEmpty())
            .isEmpty()
        && shell.variable("AWS_ACCESS_KEY_ID").isPresent();
  }

  /** Returns the endpoint that takes AWS's place, with the name of the setting, if one is set. */
  Optional<String> endpoint() {
    return Stream.concat(
            shell.environment().entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("AWS_ENDPOINT_URL"))
                .filter(variable -> !variable.getValue().isEmpty())
                .sorted(Map.Entry.comparingByKey())
                .map(variable -> variable.getKey() + "=" + variable.getValue()),
            Optional.ofNullable(System.getProperty("aws.endpointUrl")).stream()
                .map("aws.endpointUrl=%s"::formatted))
        .findFirst();
  }

  /** Returns the proxy that the environment names, if it names one. */
  Optional<String> proxy() {
    return Stream.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        .flatMap(
            name -> shell.variable(name).map(value -> name + "=" + withoutPassword(value)).stream())
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(System.getProperty("https.proxyHost"))
                    .map("https.proxyHost=%s"::formatted));
  }

  private static String withoutPassword(String url) {
    return url.replaceFirst("//[^/@]*@", "//…@");
  }
}
