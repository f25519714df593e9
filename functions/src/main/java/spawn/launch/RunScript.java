package spawn.launch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The payload's {@code run} as user data that cloud-init runs: a script around the caller's.
 *
 * <p>cloud-init runs it as root when the instance first starts (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html">EC2 user guide</a>).
 * Whether its output then gets to the console depends on the image, so the script writes it there
 * itself, and says at the end how it ended.
 */
final class RunScript {
  private static final String END = "END_OF_SPAWN_RUN";

  /** A first line that names a shell which knows {@code set -e}. */
  private static final Pattern SHELL = Pattern.compile("(?:.*/)?(?:ba|da|a|k|mk|z)?sh");

  private static final Pattern KNOWS_PIPEFAIL = Pattern.compile("(?:.*/)?(?:ba|k|z)sh");

  /**
   * Bash with what makes it end at the first failure, also within a pipeline. The trap says where:
   * most commands say nothing of why they fail.
   */
  private static final String BASH =
      "SPAWN_RUN=\"$dir/run\" bash -eEo pipefail -c 'trap '\\''echo \"spawn run: line $LINENO failed with exit code $?\"'\\'' ERR; . \"$SPAWN_RUN\"' run";

  /**
   * The script around the caller's, which lies beside it: {@code /tmp} may not allow to execute
   * files. Output goes through a pipe with a name, so that what the caller's script leaves running
   * in the background does not keep this one from ending.
   */
  private static final String AROUND =
      """
      #!/bin/sh
      # Made by spawn from $.run: output to the console and to a file, and the end is told.
      console=%s
      log=%s
      export HOME="${HOME:-/root}"
      dir=$(mktemp -d "${0%%/*}/spawn-run.XXXXXX" 2>/dev/null || mktemp -d) || exit 1
      %s
      chmod 700 "$dir/run"
      mkfifo "$dir/out" || exit 1
      (umask 077; : >>"$log") 2>/dev/null
      if (: >>"$console") 2>/dev/null; then
        tee -a "$log" <"$dir/out" >>"$console" 2>/dev/null &
      else
        tee -a "$log" <"$dir/out" 2>/dev/null &
      fi
      tee=$!
      exec 3>"$dir/out"
      echo "spawn run: started" >&3
      cd "$HOME" 2>/dev/null || cd /
      %s </dev/null >&3 2>&3 3>&-
      status=$?
      if [ "$status" -eq 0 ]; then
        echo "spawn run: succeeded" >&3
      else
        echo "spawn run: failed with exit code $status" >&3
      fi
      exec 3>&-
      rm -rf "$dir"
      tries=0
      while kill -0 "$tee" 2>/dev/null && [ "$tries" -lt 20 ]; do
        sleep 0.2 2>/dev/null || sleep 1
        tries=$((tries + 1))
      done
      exit "$status"
      """;

  private RunScript() {}

  /** Returns the user data, before it is encoded. */
  static String userData(String run) {
    return userData(run, "/dev/console", "/var/log/spawn-run.log");
  }

  /**
   * Returns the same with other places for the output.
   *
   * @param console what the output is appended to, if it can be written
   * @param log the file that it is appended to beside that
   */
  static String userData(String run, String console, String log) {
    String script = withoutForeignParts(run);
    return AROUND.formatted(quoted(console), quoted(log), file(script), command(script));
  }

  /**
   * Returns the script with the ends of lines that shells know, and without what editors put before
   * its first line.
   */
  private static String withoutForeignParts(String run) {
    String text = run.startsWith("\uFEFF") ? run.substring(1) : run;
    String lines = text.replace("\r\n", "\n");
    String script = lines.stripLeading().startsWith("#!") ? lines.stripLeading() : lines;
    return script.endsWith("\n") ? script : script + "\n";
  }

  /**
   * Returns the command that writes the script into its file. It is encoded where it could end its
   * own quotation, or where cloud-init would take all of the user data for MIME, which it does if
   * its header is among the first 4,096 bytes.
   */
  private static String file(String script) {
    boolean isToBeEncoded =
        script.contains(END) || script.toLowerCase(Locale.ROOT).contains("mime-version:");
    String text =
        isToBeEncoded
            ? Base64.getMimeEncoder(76, new byte[] {'\n'})
                    .encodeToString(script.getBytes(StandardCharsets.UTF_8))
                + "\n"
            : script;
    return "%s >\"$dir/run\" <<'%s'\n%s%s"
        .formatted(isToBeEncoded ? "base64 -d" : "cat", END, text, END);
  }

  /** Returns the command that runs the file: by its own first line, but ending at a failure. */
  private static String command(String script) {
    if (!script.startsWith("#!")) {
      return BASH;
    }
    List<String> words =
        Arrays.stream(script.substring(2, script.indexOf('\n')).strip().split("[ \t]+")).toList();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (SHELL.matcher(word).matches()) {
        List<String> all = new ArrayList<>(words.subList(0, i + 1));
        all.addAll(
            KNOWS_PIPEFAIL.matcher(word).matches()
                ? List.of("-e", "-o", "pipefail")
                : List.of("-e"));
        all.addAll(words.subList(i + 1, words.size()));
        return all.stream().map(RunScript::quoted).collect(Collectors.joining(" "))
            + " \"$dir/run\"";
      }
    }
    return "\"$dir/run\"";
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
