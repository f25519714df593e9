package spawn.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import spawn.cli.Doctor.Look;

/** What a launch needs on this computer, and what other commands do. */
final class ThisComputer {
  private static final String PLUGIN = "session-manager-plugin";

  /** The release that the command is compiled for. */
  private static final int OLDEST_JAVA = 17;

  private final Shell shell;

  ThisComputer(Shell shell) {
    this.shell = shell;
  }

  /** Returns what to look at. */
  List<Look> looks() {
    return List.of(new Look("Java", ThisComputer::java), new Look("Session Manager", this::plugin));
  }

  private static Finding java() {
    Runtime.Version version = Runtime.version();
    return version.feature() >= OLDEST_JAVA
        ? Finding.ok("Java", version.toString())
        : Finding.missing("Java", "%s, and 17 or newer is needed.".formatted(version));
  }

  private Finding plugin() {
    return isOnThePath(PLUGIN)
        ? Finding.ok("Session Manager", PLUGIN + " is on the PATH")
        : Finding.note(
            "Session Manager",
            "spawn connect needs %s on the PATH: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
                .formatted(PLUGIN));
  }

  private boolean isOnThePath(String program) {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(shell.variable("PATH").orElse(""))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> isProgram(folder, program) || isProgram(folder, program + ".exe"));
  }

  private static boolean isProgram(String folder, String program) {
    try {
      return Files.isExecutable(Path.of(folder, program));
    } catch (InvalidPathException nonsense) {
      return false;
    }
  }
}
