package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ssm.model.StartSessionResponse;

/**
 * AWS's program that connects a terminal to a session of Session Manager. It is called as the AWS
 * CLI does (<a
 * href="https://github.com/aws/aws-cli/blob/develop/awscli/customizations/sessionmanager.py">sessionmanager.py</a>).
 */
final class SessionPlugin {
  private static final String NAME = "session-manager-plugin";

  private static final String INSTALLING =
      "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html";

  /** By this variable the session's token reaches the plugin, where nobody else sees it. */
  static final String RESPONSE = "AWS_SSM_START_SESSION_RESPONSE";

  /** The last version that takes the token on its command line only. */
  private static final List<Integer> LAST_WITHOUT_VARIABLE = List.of(1, 2, 497, 0);

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)");

  private final Path program;
  private final Map<String, String> environment;

  private SessionPlugin(Path program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
  }

  /**
   * Finds the plugin on the PATH.
   *
   * @throws CommandFailure if it is not there, with where to get it
   */
  static SessionPlugin find(Shell shell) {
    for (String folder : shell.variable("PATH").orElse("").split(File.pathSeparator, -1)) {
      if (folder.isEmpty()) {
        continue; // no program of whichever folder this is run in
      }
      for (String name : List.of(NAME, NAME + ".exe")) {
        Path program = Path.of(folder, name);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return new SessionPlugin(program, shell.environment());
        }
      }
    }
    throw CommandFailure.wrongCall(
        "A shell needs AWS's %s, and none is on the PATH: %s. Without it, spawn exec runs single commands."
            .formatted(NAME, INSTALLING));
  }

  /**
   * Connects this terminal to a session until that ends.
   *
   * @param profile the profile whose credentials the plugin is to use; empty for those of the
   *     environment
   * @return the plugin's exit code
   * @throws IOException if it cannot be started
   */
  int connect(
      StartSessionResponse session, String region, String profile, String target, String endpoint)
      throws IOException {
    boolean takesVariable = takesVariable(version());
    List<String> line = new ArrayList<>(List.of(program.toString()));
    line.addAll(
        arguments(takesVariable ? RESPONSE : json(session), region, profile, target, endpoint));
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(environment);
    if (takesVariable) {
      builder.environment().put(RESPONSE, json(session));
    }
    return waited(builder.start());
  }

  /**
   * Returns the plugin's arguments.
   *
   * @param response the session as JSON, or the name of the variable that holds it
   */
  static List<String> arguments(
      String response, String region, String profile, String target, String endpoint) {
    return List.of(
        response,
        region,
        "StartSession",
        profile,
        Json.object().put("Target", target).toString(),
        endpoint);
  }

  /** Returns the session as the plugin reads it. */
  static String json(StartSessionResponse session) {
    ObjectNode json = Json.object();
    json.put("SessionId", session.sessionId());
    json.put("TokenValue", session.tokenValue());
    json.put("StreamUrl", session.streamUrl());
    return json.toString();
  }

  /** Returns whether a plugin of a version reads the session from the variable. */
  static boolean takesVariable(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.find()) {
      return false;
    }
    for (int part = 0; part < LAST_WITHOUT_VARIABLE.size(); part++) {
      int difference =
          Integer.compare(Integer.parseInt(parts.group(part + 1)), LAST_WITHOUT_VARIABLE.get(part));
      if (difference != 0) {
        return difference > 0;
      }
    }
    return false;
  }

  private String version() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static int waited(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(interrupted));
    }
  }
}
