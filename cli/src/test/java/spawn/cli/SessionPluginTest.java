package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ssm.model.StartSessionResponse;

/** How AWS's plugin for sessions is found and called. */
class SessionPluginTest {
  private static final StartSessionResponse SESSION =
      StartSessionResponse.builder()
          .sessionId("ada-0a1b")
          .tokenValue("secret")
          .streamUrl("wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/ada-0a1b")
          .build();

  @TempDir private Path folder;

  /** Puts a plugin on the PATH that writes down how it was called. */
  static void install(Path folder, String version, int exitCode) throws IOException {
    Path program = folder.resolve("session-manager-plugin");
    Files.writeString(
        program,
        """
        #!/bin/sh
        [ "$1" = --version ] && echo %s && exit
        printf '%%s\\n' "$@" >"$(dirname "$0")/arguments"
        printf '%%s' "$AWS_SSM_START_SESSION_RESPONSE" >"$(dirname "$0")/response"
        exit %d
        """
            .formatted(version, exitCode));
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private Shell shell() {
    return new TypedShell(Map.of("PATH", folder + ":/usr/bin:/bin")).shell();
  }

  private int connect() throws IOException {
    return SessionPlugin.find(shell())
        .connect(
            SESSION,
            "us-east-1",
            "work",
            "i-0123456789abcdef0",
            "https://ssm.us-east-1.amazonaws.com");
  }

  @Test
  void itIsCalledAsTheAwsCliCallsIt() throws IOException {
    install(folder, "1.2.764.0", 3);

    assertThat(connect()).isEqualTo(3);
    assertThat(Files.readAllLines(folder.resolve("arguments")))
        .containsExactly(
            "AWS_SSM_START_SESSION_RESPONSE",
            "us-east-1",
            "StartSession",
            "work",
            "{\"Target\":\"i-0123456789abcdef0\"}",
            "https://ssm.us-east-1.amazonaws.com");
    assertThat(Json.read(Files.readString(folder.resolve("response")), "response"))
        .isEqualTo(
            Json.object()
                .put("SessionId", "ada-0a1b")
                .put("TokenValue", "secret")
                .put(
                    "StreamUrl",
                    "wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/ada-0a1b"));
  }

  @Test
  void anOlderOneGetsTheSessionOnItsCommandLine() throws IOException {
    install(folder, "1.2.497.0", 0);

    assertThat(connect()).isZero();
    assertThat(Files.readAllLines(folder.resolve("arguments")).get(0))
        .isEqualTo(SessionPlugin.json(SESSION));
    assertThat(Files.readString(folder.resolve("response"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.497.0, false",
    "1.2.497.1, true",
    "1.2.54.0, false",
    "1.2.1000.0, true",
    "1.10.0.0, true",
    "2.0.0.0, true",
    "unknown, false"
  })
  void theVariableIsForVersionsThatReadIt(String version, boolean takesVariable) {
    assertThat(SessionPlugin.takesVariable(version + "\n")).isEqualTo(takesVariable);
  }

  @Test
  void whereItIsMissingThereIsOneSentenceWithTheLink() {
    assertThatThrownBy(() -> SessionPlugin.find(shell()))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("session-manager-plugin")
        .hasMessageContaining("session-manager-working-with-install-plugin.html")
        .extracting(failure -> ((CommandFailure) failure).exitCode())
        .isEqualTo(CommandFailure.WRONG_CALL);
  }

  @Test
  void aFileOfItsNameThatIsNoProgramIsNotIt() throws IOException {
    Files.writeString(folder.resolve("session-manager-plugin"), "");

    assertThatThrownBy(() -> SessionPlugin.find(shell())).isInstanceOf(CommandFailure.class);
  }

  @Test
  void aPathMayBeEmptyOrHaveNoSuchFolder() {
    for (String path : List.of("", ":", "/no/such/folder::")) {
      assertThatThrownBy(() -> SessionPlugin.find(new TypedShell(Map.of("PATH", path)).shell()))
          .isInstanceOf(CommandFailure.class);
    }
  }
}
