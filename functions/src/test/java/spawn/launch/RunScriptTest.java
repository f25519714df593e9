package spawn.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The user data that {@code run} becomes is run, by the shell of this machine. */
class RunScriptTest {
  @TempDir private Path folder;

  /** What a run leaves behind. */
  private record Ended(int exitCode, String console, String log, String output) {}

  private Ended run(String script) throws IOException, InterruptedException {
    return run(script, folder.resolve("console"));
  }

  private Ended run(String script, Path console) throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Path part = folder.resolve("part-001");
    Files.writeString(part, RunScript.userData(script, console.toString(), log.toString()), UTF_8);
    assertThat(part.toFile().setExecutable(true)).isTrue();
    Path output = folder.resolve("output");
    ProcessBuilder start =
        new ProcessBuilder(part.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    start.environment().put("HOME", Files.createDirectories(folder.resolve("home")).toString());
    Process process = start.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(left()).isEmpty();
    return new Ended(process.exitValue(), text(console), text(log), text(output));
  }

  /** Returns what the script has left beside itself. */
  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("spawn-run")).toList();
    }
  }

  private static String text(Path file) throws IOException {
    return Files.isRegularFile(file) ? Files.readString(file) : "";
  }

  @Test
  void aCommandAsPeopleTypeItWritesToTheConsoleAndToTheLog() throws Exception {
    Ended ended = run("echo \"it's $((6 * 7))\" | cat");

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.console())
        .isEqualTo("spawn run: started\nit's 42\nspawn run: succeeded\n")
        .isEqualTo(ended.log());
    assertThat(ended.output()).as("cloud-init's own log has it only once, if at all").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo one\ntest -f /no/such/file\necho two",
        "echo one\r\ntest -f /no/such/file\r\necho two\r\n",
        "echo one\nf() {\n  test -f /no/such/file; echo two\n}\nf",
        "echo one\nfalse | cat\necho two",
        "echo one\nx=$(false)\necho two",
        "#!/bin/sh\necho one\nfalse\necho two",
        "#!/bin/bash\necho one\nfalse | cat\necho two\n",
        "#!/usr/bin/env bash\necho one\nfalse\necho two\n",
        "#! /bin/bash -u\necho one\nfalse\necho two\n",
        "\uFEFF\n#!/bin/bash\necho one\nfalse\necho two\n"
      })
  void itStopsAtTheFirstFailure(String script) throws Exception {
    Ended ended = run(script);

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.console())
        .contains("one\n")
        .doesNotContain("two")
        .endsWith("spawn run: failed with exit code 1\n");
  }

  @Test
  void itSaysInWhichLineACommandFailed() throws Exception {
    Ended ended = run("echo one\n# nothing\ngrep -q x /dev/null\necho two\n");

    assertThat(ended.console())
        .contains("spawn run: line 3 failed with exit code 1\nspawn run: failed");
  }

  @Test
  void theExitCodeIsTheScripts() throws Exception {
    assertThat(run("exit 7").exitCode()).isEqualTo(7);
    assertThat(run("exit 0; echo never").console()).contains("succeeded").doesNotContain("never");
    assertThat(run("no-such-command --x").console())
        .contains("command not found")
        .contains("failed with exit code 127");
    assertThat(run("if then").exitCode()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set +e\nfalse\necho on",
        "false || true\nif ! grep -q x /dev/null; then echo on; fi",
        "#!/bin/bash\nset +e\nfalse\necho on"
      })
  void aFailureThatIsExpectedIsNone(String script) throws Exception {
    Ended ended = run(script);

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.console()).contains("on\nspawn run: succeeded\n");
  }

  @Test
  void aScriptWithAFirstLineOfItsOwnIsRunByThat() throws Exception {
    assertThat(run("#!/usr/bin/env python3\nimport sys\nprint('six', 6)\nsys.exit(3)"))
        .satisfies(
            ended -> {
              assertThat(ended.exitCode()).isEqualTo(3);
              assertThat(ended.console()).contains("six 6\n").contains("failed with exit code 3");
            });
    assertThat(run("#!/bin/bash -x\necho \"$BASH_VERSION\"").console()).contains("+ echo ");
    assertThat(run("#!/usr/bin/env -S bash -u\necho \"a$undefined\"").exitCode()).isNotZero();
    assertThat(run("#!/no/such/interpreter\n").exitCode()).isEqualTo(127);
  }

  @Test
  void theScriptIsNotChangedByAnythingAroundIt() throws Exception {
    String script = "cat <<'EOF'\n$HOME `x` \\ 'é' %s \"\n\tEOF\nEND\nEOF\necho \"args: $# $0\"";

    assertThat(run(script).console())
        .contains("\n$HOME `x` \\ 'é' %s \"\n\tEOF\nEND\nargs: 0 run\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat <<'END_OF_SPAWN_RUN'\ninner\nEND_OF_SPAWN_RUN\necho outer",
        "echo 'MIME-Version: 1.0 inner'; echo outer"
      })
  void whatWouldEndItOrBeTakenForMimeIsEncoded(String script) throws Exception {
    assertThat(RunScript.userData(script).toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("mime-version:");
    assertThat(run(script).console()).contains("inner").contains("\nouter\nspawn run: succeeded");
  }

  @Test
  void withoutAConsoleItWritesToItsOwnOutput() throws Exception {
    Ended ended = run("echo hi", folder.resolve("no/such/console"));

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.output()).isEqualTo("spawn run: started\nhi\nspawn run: succeeded\n");
    assertThat(ended.log()).isEqualTo(ended.output());
  }

  @Test
  void whatRunsOnInTheBackgroundDoesNotKeepItFromEnding() throws Exception {
    Ended ended = run("(sleep 20; echo late) &\necho started it");

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.console()).contains("started it\nspawn run: succeeded\n");
  }

  @Test
  void itRunsInTheHomeOfRootWithoutInput() throws Exception {
    assertThat(run("pwd; cat; umask").console())
        .contains(folder.resolve("home") + "\n")
        .contains("spawn run: succeeded");
  }

  @Test
  void theLogIsForRootOnly() throws Exception {
    run("echo hi");

    assertThat(Files.getPosixFilePermissions(folder.resolve("log")))
        .extracting(Enum::name)
        .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE");
  }

  @Test
  void cloudInitRunsIt() {
    assertThat(UserData.of(RunScript.userData("echo hi")).warnings("$")).isEmpty();
    assertThat(RunScript.userData("echo hi"))
        .startsWith("#!/bin/sh\n")
        .contains("console='/dev/console'", "log='/var/log/spawn-run.log'");
  }
}
