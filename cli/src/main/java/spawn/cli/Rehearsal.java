package spawn.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Runs the examples of all commands once, for {@code bin/spawn}, which has the JVM archive the
 * classes that they load (<a
 * href="https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html">class data
 * sharing</a>). They talk to a server in this process that knows a stack and one execution, and
 * refuses all else, and write only to a folder that is removed afterwards.
 */
public final class Rehearsal {
  /** The archive is a convenience: nobody waits longer for it. */
  private static final long MOST_MILLISECONDS = 60_000;

  private static final int NO_ARCHIVE = 1;

  /** The stack's outputs that commands look up before they call anything. */
  private static final List<String> OUTPUTS =
      List.of(
          "LaunchStateMachineArn",
          "RoleSetStateMachineArn",
          "BreakGlassStateMachineArn",
          "AnswerFunctionName",
          "CleanupFunctionName",
          "ExportFunctionName",
          "RevokeFunctionName",
          "AuditFunctionName",
          "RepairFunctionName");

  private Rehearsal() {}

  /** Rehearses, and ends the process. */
  public static void main(String[] arguments) throws IOException {
    giveUpLater();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", Rehearsal::answer);
    server.start();
    talkOnlyTo("http://127.0.0.1:" + server.getAddress().getPort());
    Path folder = Files.createTempDirectory("spawn-rehearsal");
    try {
      run(folder);
    } finally {
      remove(folder);
      server.stop(0);
    }
    System.exit(0);
  }

  private static void giveUpLater() {
    boolean endsWithTheProcess = true;
    new Timer(endsWithTheProcess)
        .schedule(
            new TimerTask() {
              @Override
              public void run() {
                Runtime.getRuntime().halt(NO_ARCHIVE);
              }
            },
            MOST_MILLISECONDS);
  }

  private static void talkOnlyTo(String endpoint) {
    System.setProperty("aws.endpointUrl", endpoint);
    System.setProperty("aws.accessKeyId", "rehearsal");
    System.setProperty("aws.secretAccessKey", "rehearsal");
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.maxAttempts", "1");
    System.setProperty("aws.configFile", "/dev/null");
    System.setProperty("aws.sharedCredentialsFile", "/dev/null");
  }

  private static void run(Path folder) throws IOException {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    Shell shell =
        new Shell(
            new BufferedReader(Reader.nullReader()), nowhere, nowhere, false, folder, Map.of());
    Files.writeString(
        folder.resolve("answers.txt"), "read a bucket\n1\ns3://bucket\n\n\n\ncommand\n");
    Spawn.run(shell, "--version");
    Spawn.run(shell, "--help");
    for (CommandLine command : Spawn.commandLine(shell).getSubcommands().values()) {
      Spawn.run(shell, command.getCommandName(), "--help");
      for (String example : Examples.of(command.getCommandSpec())) {
        Spawn.run(shell, Examples.arguments(example));
      }
    }
  }

  private static void answer(HttpExchange call) throws IOException {
    try (call) {
      String request = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String target = String.valueOf(call.getRequestHeaders().getFirst("X-Amz-Target"));
      Optional<String> known =
          request.contains("Action=DescribeStacks")
              ? Optional.of(stack())
              : RehearsedExecution.answer(target);
      byte[] answer = known.orElseGet(Rehearsal::refusal).getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(known.isPresent() ? 200 : 400, answer.length);
      call.getResponseBody().write(answer);
    }
  }

  private static String stack() {
    StringBuilder outputs = new StringBuilder();
    for (String output : OUTPUTS) {
      outputs.append(
          "<member><OutputKey>%s</OutputKey><OutputValue>arn:aws:states:us-east-1:111122223333:stateMachine:rehearsal</OutputValue></member>"
              .formatted(output));
    }
    return "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>spawn</StackName><Outputs>%s</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
        .formatted(outputs);
  }

  private static String refusal() {
    return "<ErrorResponse><Error><Code>ValidationError</Code><Message>This is a rehearsal.</Message></Error></ErrorResponse>";
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
