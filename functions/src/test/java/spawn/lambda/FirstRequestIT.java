package spawn.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.json.Json;
import spawn.template.Template;

/**
 * Each function in a process of its own, as Lambda restores it from a snapshot: with its
 * credentials at an address, and AWS behind TLS.
 */
class FirstRequestIT {
  /**
   * What requests may load beyond what the rehearsal has: a session of TLS that is resumed, what
   * the JVM makes by itself. Measured: 15 at most.
   */
  private static final int FEW = 20;

  @TempDir private static Path folder;
  private static TlsStage stage;

  @BeforeAll
  static void raiseTheCurtain() throws Exception {
    stage = new TlsStage(folder);
  }

  @AfterAll
  static void dropIt() {
    stage.close();
  }

  static List<String> functions() {
    Template template = Template.read();
    return template.idsOf("AWS::Serverless::Function").stream()
        .map(function -> template.property(function, "Handler").asText())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void requestsAfterASnapshotFindTheirClassesLoaded(String function)
      throws IOException, InterruptedException {
    Path log = folder.resolve(function + ".log");
    List<String> said = run(function, log);

    assertThat(loadedByRequests(log)).hasSizeLessThanOrEqualTo(FEW);
    assertThat(beforeDataBinding(log))
        .as("loaded before data binding, which is a third of a cold start")
        .isEmpty();
    // The scenes' own lines are nobody's, and the handshake went well where there is one.
    assertThat(said.subList(1, said.indexOf("> scene") - 1))
        .singleElement()
        .asString()
        .contains("\"event\":\"rehearsed\"")
        .doesNotContain("\"connected\":false");
  }

  private static List<String> loadedByRequests(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log, UTF_8);
    return lines
        .subList(
            indexOf(lines, FirstRequest.Begin.class) + 1, indexOf(lines, FirstRequest.End.class))
        .stream()
        .filter(line -> !line.startsWith("jdk.internal.reflect.Generated")) // the JVM makes it
        .toList();
  }

  /** Returns what was loaded right before Jackson's data binding; nothing if that is not loaded. */
  private static List<String> beforeDataBinding(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log, UTF_8);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(ObjectMapper.class.getName() + " ")) {
        return lines.subList(i - 20, i);
      }
    }
    return List.of();
  }

  private static int indexOf(List<String> lines, Class<?> mark) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(mark.getName() + " ")) {
        return i;
      }
    }
    throw new AssertionError(mark + " was not loaded.");
  }

  /** Runs a function; returns what it has said. */
  private static List<String> run(String function, Path log)
      throws IOException, InterruptedException {
    JsonNode scenes = scenes(function);
    Process process = start(function, log);
    List<String> said = new ArrayList<>();
    int scene = 0;
    int before = stage.requests();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
        if (line.equals("> rehearsed")) {
          assertThat(stage.requests()).as("sent by the rehearsal").isEqualTo(before);
        }
        if (line.equals("> scene")) {
          stage.begin(scenes.path(scene++).path("answers"));
        }
        if (line.startsWith("> ")) {
          process.getOutputStream().write('\n');
          process.getOutputStream().flush();
        }
      }
    }
    assertThat(process.waitFor()).as(String.join("\n", said)).isZero();
    assertThat(scene).isEqualTo(scenes.size());
    return said;
  }

  private static Process start(String function, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Xlog:class+load:file=" + log.getFileName() + ":none:filecount=0");
    command.addAll(stage.trust());
    command.addAll(List.of(FirstRequest.class.getName(), function));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(new Stage().environment());
    builder.environment().putAll(stage.environment());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    // In another character set Java could not open the class path of every folder.
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  private static JsonNode scenes(String function) throws IOException {
    String file = "rehearsal/scenes/%s.json".formatted(function.replace("spawn.", ""));
    try (InputStream scenes = Stage.class.getResourceAsStream(file)) {
      assertThat(scenes).as(file).isNotNull();
      return Json.read(scenes);
    }
  }
}
