package spawn.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.json.Json;
import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * What people are asked, in lines to read: who asks, what would happen, what the role may do.
 *
 * <p>What callers have written stands in it with every control character taken out, so that nobody
 * can write lines of their own.
 */
public final class RequestInWords {
  private static final int LONGEST_LINE = 4_000;
  private static final int MOST_LINES = 60;

  private final ApprovalRequest request;

  private RequestInWords(ApprovalRequest request) {
    this.request = request;
  }

  /** Returns the lines. */
  public static List<String> of(ApprovalRequest request) {
    return new RequestInWords(request).lines();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Who says they ask: " + line(Optional.ofNullable(request.creator()).orElse("nobody")));
    if (request.team() != null && !request.team().isEmpty()) {
      lines.add("Team: " + line(request.team()));
    }
    lines.add("Launch: " + line(request.launch()));
    lines.add("Plan: " + request.planHash());
    listed("What would happen", request.summary(), lines);
    listed("Warnings", request.warnings().stream().map(RequestInWords::told).toList(), lines);
    listed("What the role may do", grants(), lines);
    listed("What would be launched", launched(), lines);
    return lines;
  }

  private static void listed(String title, List<String> items, List<String> lines) {
    lines.add("");
    lines.add(title + (items.isEmpty() ? ": none" : ""));
    items.stream().limit(MOST_LINES).map(item -> "- " + line(item)).forEach(lines::add);
    if (items.size() > MOST_LINES) {
      lines.add("- and %d more".formatted(items.size() - MOST_LINES));
    }
  }

  private static String told(Warning warning) {
    return "%s%s at %s: %s %s"
        .formatted(
            warning.severity() == Severity.HIGH ? "HIGH " : "",
            warning.code(),
            warning.path(),
            warning.message(),
            warning.advice());
  }

  private List<String> grants() {
    return request.role() == null || request.role().isNull()
        ? List.of("nothing: the instance loses its role")
        : GrantsInWords.of(request.role());
  }

  private List<String> launched() {
    if (request.instanceId() != null) {
      return List.of("nothing; the role of the instance " + request.instanceId() + " changes");
    }
    return request.instance() == null || request.instance().isNull()
        ? List.of("nothing; only the role is made")
        : request.instance().properties().stream().map(RequestInWords::member).toList();
  }

  private static String member(Map.Entry<String, JsonNode> member) {
    JsonNode value = member.getValue();
    return member.getKey() + ": " + (value.isTextual() ? value.textValue() : Json.text(value));
  }

  /** Returns a text on one line, without characters that steer how it is shown. */
  private static String line(String text) {
    String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "…" : text;
    return shown.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", " ");
  }
}
