package spawn.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import spawn.workflow.InvocationContext;

/**
 * Runs handlers as Lambda does, in a process whose class path is a function's files, this class and
 * {@link InvocationContext}: it needs nothing but the JDK and what these have.
 */
public final class HandlerRuns {
  private static final InvocationContext ONCE =
      new InvocationContext("spawn-Function-1", 1024, Duration.ofSeconds(60));

  private HandlerRuns() {}

  /**
   * Runs what a file says, a line each: {@code handler<tab>input}, or {@code mode<tab>address} to
   * ask for an address first. Writes a line each: what the handler answers, or throws.
   *
   * @param arguments that file, and the one to write
   */
  public static void main(String... arguments) throws Exception {
    Map<String, RequestStreamHandler> handlers = new HashMap<>();
    try (PrintStream out = new PrintStream(arguments[1], UTF_8)) {
      for (String line : Files.readAllLines(Path.of(arguments[0]))) {
        String handler = line.substring(0, line.indexOf('\t'));
        String input = line.substring(line.indexOf('\t') + 1);
        if (handler.equals("mode")) {
          URI.create(input).toURL().openStream().close();
        } else {
          if (!handlers.containsKey(handler)) {
            handlers.put(
                handler,
                Class.forName(handler)
                    .asSubclass(RequestStreamHandler.class)
                    .getDeclaredConstructor()
                    .newInstance());
          }
          out.println(handler + "\t" + answer(handlers.get(handler), input));
        }
      }
    }
    System.exit(0); // the functions' threads need no end
  }

  private static String answer(RequestStreamHandler handler, String input) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      handler.handleRequest(new ByteArrayInputStream(input.getBytes(UTF_8)), answer, ONCE);
      return answer.toString(UTF_8);
    } catch (Throwable thrown) {
      return thrown.toString().replace('\n', ' ');
    }
  }
}
