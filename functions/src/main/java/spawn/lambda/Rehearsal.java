package spawn.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.Function;
import org.crac.Context;
import org.crac.Resource;
import software.amazon.awssdk.regions.Region;
import spawn.error.SpawnException;
import spawn.json.Json;

/**
 * Runs a function before Lambda takes the snapshot of its process (<a
 * href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">runtime
 * hooks</a>), so that the classes of its first request are in the snapshot, and compiled.
 *
 * <p>What runs is a second function, made of settings and clients of its own: its AWS is a {@link
 * Stage}, its credentials are made up, its log goes nowhere, and it is dropped afterwards. The one
 * that serves requests has not been touched. The inputs are the scenes in {@code
 * rehearsal/scenes/FUNCTION.json}; docs/starting.md says how to write them.
 */
public final class Rehearsal implements Resource {
  /**
   * How often everything is done: the JVM compiles a method that has been called some 200 times,
   * and what it has compiled is in the snapshot too (docs/decisions/083).
   */
  private static final int TIMES = 20;

  private final Function<Stage, ? extends RequestStreamHandler> function;
  private final Region home;
  private final Consumer<LogLine> log;

  /**
   * Creates the rehearsal of a function.
   *
   * @param function makes the function that rehearses, on a stage
   * @param home the region to whose EC2 a connection is tried, if the function calls AWS
   * @param log takes the line that tells whether the rehearsal went well
   */
  public Rehearsal(
      Function<Stage, ? extends RequestStreamHandler> function,
      Region home,
      Consumer<LogLine> log) {
    this.function = function;
    this.home = home;
    this.log = log;
  }

  /** Rehearses. A snapshot without it is slower, not wrong: a failure is told, and that is all. */
  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    LogLine line = new LogLine();
    try {
      boolean calls = false;
      for (int i = 0; i < TIMES; i++) {
        calls = play();
      }
      line.event("rehearsed");
      if (calls) {
        line.with("connected", connect());
      }
    } catch (IOException | RuntimeException | LinkageError failed) {
      line.event("notRehearsed").with("error", failed.getClass().getName());
    }
    log.accept(line);
  }

  /**
   * Does what belongs to connections.
   *
   * @return whether EC2 could be reached; where it cannot, it is tried once
   */
  private boolean connect() throws IOException {
    boolean isReached = true;
    for (int i = 0; i < TIMES; i++) {
      FirstConnection.rehearse();
      isReached = isReached && FirstConnection.handshake(Endpoints.of("ec2", home));
    }
    return isReached;
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // Nothing of the rehearsal is left.
  }

  /**
   * Plays every scene.
   *
   * @return whether the function calls AWS
   * @throws SpawnException if the function refuses a scene, which is a mistake in the scene
   */
  boolean play() throws IOException {
    try (Stage stage = new Stage()) {
      RequestStreamHandler actor = function.apply(stage);
      for (JsonNode scene : scenes(actor.getClass().getSimpleName())) {
        stage.begin(scene.path("answers"));
        actor.handleRequest(
            new ByteArrayInputStream(Json.bytes(scene.path("input"))),
            OutputStream.nullOutputStream(),
            new RehearsedContext());
      }
      return stage.isUsed();
    }
  }

  private static JsonNode scenes(String function) {
    return Json.resource(Rehearsal.class, "rehearsal/scenes/%s.json".formatted(function));
  }
}
