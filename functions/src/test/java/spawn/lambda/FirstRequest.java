package spawn.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import spawn.json.Json;

/**
 * A process of Lambda as {@link FirstRequestIT} starts one: it starts a function, has it rehearse,
 * and then sends it its scenes as requests. It says on standard output where it is, and waits to be
 * answered before each scene.
 */
final class FirstRequest {
  /** Its loading stands in the log of classes: what comes after it, the requests have loaded. */
  static final class Begin {
    private Begin() {}
  }

  /** The same for the end. */
  static final class End {
    private End() {}
  }

  private FirstRequest() {}

  /** Runs the function whose class's name is the only argument. */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    StateHandler<?, ?> function =
        Class.forName(arguments[0]).asSubclass(StateHandler.class).getConstructor().newInstance();
    List<byte[]> inputs = inputs(function.getClass().getSimpleName());
    say("started");
    function.rehearsal().orElseThrow().beforeCheckpoint(null);
    say("rehearsed");

    Class.forName(Begin.class.getName());
    for (byte[] input : inputs) {
      say("scene");
      function.handleRequest(
          new ByteArrayInputStream(input), new ByteArrayOutputStream(), new RehearsedContext());
    }
    Class.forName(End.class.getName());
    System.exit(0); // threads of the SDK may be waiting
  }

  private static void say(String what) throws IOException {
    System.out.println("> " + what);
    if (System.in.read() < 0) {
      throw new IOException("Nobody listens.");
    }
  }

  private static List<byte[]> inputs(String function) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    try (InputStream scenes =
        FirstRequest.class.getResourceAsStream("rehearsal/scenes/%s.json".formatted(function))) {
      for (JsonNode scene : Json.read(scenes)) {
        inputs.add(Json.bytes(scene.path("input")));
      }
    }
    return inputs;
  }
}
