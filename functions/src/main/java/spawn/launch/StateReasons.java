package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import spawn.error.AwsErrors;
import spawn.error.Remedy;
import spawn.json.Json;

/**
 * What to do when an instance has ended for a reason of EC2's: data of {@code state-reasons.json}.
 *
 * <p>A reason's code is one of EC2's <a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html">list</a>, or
 * {@code Client.} or {@code Server.} and the error code with which EC2 would have refused the
 * launch (<a href="https://github.com/hashicorp/terraform/pull/14479">an example</a>). So a code
 * that the file does not list goes by what {@link AwsErrors} says of it, and then by whose fault
 * EC2 calls it.
 */
final class StateReasons {
  private static final JsonNode DATA = read();

  private static final Pattern WHOSE = Pattern.compile("^(Client|Server)\\.");

  private StateReasons() {}

  /**
   * What an end means.
   *
   * @param remedy who can do something
   * @param text what was the matter, where EC2's own sentence does not say it, and what to do
   */
  record Advice(Remedy remedy, String text) {
    private static Advice of(JsonNode json) {
      return new Advice(
          Remedy.valueOf(json.path("remedy").asText().toUpperCase(Locale.ROOT)),
          json.path("advice").asText());
    }
  }

  /** Returns what to do about an instance that has ended for a reason. */
  static Advice advice(LaunchedInstance.Reason reason) {
    return ofCode(reason).or(() -> ofKind(reason)).orElseGet(() -> ofSide(reason));
  }

  private static Optional<Advice> ofCode(LaunchedInstance.Reason reason) {
    return DATA.path("reasons")
        .valueStream()
        .filter(known -> known.path("code").asText().equals(reason.code()))
        .findFirst()
        .map(Advice::of);
  }

  private static Optional<Advice> ofKind(LaunchedInstance.Reason reason) {
    String code = WHOSE.matcher(reason.code()).replaceFirst("");
    String message = Optional.ofNullable(reason.message()).orElse("");
    String kind = AwsErrors.kind(code, message).name();
    return Optional.of(DATA.path("kinds").path(kind)).filter(JsonNode::isObject).map(Advice::of);
  }

  private static Advice ofSide(LaunchedInstance.Reason reason) {
    String side = reason.code().startsWith("Server.") ? "Server" : "Client";
    return Advice.of(DATA.path("sides").path(side));
  }

  private static JsonNode read() {
    try (InputStream data = StateReasons.class.getResourceAsStream("state-reasons.json")) {
      return Json.read(data);
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }
}
