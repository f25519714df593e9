package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.promises.Promises;
import spawn.promises.Promises.Promise;

/** What the command lines of the documents give as user data is run, word for word. */
class PromisedScriptsTest {
  @TempDir private Path folder;

  static Stream<Promise> lines() {
    return Promises.read().ofKind("spawn").stream()
        .filter(line -> line.shows() != null && line.shows().has("script"));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void theInstanceRunsTheCommandAsItIsTyped(Promise line) throws Exception {
    String command = line.shows().get("script").asText();
    assertThat(line.words()).contains("--user-data \"" + command + "\"");
    Path programs = programs("aws", "docker", "python");
    Path console = folder.resolve("console");
    Path script = folder.resolve("part-001");
    Files.writeString(
        script, RunScript.userData(command, console.toString(), folder.resolve("log").toString()));
    assertThat(script.toFile().setExecutable(true)).isTrue();

    ProcessBuilder start = new ProcessBuilder(script.toString()).redirectErrorStream(true);
    start.environment().merge("PATH", programs + ":", (path, first) -> first + path);
    start.environment().put("HOME", folder.toString());
    Process process = start.redirectOutput(folder.resolve("output").toFile()).start();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(console))
        .isEqualTo("spawn run: started\nran %s\nspawn run: succeeded\n".formatted(command));
  }

  /** Returns a folder of programs that only say what they are called with. */
  private Path programs(String... names) throws IOException {
    Path programs = Files.createDirectory(folder.resolve("bin"));
    for (String name : List.of(names)) {
      Path program =
          Files.writeString(
              programs.resolve(name), "#!/bin/sh\necho \"ran %s $*\"\n".formatted(name));
      assertThat(program.toFile().setExecutable(true)).isTrue();
    }
    return programs;
  }
}
