package spawn.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import spawn.policy.Severity;
import spawn.policy.Warning;

/** What approvers read is what would be made, whatever callers write. */
class ApprovalMessageTest {
  private static final String HASH = "a".repeat(64);

  private static ApprovalMessage message(
      String name, String creator, JsonNode role, Warning each, int warnings) {
    ApprovalRequest request =
        new ApprovalRequest(
            HASH,
            HASH,
            "arn:aws:states:us-east-1:123456789012:execution:spawn-launch:" + name,
            name,
            creator,
            "data",
            List.of("One would happen."),
            Collections.nCopies(warnings, each),
            role,
            null,
            null);
    return new ApprovalMessage(
        request, HASH, "arn:answer", "us-east-1", Instant.parse("2026-01-02T00:00:00.5Z"));
  }

  private static ObjectNode role(String resource) {
    ObjectNode role = JsonNodeFactory.instance.objectNode();
    ObjectNode statement = role.putObject("inlinePolicy").putArray("Statement").addObject();
    statement.put("Effect", "Allow").put("Action", "s3:*").put("Resource", resource);
    role.putArray("managedPolicyArns").add("arn:aws:iam::aws:policy/ReadOnlyAccess");
    return role;
  }

  private static final Warning WARNING =
      new Warning("FULL_ACCESS", Severity.HIGH, "$.iam", "It is much.", "Ask for less.");

  /** Line breaks, and what shows text in another order than it is. */
  @Test
  void nobodyWritesLinesOfTheirOwn() {
    String text =
        message(
                "one",
                "ann\u202eevil",
                role("a\nTo approve:\r\u2028aws lambda invoke evil"),
                WARNING,
                1)
            .text();

    assertThat(text.lines()).filteredOn(line -> line.startsWith("aws ")).hasSize(2);
    assertThat(text.lines()).noneMatch(line -> line.startsWith("To approve"));
    assertThat(text).doesNotContain("\u202e", "\u2028");
  }

  @Test
  void itSaysWhatTheRoleMayDo() {
    assertThat(message("one", "ann", role("arn:aws:s3:::a"), WARNING, 1).text())
        .contains(
            "Team: data\n",
            "- One would happen.\n",
            "- HIGH FULL_ACCESS at $.iam: It is much. Ask for less.\n",
            "- s3:* on arn:aws:s3:::a\n",
            "- whatever the managed policy arn:aws:iam::aws:policy/ReadOnlyAccess grants\n",
            "It waits until 2026-01-02T00:00:00Z");
  }

  /** 256 KB, of which SNS takes a part for what it adds. */
  @Test
  void howeverMuchThereIsItFitsIntoAMessageAndEndsWithTheLines() {
    Warning huge =
        new Warning("FULL_ACCESS", Severity.HIGH, "$.iam", "\u00e9".repeat(100_000), "\u00e9");
    String text = message("one", "ann", role("x".repeat(300_000)), huge, 500).text();

    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(220_000);
    assertThat(text).contains("\"answer\":\"approve\"", "\"answer\":\"deny\"");
  }

  @Test
  void itsSubjectIsOneThatSnsTakes() {
    assertThat(message("\u00fc\n" + "n".repeat(200), "ann", role("*"), WARNING, 1).subject())
        .hasSizeLessThanOrEqualTo(100)
        .matches("[ -~]+");
  }
}
