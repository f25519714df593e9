package spawn.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import spawn.local.LocalStack;

/**
 * Types lines of bash in a folder, with {@code spawn} and {@code aws} at hand. bash splits and
 * redirects; {@code spawn} is run in this process, which needs a tenth of the time, and {@code aws}
 * is AWS's own.
 */
final class Typist {
  /** Writes down spawn's words. */
  private static final String LISTENING =
      "spawn() { [ ! -e \"$KEPT/words\" ] && printf '%s\\0' \"$@\" >\"$KEPT/words\"; }\n";

  /** Prints what spawn has printed, where bash wants it. */
  private static final String REPEATING =
      "spawn() { cat \"$KEPT/out\"; cat \"$KEPT/err\" >&2; return \"$(cat \"$KEPT/code\")\"; }\n";

  private static final Path PYTHON = LocalStack.ROOT.resolve(".local/venv/bin/python");

  /** AWS's plugin for sessions, as far as it is called; it leaves a file of the instance's id. */
  private static final String PLUGIN =
      """
      [ "$1" = --version ] && echo 1.2.764.0 && exit
      printf '%s' "$3" >"$(dirname "$0")/$(printf '%s' "$5" | grep -o 'i-[0-9a-f]*')"
      """;

  private final StackShell running;
  private final Path folder;
  private final Path kept;
  private final AtomicInteger lines = new AtomicInteger();

  /**
   * Creates a typist.
   *
   * @param folder where the lines are typed
   * @param kept a folder for what only the typist needs
   */
  Typist(StackShell running, Path folder, Path kept) {
    this.running = running;
    this.folder = folder;
    this.kept = kept;
    String python = ShellWords.joined(List.of(PYTHON.toString()));
    program("aws", "exec %s -P -m awscli \"$@\"\n".formatted(python));
    program("session-manager-plugin", PLUGIN);
  }

  private void program(String name, String script) {
    Path file = kept.resolve("bin").resolve(name);
    write(file, "#!/bin/sh\n" + script);
    if (!file.toFile().setExecutable(true)) {
      throw new IllegalStateException("no file of " + kept + " can be made executable");
    }
  }

  /**
   * What a line has come to.
   *
   * @param code the exit code
   * @param out what it printed
   * @param err what it printed beside that
   */
  record Ran(int code, String out, String err) {
    /** Returns all that it printed. */
    String all() {
      return out + err;
    }
  }

  /**
   * Types a line of the account's owner.
   *
   * @param input what is typed in answer to questions
   */
  Ran type(String line, String input) {
    Path own = own();
    Ran listened = bash(LISTENING + line, owner(own));
    if (!Files.exists(own.resolve("words"))) {
      return listened;
    }
    TypedShell shell = running.shell().in(folder).with("PATH", path()).typing(input);
    int code = shell.run(read(own.resolve("words")).split("\0", 0));
    write(own.resolve("out"), shell.out());
    write(own.resolve("err"), shell.err());
    write(own.resolve("code"), String.valueOf(code));
    return bash(REPEATING + line, owner(own));
  }

  /** Types a line on an instance, where there are no keys but those of its role. */
  Ran type(String line, InstanceMetadata instance) {
    Map<String, String> environment = anyone(own());
    environment.putAll(instance.environment());
    return bash(line, environment);
  }

  private Path own() {
    return kept.resolve(String.valueOf(lines.incrementAndGet()));
  }

  private Map<String, String> owner(Path own) {
    Map<String, String> environment = anyone(own);
    environment.put("AWS_ACCESS_KEY_ID", "local");
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    return environment;
  }

  private Map<String, String> anyone(Path own) {
    return new HashMap<>(
        Map.of(
            "PATH",
            kept.resolve("bin") + ":" + System.getenv("PATH"),
            "HOME",
            kept.toString(),
            "LC_ALL",
            "C.UTF-8",
            "KEPT",
            own.toString(),
            // One server for S3 too, since that is where IAM decides.
            "AWS_ENDPOINT_URL",
            "http://127.0.0.1:" + (running.stack().port() + 1),
            "AWS_DEFAULT_REGION",
            running.stack().region(),
            "AWS_PAGER",
            "",
            "NO_PROXY",
            "127.0.0.1",
            "no_proxy",
            "127.0.0.1"));
  }

  private Ran bash(String script, Map<String, String> environment) {
    Path own = Path.of(environment.get("KEPT"));
    try {
      Files.createDirectories(own);
      ProcessBuilder builder =
          new ProcessBuilder(List.of("bash", "-ec", script))
              .directory(folder.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(own.resolve("stdout").toFile())
              .redirectError(own.resolve("stderr").toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      int code = builder.start().waitFor();
      return new Ran(code, read(own.resolve("stdout")), read(own.resolve("stderr")));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private String path() {
    return kept.resolve("bin") + ":" + System.getenv("PATH");
  }

  /** Returns whether a session was opened with an instance. */
  boolean hasConnected(String instanceId) {
    return Files.exists(kept.resolve("bin").resolve(instanceId));
  }

  /** Returns what a file of the folder holds. */
  String file(String name) {
    return read(folder.resolve(name));
  }

  /** Puts a file into the folder. */
  void file(String name, String text) {
    write(folder.resolve(name), text);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
