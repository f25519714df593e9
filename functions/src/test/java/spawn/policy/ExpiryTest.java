package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Problem;
import spawn.error.Problems;

/** A role that ends denies everything from then on, by a statement of its own policy. */
class ExpiryTest {
  private static final String NOW = "2026-11-26T03:07:30Z";

  private static PermissionsReader readerAt(String now) {
    return new PermissionsReader(Payloads.STACK, Clock.fixed(Instant.parse(now), ZoneOffset.UTC));
  }

  private static ResolvedPermissions readAt(String now, String iam) {
    Problems problems = new Problems();
    ResolvedPermissions resolved = readerAt(now).read(json(iam), "$.iam", problems);
    assertThat(problems.list()).isEmpty();
    return resolved;
  }

  private static ResolvedPermissions read(String iam) {
    return readAt(NOW, iam);
  }

  private static List<Problem> problems(String iam) {
    Problems problems = new Problems();
    readerAt(NOW).read(json(iam), "$.iam", problems);
    return problems.list();
  }

  private static Permissions expiring(String expires) {
    return read("{'policies': ['s3:ReadOnly'], 'expires': '" + expires + "'}").permissions();
  }

  @Test
  void theInlinePolicyDeniesEverythingAfterTheEndBesideWhatItGrants() {
    Permissions ending = expiring("PT8H");

    assertThat(ending.inlinePolicy().toJson().path("Statement"))
        .contains(
            json(
                "{'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition':"
                    + " {'DateGreaterThan': {'aws:CurrentTime': '2026-11-26T11:15:00Z'}}}"))
        .hasSizeGreaterThan(1);
    assertThat(ending.expires()).contains(Instant.parse("2026-11-26T11:15:00Z"));
    assertThat(ending.withoutExpiry())
        .isEqualTo(read("{'policies': ['s3:ReadOnly']}").permissions());
  }

  @Test
  void aRoleOfManagedPoliciesOnlyGetsAnInlinePolicyThatEndsIt() {
    ResolvedPermissions resolved =
        read("{'managedPolicies': ['AmazonSSMManagedInstanceCore'], 'expires': 'PT8H'}");

    assertThat(resolved.permissions().inlinePolicy().toJson().path("Statement")).hasSize(1);
    assertThat(resolved.permissions().withoutExpiry().inlinePolicy().isEmpty()).isTrue();
    assertThat(resolved.described()).isTrue();
  }

  @Test
  void anEndAloneGrantsNothingAndTheWarningSaysSo() {
    assertThat(read("{'expires': 'PT8H'}").warnings())
        .extracting(Warning::code)
        .containsExactly("NO_PERMISSIONS");
    assertThat(read("{'policies': ['sqs:ReadOnly'], 'expires': 'PT8H'}").warnings())
        .isEqualTo(read("{'policies': ['sqs:ReadOnly']}").warnings());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-26T05:00:00Z, 2026-11-26T05:00:00Z",
    "2026-11-26T05:00:00.001Z, 2026-11-26T05:15:00Z",
    "2026-11-26T05:00:01Z, 2026-11-26T05:15:00Z",
    "2026-11-26T05:14:59Z, 2026-11-26T05:15:00Z",
    "2026-11-26T06:15:00+01:00, 2026-11-26T05:15:00Z",
    "PT15M, 2026-11-26T03:30:00Z",
    "PT22M30S, 2026-11-26T03:30:00Z",
    "PT22M31S, 2026-11-26T03:45:00Z",
    "P1D, 2026-11-27T03:15:00Z",
  })
  void anEndIsRoundedUpToAQuarterOfAnHour(String asked, Instant until) {
    assertThat(expiring(asked).expires()).contains(until);
  }

  @Test
  void launchesWithinAQuarterOfAnHourShareARoleAndLaterOnesDoNot() {
    String payload = "{'policies': ['s3:ReadOnly'], 'expires': 'PT8H'}";
    PolicyHash first = readAt("2026-11-26T03:00:01Z", payload).permissions().hash();

    assertThat(readAt("2026-11-26T03:15:00Z", payload).permissions().hash()).isEqualTo(first);
    assertThat(readAt("2026-11-26T03:15:01Z", payload).permissions().hash()).isNotEqualTo(first);
    assertThat(read("{'policies': ['s3:ReadOnly']}").permissions().hash()).isNotEqualTo(first);
  }

  @Test
  void theLastingHashIsThatOfTheDurationAndOfNothingElse() {
    String payload = "{'policies': ['s3:ReadOnly'], 'expires': '%s'}";
    PolicyHash asked = readAt(NOW, payload.formatted("PT24H")).lastingHash();

    assertThat(readAt("2026-12-24T00:00:00Z", payload.formatted("P1D")).lastingHash())
        .isEqualTo(asked);
    assertThat(readAt(NOW, payload.formatted("PT25H")).lastingHash()).isNotEqualTo(asked);
    assertThat(readAt(NOW, payload.formatted("2026-11-27T03:15:00Z")).lastingHash())
        .isNotEqualTo(asked)
        .isEqualTo(
            readAt("2026-11-26T09:00:00Z", payload.formatted("2026-11-27T03:15:00Z"))
                .lastingHash());
    ResolvedPermissions lasting = read("{'policies': ['s3:ReadOnly']}");
    assertThat(lasting.lastingHash()).isEqualTo(lasting.permissions().hash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-11-26T03:07:29Z | Lies in the past: it is 2026-11-26T03:07:30Z now.",
        "-1000-01-01T00:00:00Z | Lies in the past: it is 2026-11-26T03:07:30Z now.",
        "2026-11-26T03:22:29Z | Is too soon: a role lasts at least 15 minutes, since its launch takes a part of them.",
        "PT0S | Is too soon: a role lasts at least 15 minutes, since its launch takes a part of them.",
        "PT14M59S | Is too soon: a role lasts at least 15 minutes, since its launch takes a part of them.",
        "P3651D | Is too far away: a role lasts 3650 days at most. Leave it out for one that does not end.",
        "PT9223372036854775807S | Is too far away: a role lasts 3650 days at most. Leave it out for one that does not end.",
        "+999999999-12-31T23:59:59Z | Is too far away: a role lasts 3650 days at most. Leave it out for one that does not end.",
      })
  void anEndThatCannotBeIsRefused(String expires, String message) {
    assertThat(problems("{'policies': ['s3:ReadOnly'], 'expires': '" + expires + "'}"))
        .containsExactly(new Problem("$.iam.expires", message));
  }

  @Test
  void theBytesOfTheEndCount() {
    ObjectNode iam =
        (ObjectNode) json("{'statements': [{'Effect': 'Allow', 'Action': 's3:Get*'}]}");
    IntStream.range(0, 242)
        .forEach(
            i ->
                ((ObjectNode) iam.at("/statements/0"))
                    .withArray("Resource")
                    .add("arn:aws:s3:::a-bucket-with-name-%03d/*".formatted(i)));
    Problems fits = new Problems();
    int bytes = readerAt(NOW).read(iam, "$.iam", fits).permissions().inlinePolicy().sizeInBytes();
    iam.put("expires", "PT8H");
    Problems tooLarge = new Problems();
    readerAt(NOW).read(iam, "$.iam", tooLarge);

    assertThat(fits.list()).isEmpty();
    assertThat(bytes).isBetween(9_840 - 121, 9_840);
    assertThat(tooLarge.list())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .startsWith("The inline policy would have %d bytes".formatted(bytes + 121)));
  }

  /** So an exported policy of a role that ends is read as what it is. */
  @Test
  void whoeverWroteTheStatementThePolicyEndsByIt() {
    assertThat(
            Payloads.inline(
                    "{'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'},"
                        + " {'Effect': 'Deny', 'Action': ['*'], 'Resource': ['*'], 'Condition':"
                        + " {'DateGreaterThan': {'AWS:currenttime': ['2036-01-01T01:00:00+01:00']}}},"
                        + " {'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition':"
                        + " {'DateGreaterThan': {'aws:CurrentTime': '2037-01-01T00:00:00Z'}}}]}")
                .expires())
        .contains(Instant.parse("2036-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Effect': 'Allow', 'Action': '*', 'Resource': '*', 'Condition': {'DateGreaterThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*', 'Condition': {'DateGreaterThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'NotAction': '*', 'Resource': '*', 'Condition': {'DateGreaterThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'Action': '*', 'NotResource': '*', 'Condition': {'DateGreaterThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'Action': '*', 'Resource': 'arn:aws:s3:::a', 'Condition': {'DateGreaterThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition': {'DateLessThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition': {'DateGreaterThan': {'aws:TokenIssueTime': '2036-01-01T00:00:00Z'}}",
        "'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition': {'DateGreaterThan': {'aws:CurrentTime': '2036-01-01T00:00:00Z'}, 'Bool': {'aws:SecureTransport': 'true'}}",
        "'Effect': 'Deny', 'Action': '*', 'Resource': '*'",
      })
  void aStatementThatDoesLessOrOtherwiseIsNoEnd(String statement) {
    assertThat(
            PolicyDocument.of(json("{'Version': '2012-10-17', 'Statement': [{" + statement + "}]}"))
                .expires())
        .isEmpty();
  }
}
