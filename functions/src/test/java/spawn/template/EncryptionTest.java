package spawn.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static spawn.template.LeastPrivilege.allows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logs and queues are encrypted, and with the owner's key where there is one. */
class EncryptionTest {
  private static final String KEY =
      "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-1111-2222-3333-444455556666";

  private static final Template STANDARD = Template.read();
  private static final Template WITH_KEY = STANDARD.with("KmsKeyArn", KEY);

  static List<String> logGroups() {
    return STANDARD.idsOf("AWS::Logs::LogGroup");
  }

  static List<String> queues() {
    return STANDARD.idsOf("AWS::SQS::Queue");
  }

  @ParameterizedTest
  @MethodSource("logGroups")
  void aLogGroupUsesTheKeyThatIsGiven(String group) {
    assertThat(WITH_KEY.property(group, "KmsKeyId").asText()).isEqualTo(KEY);
    assertThat(STANDARD.property(group, "KmsKeyId").isMissingNode()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("queues")
  void aQueueUsesTheKeyThatIsGivenOrElseThatOfSqs(String queue) {
    assertThat(WITH_KEY.property(queue, "KmsMasterKeyId").asText()).isEqualTo(KEY);
    assertThat(WITH_KEY.property(queue, "SqsManagedSseEnabled").asBoolean(true)).isFalse();
    assertThat(STANDARD.property(queue, "KmsMasterKeyId").isMissingNode()).isTrue();
    assertThat(STANDARD.property(queue, "SqsManagedSseEnabled").asBoolean(false)).isTrue();
  }

  @Test
  void onlyTheSweepMayDecryptAndOnlyWithThatKey() {
    Access decrypt = new Access("kms:Decrypt", KEY, Map.of());

    for (String function : STANDARD.idsOf("AWS::Serverless::Function")) {
      assertThat(allows(WITH_KEY.statements(function), decrypt))
          .as(function)
          .isEqualTo(function.equals("CleanupUnusedRoles"));
      assertThat(allows(WITH_KEY.statements(function), decrypt.on(KEY.replace("0a1b", "ffff"))))
          .isFalse();
      assertThat(allows(STANDARD.statements(function), decrypt)).isFalse();
    }
  }

  @Test
  void theKeyPolicyInTheGuideLetsInTheStacksLogGroupsAndTheEvents() throws IOException {
    List<ObjectNode> logs = keyPolicyFor("logs.us-east-1.amazonaws.com");
    List<ObjectNode> events = keyPolicyFor("events.amazonaws.com");

    for (String group : logGroups()) {
      String name = STANDARD.property(group, "LogGroupName").asText();
      assertThat(allows(logs, use("kms:GenerateDataKey", name))).as(name).isTrue();
      assertThat(allows(logs, use("kms:Decrypt", name))).as(name).isTrue();
    }
    assertThat(allows(logs, use("kms:Decrypt", "payroll"))).isFalse();
    assertThat(allows(events, new Access("kms:GenerateDataKey", KEY, Map.of()))).isTrue();
    assertThat(allows(events, new Access("kms:Decrypt", KEY, Map.of()))).isTrue();
  }

  private static Access use(String action, String logGroup) {
    return new Access(
        action,
        KEY,
        Map.of(
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:us-east-1:123456789012:log-group:" + logGroup));
  }

  private static List<ObjectNode> keyPolicyFor(String service) throws IOException {
    String guide = Files.readString(Path.of("docs", "security.md"), UTF_8);
    String section = guide.substring(guide.indexOf("\n## Encryption\n"));
    String json = section.substring(section.indexOf("```json\n") + 8, section.indexOf("\n```\n"));
    List<ObjectNode> statements = new ArrayList<>();
    for (JsonNode statement : new ObjectMapper().readTree(json)) {
      if (statement.at("/Principal/Service").asText().equals(service)) {
        statements.add((ObjectNode) statement);
      }
    }
    return statements;
  }
}
