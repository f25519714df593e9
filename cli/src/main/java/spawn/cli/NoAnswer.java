package spawn.cli;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.regions.Region;
import spawn.payload.Nearest;

/** Why a call to AWS got no answer, or one that is not AWS's, in one sentence. */
final class NoAnswer {
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9-]+)\\.([a-z0-9-]+)\\.(amazonaws|api\\.aws).*");
  private static final Pattern INVALID_REGION =
      Pattern.compile("Configured region \\((.*?)\\)|region.*?'(.*?)'.*invalid");

  private final Throwable thrown;
  private final Caller caller;

  private NoAnswer(Throwable thrown, Caller caller) {
    this.thrown = thrown;
    this.caller = caller;
  }

  /** Returns the sentence. */
  static Optional<CommandFailure> of(Throwable thrown, Caller caller) {
    return Optional.of(new NoAnswer(thrown, caller).failure());
  }

  private CommandFailure failure() {
    String said = String.valueOf(thrown.getMessage());
    Matcher region = INVALID_REGION.matcher(said);
    if (region.find()) {
      return noSuchRegion(region.group(1) == null ? region.group(2) : region.group(1));
    }
    Optional<Throwable> host = cause(UnknownHostException.class::isInstance);
    if (host.isPresent()) {
      return unknownHost(Failures.firstLine(String.valueOf(host.get().getMessage())));
    }
    if (cause(URISyntaxException.class::isInstance).isPresent()
        || said.contains("of endpointOverride must not be null")
        || said.contains("invalid URI")) {
      return CommandFailure.wrongCall(
          "The endpoint is not a URL%s: write for example http://127.0.0.1:4566, or unset it."
              .formatted(caller.endpoint().map(" (%s)"::formatted).orElse("")));
    }
    if (said.contains("Unable to unmarshall response") || said.contains("Could not parse")) {
      return notOfAws("its answer cannot be read");
    }
    return connection(said);
  }

  private CommandFailure connection(String said) {
    if (cause(SSLException.class::isInstance).isPresent()) {
      return CommandFailure.failed(
          "The certificate of %s is not trusted: if a proxy stands in between, have Java trust its certificate (JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=…)."
              .formatted(destination()));
    }
    if (said.contains("tunnel through proxy")
        || cause(of -> String.valueOf(of.getMessage()).contains("tunnel through proxy"))
            .isPresent()) {
      return CommandFailure.failed(
          "The proxy%s lets nothing through to AWS: look at its address, user and password."
              .formatted(caller.proxy().map(" (%s)"::formatted).orElse("")));
    }
    if (cause(SocketTimeoutException.class::isInstance).isPresent()
        || thrown instanceof ApiCallTimeoutException
        || thrown instanceof ApiCallAttemptTimeoutException) {
      return CommandFailure.failed(
          "%s did not answer in time: look at the network%s, and try again."
              .formatted(
                  destination(), caller.proxy().map(" and the proxy (%s)"::formatted).orElse("")));
    }
    if (cause(ConnectException.class::isInstance).isPresent()
        || cause(NoRouteToHostException.class::isInstance).isPresent()) {
      return CommandFailure.failed(refused());
    }
    if (cause(SocketException.class::isInstance).isPresent()) {
      return CommandFailure.failed(
          "The connection to %s broke: look at the network, and try again."
              .formatted(destination()));
    }
    if (thrown instanceof AbortedException) {
      return CommandFailure.failed("The call was interrupted.");
    }
    return CommandFailure.failed("AWS did not answer: " + Failures.firstLine(said));
  }

  private String refused() {
    return caller
        .endpoint()
        .map("Nothing answers at the endpoint (%s): start what should, or unset it."::formatted)
        .or(
            () ->
                caller
                    .proxy()
                    .map(
                        "The proxy (%s) does not answer: mend its address, or unset it."
                            ::formatted))
        .orElse(
            "AWS is not reached, as the connection is refused: look at the network and the firewall.");
  }

  private CommandFailure unknownHost(String host) {
    Optional<String> endpoint = caller.endpoint();
    if (endpoint.isPresent()) {
      return CommandFailure.wrongCall(
          "There is no computer %s, which the endpoint names (%s): mend it, or unset it."
              .formatted(host, endpoint.get()));
    }
    Matcher parts = HOST.matcher(host);
    if (parts.matches() && !isKnown(parts.group(2)) && !parts.group(1).equals("iam")) {
      return noSuchRegion(parts.group(2));
    }
    return CommandFailure.failed(
        "%s is not found: look at the network connection and its DNS%s."
            .formatted(
                host,
                caller
                    .proxy()
                    .map(" and the proxy (%s)"::formatted)
                    .orElse("; behind a proxy set HTTPS_PROXY")));
  }

  private static boolean isKnown(String region) {
    return Region.regions().contains(Region.of(region));
  }

  /** Returns the end of a command whose region is none. */
  static CommandFailure noSuchRegion(String region) {
    List<String> names = Region.regions().stream().map(Region::id).toList();
    return CommandFailure.wrongCall(
        "AWS has no region %s.%s Look at --region, AWS_REGION and the profile."
            .formatted(region, Nearest.question(region, names)));
  }

  /** Returns the end of a command to which something else than AWS has answered. */
  CommandFailure notOfAws(String how) {
    return CommandFailure.failed(
        caller
            .endpoint()
            .map(
                set ->
                    "What answers at the endpoint (%s) is not AWS: %s. Mend it, or unset it."
                        .formatted(set, how))
            .orElse(
                "Something else than AWS answered, a proxy or the login page of a network%s: %s."
                    .formatted(caller.proxy().map(" (%s)"::formatted).orElse(""), how)));
  }

  static CommandFailure notOfAws(Caller caller, String how) {
    return new NoAnswer(new IllegalStateException(how), caller).notOfAws(how);
  }

  private String destination() {
    return caller.endpoint().map("the endpoint (%s)"::formatted).orElse("AWS");
  }

  private Optional<Throwable> cause(Predicate<Throwable> which) {
    return Failures.causes(thrown).stream().filter(which).findFirst();
  }
}
