package spawn.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.Settings;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;

/**
 * User data and scripts to run are in no line of any function's log, nor in what Lambda's runtime
 * logs of an error, whatever becomes of the launch.
 */
@Isolated("it takes the place of the process's standard output")
class SecrecyTest {
  private static final String SECRET = "canary-7b1e-do-not-log";
  private static final String SCRIPT = "#!/bin/sh\nexport TOKEN=" + SECRET + "\n";

  private static final Workflow WORKFLOW = Workflow.read();

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final PrintStream log = new PrintStream(logged, true, UTF_8);
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private SimulatedAws aws = SimulatedAws.create();

  @BeforeEach
  void listen() {
    System.setOut(log);
    System.setErr(log);
  }

  @AfterEach
  void stopListening() {
    System.setOut(out);
    System.setErr(err);
  }

  static Stream<String> launches() {
    return Stream.of(
        "launch", "plan", "job-array", "custom-policy", "managed-policies", "default-role");
  }

  private static JsonNode payload(String event, Object userData) {
    ObjectNode payload = (ObjectNode) Stack.event(event);
    ((ObjectNode) payload.path("instance")).putPOJO("UserData", userData);
    return payload;
  }

  private static List<Object> forms() {
    return List.of(SCRIPT, Base64.getEncoder().encodeToString(SCRIPT.getBytes(UTF_8)));
  }

  /** Launches twice in a new account, so that a role is made and used again; returns the ends. */
  private List<Outcome> launchInNewAccount(JsonNode payload, Faults faults) {
    aws = SimulatedAws.create();
    Stack stack =
        Stack.on(
            aws,
            WORKFLOW,
            new Settings(Map.of("SPAWN_STACK", "spawn")).log(),
            thrown -> thrown.printStackTrace(log));
    aws.faults(stack.limited(faults));
    List<Outcome> ends = new ArrayList<>();
    ends.add(stack.launch("one", payload));
    ends.add(stack.launch("two", payload));
    return ends;
  }

  private void assertThatNothingIsToldOfTheSecret() {
    String text = logged.toString(UTF_8);
    assertThat(text).contains("\"event\"");
    assertThat(traces()).isNotEmpty().noneMatch(text::contains);
  }

  /** The secret as it is, and as it looks within base64 at each of the three offsets. */
  private static List<String> traces() {
    List<String> traces = new ArrayList<>(List.of(SECRET));
    for (int offset = 0; offset < 3; offset++) {
      String encoded =
          Base64.getEncoder().encodeToString(("x".repeat(offset) + SECRET + "xxx").getBytes(UTF_8));
      traces.add(encoded.substring(4, encoded.length() - 8));
    }
    return traces;
  }

  @ParameterizedTest
  @MethodSource("launches")
  void aLaunchThatSucceedsTellsNothingOfItsUserData(String event) {
    for (Object form : forms()) {
      assertThat(launchInNewAccount(payload(event, form), Faults.NONE))
          .allMatch(Outcome::succeeded);
    }

    assertThatNothingIsToldOfTheSecret();
  }

  /** What a call can meet: refusals by AWS, silence, and a bug. */
  private static List<Supplier<RuntimeException>> refusals(Call call) {
    boolean iam = call.service().equals("iam");
    return List.of(
        AwsErrors::throttling,
        AwsErrors::callTimeout,
        () ->
            iam
                ? AwsErrors.accessDenied(call.action())
                : AwsErrors.unauthorizedOperation(call.action()),
        () ->
            iam
                ? AwsErrors.limitExceeded("too many")
                : AwsErrors.ec2("InvalidAMIID.NotFound", 400, "no such image"),
        () ->
            iam
                ? AwsErrors.malformedPolicyDocument("grammar")
                : AwsErrors.ec2("InsufficientInstanceCapacity", 500, "no room"),
        () -> new IllegalStateException("a bug that quotes nothing"));
  }

  @ParameterizedTest
  @MethodSource("launches")
  void aLaunchThatMeetsAnyErrorAtAnyOfItsCallsTellsNothingOfItsUserData(String event) {
    for (Object form : forms()) {
      int failures = 0;
      for (int kind = 0; kind < 6; kind++) {
        for (long number = 1; number <= 12; number++) {
          failures += failingAt(payload(event, form), number, kind);
        }
      }
      assertThat(failures).isPositive();
    }

    assertThatNothingIsToldOfTheSecret();
  }

  private int failingAt(JsonNode payload, long number, int kind) {
    Faults faults =
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.number() == number) {
              throw refusals(call).get(kind).get();
            }
          }
        };
    return (int)
        launchInNewAccount(payload, faults).stream().filter(end -> !end.succeeded()).count();
  }

  static Stream<Object> broken() {
    return Stream.of(
        List.of(SCRIPT), Map.of("Text", SCRIPT), SCRIPT.repeat(400), Map.of(SCRIPT.strip(), 1));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void userDataThatIsRefusedIsNotQuoted(Object userData) {
    assertThat(launchInNewAccount(payload("launch", userData), Faults.NONE))
        .allSatisfy(end -> assertThat(end.error()).contains("spawn.error.InvalidRequest"));

    assertThatNothingIsToldOfTheSecret();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UserDate", "userData", "KeyName!"})
  void userDataUnderAWrongNameIsNotQuoted(String member) {
    ObjectNode payload = (ObjectNode) Stack.event("launch");
    ((ObjectNode) payload.path("instance")).put(member, SCRIPT);

    assertThat(launchInNewAccount(payload, Faults.NONE)).noneMatch(Outcome::succeeded);

    assertThatNothingIsToldOfTheSecret();
  }

  @Test
  void userDataBesideOtherMistakesIsNotQuoted() {
    ObjectNode payload = (ObjectNode) Stack.event("three-mistakes");
    ((ObjectNode) payload.path("instance")).put("UserData", SCRIPT).put("MinCount", SCRIPT);

    assertThat(launchInNewAccount(payload, Faults.NONE)).noneMatch(Outcome::succeeded);

    assertThatNothingIsToldOfTheSecret();
  }

  private static JsonNode running(Object script) {
    ObjectNode payload = (ObjectNode) Stack.event("launch");
    payload.putPOJO("run", script);
    return payload;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export TOKEN=" + SECRET,
        SCRIPT,
        "#!/usr/bin/env python3\nprint('" + SECRET + "')\n",
        "echo 'MIME-Version: " + SECRET + "'"
      })
  void aLaunchTellsNothingOfTheScriptThatItRuns(String script) {
    assertThat(launchInNewAccount(running(script), Faults.NONE)).allMatch(Outcome::succeeded);
    for (int kind = 0; kind < 6; kind++) {
      for (long number = 1; number <= 12; number++) {
        failingAt(running(script), number, kind);
      }
    }

    assertThatNothingIsToldOfTheSecret();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aScriptThatIsRefusedIsNotQuoted(Object script) {
    assertThat(launchInNewAccount(running(script), Faults.NONE))
        .allSatisfy(
            end -> {
              assertThat(end.error()).contains("spawn.error.InvalidRequest");
              assertThat(end.cause().orElseThrow()).doesNotContain(SECRET);
            });

    assertThatNothingIsToldOfTheSecret();
  }

  @Test
  void aScriptBesideUserDataOrWithoutAnInstanceIsNotQuoted() {
    ObjectNode withUserData = (ObjectNode) payload("launch", SCRIPT);
    withUserData.put("run", SCRIPT);
    ObjectNode withoutInstance = (ObjectNode) running(SCRIPT);
    withoutInstance.remove("instance");

    for (JsonNode payload : List.of(withUserData, withoutInstance)) {
      assertThat(launchInNewAccount(payload, Faults.NONE)).noneMatch(Outcome::succeeded);
    }

    assertThatNothingIsToldOfTheSecret();
  }

  @Test
  void theWorkflowsOwnLogLeavesPayloadsOut() {
    assertThat(
            spawn.template.Template.read()
                .property("LaunchStateMachine", "Logging")
                .path("IncludeExecutionData")
                .asBoolean(true))
        .isFalse();
  }

  @Test
  void theTracesAreFoundWhereTheyAre() {
    for (Object form : forms()) {
      assertThat(traces()).anyMatch(form.toString()::contains);
    }
  }
}
