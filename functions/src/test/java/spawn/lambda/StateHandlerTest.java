package spawn.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.AwsErrors;
import spawn.error.InvalidRequest;
import spawn.error.RoleConflict;
import spawn.error.Throttled;
import spawn.json.Json;
import spawn.workflow.InvocationContext;

class StateHandlerTest {
  private static final String ASKED = "{\"name\": \"seven\"}";
  private static final Context CONTEXT =
      new InvocationContext("EnsureRole", 1024, Duration.ofSeconds(60));

  private final Deadline deadline = new Deadline();
  private final CallCounter calls = new CallCounter();
  private final List<LogLine> lines = new ArrayList<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  record Input(String name) {}

  record Output(String greeting) {}

  private final class Handler extends StateHandler<Input, Object> {
    private final BiFunction<Input, Invocation, Object> work;

    Handler(Consumer<LogLine> log, BiFunction<Input, Invocation, Object> work) {
      super(Input.class, log, deadline, calls);
      this.work = work;
    }

    @Override
    protected Object handle(Input input, Invocation invocation) {
      return work.apply(input, invocation);
    }
  }

  private void run(String input, Context context, BiFunction<Input, Invocation, Object> work) {
    run(new Handler(lines::add, work), input, context);
  }

  private void run(Handler handler, String input, Context context) {
    try {
      handler.handleRequest(new ByteArrayInputStream(input.getBytes(UTF_8)), output, context);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void failing(RuntimeException failure) {
    run(
        ASKED,
        CONTEXT,
        (input, invocation) -> {
          calls.count("GetRole");
          invocation.line().with("role", input.name()).event("ensured").count("RolesCreated", 1);
          throw failure;
        });
  }

  private JsonNode logged() {
    assertThat(lines).hasSize(1);
    return json(lines.get(0).text("my-stack"));
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  private void assertThatOneFailureIsCounted(String name, String remedy) {
    assertThat(logged().path("event").asText()).isEqualTo("failed");
    assertThat(logged().path("Failures").asInt()).isEqualTo(1);
    assertThat(logged().path("Error").asText()).isEqualTo(name);
    assertThat(logged().path("Remedy").asText()).isEqualTo(remedy);
    assertThat(logged().has("RolesCreated")).isFalse();
  }

  @Test
  void whatSucceedsIsAnsweredInJsonAndToldInOneLine() {
    run(
        ASKED,
        CONTEXT,
        (input, invocation) -> {
          calls.count("GetRole");
          calls.count("GetRole");
          calls.count("TagRole");
          invocation.line().event("ensured").count("RolesCreated", 1);
          return new Output("hello " + input.name());
        });

    assertThat(json(output.toString(UTF_8))).isEqualTo(json("{\"greeting\": \"hello seven\"}"));
    assertThat(logged().path("event").asText()).isEqualTo("ensured");
    assertThat(logged().path("RolesCreated").asInt()).isEqualTo(1);
    assertThat(logged().at("/content/called")).isEqualTo(json("{\"GetRole\": 2, \"TagRole\": 1}"));
    assertThat(logged().at("/content/requestId").asText()).isEqualTo(CONTEXT.getAwsRequestId());
    assertThat(logged().at("/content/seconds").isNumber()).isTrue();
  }

  @Test
  void aStateInWhichNothingHappenedWritesNoLine() {
    run(ASKED, CONTEXT, (input, invocation) -> new Output("nothing"));

    assertThat(lines).isEmpty();
  }

  @Test
  void aFailureWithANameOfItsOwnIsCountedByItAndLeavesAsItIs() {
    RoleConflict conflict = new RoleConflict("The role is somebody else's.");

    assertThatThrownBy(() -> failing(conflict)).isSameAs(conflict);

    assertThatOneFailureIsCounted("RoleConflict", "CALLER");
    assertThat(logged().at("/content/role").asText()).isEqualTo("seven");
    assertThat(logged().at("/content/message").asText()).isEqualTo("The role is somebody else's.");
    assertThat(logged().at("/content/called")).isEqualTo(json("{\"GetRole\": 1}"));
    assertThat(output.size()).isZero();
  }

  @Test
  void whatAwsRefusesLeavesAsAFailureOfSpawn() {
    assertThatThrownBy(() -> failing(AwsErrors.throttling())).isInstanceOf(Throttled.class);

    assertThatOneFailureIsCounted("Throttled", "AWS");
  }

  @Test
  void aBugIsCountedAsUnexpectedWithoutItsMessage() {
    IllegalStateException bug = new IllegalStateException("secret-of-the-payload");

    assertThatThrownBy(() -> failing(bug)).isSameAs(bug);

    assertThatOneFailureIsCounted("Unexpected", "OPERATOR");
    assertThat(logged().at("/content/error").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(logged().toString()).doesNotContain("secret-of-the-payload");
  }

  @ParameterizedTest
  @ValueSource(
      classes = {OutOfMemoryError.class, StackOverflowError.class, NoClassDefFoundError.class})
  void anErrorOfTheJvmIsCountedToo(Class<? extends Error> type) throws Exception {
    Error error = type.getConstructor().newInstance();

    assertThatThrownBy(
            () ->
                run(
                    ASKED,
                    CONTEXT,
                    (input, invocation) -> {
                      calls.count("GetRole");
                      throw error;
                    }))
        .isSameAs(error);

    assertThatOneFailureIsCounted("Unexpected", "OPERATOR");
    assertThat(logged().at("/content/error").asText()).isEqualTo(type.getName());
    assertThat(logged().at("/content/called")).isEqualTo(json("{\"GetRole\": 1}"));
  }

  @Test
  void anAnswerThatCannotBeWrittenIsAFailureAndNoSuccess() {
    assertThatThrownBy(
            () ->
                run(
                    ASKED,
                    CONTEXT,
                    (input, invocation) -> {
                      invocation.line().event("ensured").count("RolesCreated", 1);
                      return new Object(); // no JSON form
                    }))
        .isInstanceOf(IllegalArgumentException.class);

    assertThatOneFailureIsCounted("Unexpected", "OPERATOR");
  }

  @Test
  void aLogThatFailsDoesNotHideTheFailureThatItShouldTell() {
    OutOfMemoryError error = new OutOfMemoryError();
    OutOfMemoryError again = new OutOfMemoryError();
    Handler handler =
        new Handler(
            line -> {
              throw again;
            },
            (input, invocation) -> {
              throw error;
            });

    assertThatThrownBy(() -> run(handler, ASKED, CONTEXT))
        .isSameAs(error)
        .hasSuppressedException(again);
  }

  @Test
  void aLogThatFailsWithTheSameErrorDoesNotHideItEither() {
    OutOfMemoryError error = new OutOfMemoryError();
    Handler handler =
        new Handler(
            line -> {
              throw error;
            },
            (input, invocation) -> {
              throw error;
            });

    assertThatThrownBy(() -> run(handler, ASKED, CONTEXT)).isSameAs(error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "seven", "{\"name\": ", "[]", "{\"name\": {}}", "{\"nom\": \"seven\"}"})
  void anInputThatIsNotReadIsRefusedBeforeAnyWork(String input) {
    assertThatThrownBy(
            () ->
                run(
                    input,
                    CONTEXT,
                    (read, invocation) -> {
                      throw new AssertionError("handled " + read);
                    }))
        .isInstanceOf(InvalidRequest.class);

    assertThatOneFailureIsCounted("InvalidRequest", "CALLER");
  }

  @Test
  void theTimeThatIsLeftIsTheInvocationsAndPasses() {
    AtomicReference<Duration> left = new AtomicReference<>(Duration.ofSeconds(60));
    List<Duration> seen = new ArrayList<>();

    run(
        ASKED,
        within(left),
        (input, invocation) -> {
          seen.add(invocation.deadline().left());
          left.set(Duration.ofMillis(52_500));
          seen.add(invocation.deadline().left());
          seen.add(deadline.leftForCalls()); // what the clients ask
          invocation.line().event("ensured");
          return new Output("late");
        });

    assertThat(seen)
        .containsExactly(
            Duration.ofSeconds(60), Duration.ofMillis(52_500), Duration.ofMillis(47_500));
    assertThat(logged().at("/content/seconds").asDouble()).isEqualTo(7.5);
  }

  @Test
  void aSecondInvocationHasItsOwnTimeAndCountsItsOwnCalls() {
    Handler handler =
        new Handler(
            lines::add,
            (input, invocation) -> {
              calls.count("GetRole");
              invocation.line().event("left " + invocation.deadline().left().toSeconds());
              return new Output("done");
            });
    calls.count("DescribeRegions"); // as the function started
    AtomicReference<Duration> first = new AtomicReference<>(Duration.ofSeconds(60));
    run(handler, ASKED, within(first));
    first.set(Duration.ofSeconds(-10));
    run(handler, ASKED, within(new AtomicReference<>(Duration.ofSeconds(50))));

    assertThat(lines).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode line = json(lines.get(i).text("my-stack"));
      assertThat(line.path("event").asText()).isEqualTo(i == 0 ? "left 60" : "left 50");
      assertThat(line.at("/content/called")).isEqualTo(json("{\"GetRole\": 1}"));
      assertThat(line.at("/content/seconds").asDouble()).isZero();
    }
    assertThat(calls.total()).isEqualTo(3);
  }

  /** The context of an invocation whose time is told to pass. */
  private static Context within(AtomicReference<Duration> left) {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) ->
                method.getName().equals("getRemainingTimeInMillis")
                    ? Math.toIntExact(left.get().toMillis())
                    : method.invoke(CONTEXT, arguments));
  }
}
