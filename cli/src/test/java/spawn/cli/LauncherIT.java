package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/spawn} does around the command: it archives classes, and nobody notices. */
class LauncherIT {
  @TempDir private Path folder;

  /** What a process has printed. */
  private record Ran(int exitCode, String out, String err) {}

  private final class Started {
    private final Process process;
    private final Path out;
    private final Path err;

    Started(Map<String, String> environment, String... arguments) throws IOException {
      out = Files.createTempFile(folder, "out", "");
      err = Files.createTempFile(folder, "err", "");
      List<String> command = new ArrayList<>(List.of(Repository.path("bin/spawn").toString()));
      command.addAll(List.of(arguments));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
      builder.environment().putAll(environment);
      process = builder.start();
    }

    Ran end() throws IOException, InterruptedException {
      return new Ran(process.waitFor(), Files.readString(out), Files.readString(err));
    }
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache/spawn"))) {
      return files.toList();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  @Test
  void twoFirstRunsAtOnceLeaveOneArchiveThatLaterRunsUse() throws Exception {
    Started one = new Started(Map.of(), "--version");
    Started other = new Started(Map.of(), "--version");
    Ran first = one.end();

    assertThat(first.out()).startsWith("spawn ");
    assertThat(first.err()).isEmpty();
    assertThat(other.end()).isEqualTo(first);
    assertThat(cached())
        .singleElement()
        .satisfies(archive -> assertThat(size(archive)).isPositive());
    Ran later =
        new Started(Map.of("JDK_JAVA_OPTIONS", "-XX:+PrintSharedArchiveAndExit"), "--version")
            .end();
    assertThat(later.out()).contains("archive is valid");
  }

  @Test
  void aJvmThatCannotArchiveRunsTheCommandAndIsAskedOnce() throws Exception {
    Path java = folder.resolve("jvm/bin/java");
    Path asked = folder.resolve("asked");
    Files.createDirectories(java.getParent());
    Files.writeString(
        java,
        """
        #!/bin/sh
        case "$*" in *ArchiveClassesAtExit*) echo asked >>'%s'; echo 'VM warning: no sharing here'; exit 1 ;; esac
        exec '%s' "$@"
        """
            .formatted(asked, Path.of(System.getProperty("java.home"), "bin", "java")),
        StandardCharsets.UTF_8);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment = Map.of("JAVA_HOME", folder.resolve("jvm").toString());

    Ran first = new Started(environment, "--version").end();

    assertThat(first.out()).matches("spawn \\S+\\s");
    assertThat(first.err()).isEmpty();
    assertThat(new Started(environment, "--version").end()).isEqualTo(first);
    assertThat(asked).hasContent("asked");
    assertThat(cached()).singleElement().satisfies(archive -> assertThat(archive).isEmptyFile());
  }

  @Test
  void withoutAFolderForTheArchiveTheCommandRuns() throws Exception {
    Ran ran = new Started(Map.of("XDG_CACHE_HOME", "/dev/null"), "--version").end();

    assertThat(ran.out()).startsWith("spawn ");
    assertThat(ran.err()).isEmpty();
  }
}
