package spawn.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/**
 * One execution of the workflow.
 *
 * <p>What it keeps between states is in its fields, so that a run which was stopped goes on where
 * it was: with the same variables in the same state, with new attempts and a new time limit (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html">redriving
 * executions</a>).
 */
public final class Execution {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ARN = "arn:aws:states:us-east-1:123456789012:";

  private final String machineName;
  private final StateMachine machine;
  private final Engine engine;
  private final Expressions expressions;
  private final Lambda lambda;
  private final Clock clock;
  private final Timeline timeline;
  private final String name;
  private final Object payload;
  private final String startTime;
  private final Map<String, Object> variables = new HashMap<>();
  private final List<String> entered;
  private final List<String> failures;
  private Optional<Consumer<Visit>> observer = Optional.empty();

  /** What the task answered that the state was left with. */
  private Optional<Object> answer = Optional.empty();

  /** What the task failed with that the state was left with. */
  private Optional<TaskFailure> refusal = Optional.empty();

  /** What runs for the items of the map that it is in; empty in any other state. */
  private final List<Execution> iterations = new ArrayList<>();

  /** The outputs of those iterations that have ended, in their order. */
  private final List<Object> iterated = new ArrayList<>();

  private String state;
  private Object input;
  private Instant runUntil = Instant.MIN;
  private int redrives = -1;
  private int retryCount;

  /** The token of the task that waits for one. */
  private Optional<String> token = Optional.empty();

  Execution(
      String machineName,
      StateMachine machine,
      Engine engine,
      Timeline timeline,
      String name,
      JsonNode payload) {
    this.machineName = machineName;
    this.machine = machine;
    this.engine = engine;
    this.expressions = engine.expressions();
    this.lambda = engine.lambda();
    this.clock = engine.clock();
    this.timeline = timeline;
    this.name = name;
    this.payload = JSON.convertValue(payload, Object.class);
    this.startTime = clock.instant().toString();
    this.input = this.payload;
    this.state = machine.startAt();
    this.entered = new ArrayList<>();
    this.failures = new ArrayList<>();
  }

  /** Creates what runs for one item of a map: it sees the variables of the whole. */
  private Execution(Execution whole, StateMachine processor, Object item) {
    this.machineName = whole.machineName;
    this.machine = processor;
    this.engine = whole.engine;
    this.expressions = whole.expressions;
    this.lambda = whole.lambda;
    this.clock = whole.clock;
    this.timeline = whole.timeline;
    this.name = whole.name;
    this.payload = whole.payload;
    this.startTime = whole.startTime;
    this.input = item;
    this.state = processor.startAt();
    this.entered = whole.entered;
    this.failures = whole.failures;
    this.variables.putAll(whole.variables);
    this.observer = whole.observer;
  }

  /** Where a state leads, and with which input; nowhere at the end. */
  private record Step(Optional<String> next, Object output) {}

  /** Returns its ARN. */
  public String id() {
    return ARN + "execution:" + machineName + ":" + name;
  }

  /** Returns its name. */
  public String name() {
    return name;
  }

  /** Returns the states that were entered so far. */
  public List<String> states() {
    return entered;
  }

  /**
   * Returns the names of the failures that its functions met so far, retried and caught ones too.
   */
  public List<String> failures() {
    return failures;
  }

  /** Lets somebody see each state that it leaves. */
  Execution observedBy(Consumer<Visit> someone) {
    observer = Optional.of(someone);
    return this;
  }

  /** Runs to the end; an execution that was stopped, or timed out, goes on where it was. */
  public Outcome run() {
    begin();
    try {
      Optional<Outcome> end = advance();
      while (end.isEmpty()) {
        end = advance();
      }
      return ended(end.get());
    } catch (Error stopped) {
      token.ifPresent(engine.states()::close);
      engine.states().ended(id(), ExecutionStatus.ABORTED);
      throw stopped;
    }
  }

  /** Begins, or begins anew after a stop. */
  void begin() {
    redrives++;
    runUntil = clock.instant().plusSeconds(machine.timeoutSeconds());
    engine
        .states()
        .began(id(), ARN + "stateMachine:" + machineName, text(payload), clock.instant());
  }

  private static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Notes how it has ended, for those who ask Step Functions. */
  private Outcome ended(Outcome outcome) {
    engine
        .states()
        .ended(id(), outcome.succeeded() ? ExecutionStatus.SUCCEEDED : ExecutionStatus.FAILED);
    return outcome;
  }

  /** Runs one state; returns how the execution ended, if it did with this state. */
  Optional<Outcome> advance() {
    try {
      checkTime();
      timeline.entering(state);
      entered.add(state);
      Step step = observed(machine.state(state));
      input = step.output();
      if (step.next().isEmpty()) {
        return Optional.of(Outcome.succeeded(JSON.valueToTree(input), entered));
      }
      state = step.next().get();
      return Optional.empty();
    } catch (TaskFailure failure) {
      return Optional.of(Outcome.failed(failure.error(), failure.cause(), entered));
    } catch (TimeIsUp timeIsUp) {
      return Optional.of(Outcome.failed("States.Timeout", null, entered));
    }
  }

  /** The end of the whole execution's time, which no state can catch. */
  private static final class TimeIsUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Step observed(Map<String, Object> definition) throws TaskFailure {
    if (observer.isEmpty()) {
      return step(definition);
    }
    Map<String, Object> known = new HashMap<>(variables);
    answer = Optional.empty();
    refusal = Optional.empty();
    try {
      Step step = step(definition);
      observer.get().accept(visit(definition, known, Optional.of(step)));
      return step;
    } catch (TaskFailure failed) {
      if (definition.get("Type").equals("Fail")) {
        refusal = Optional.of(failed);
        observer.get().accept(visit(definition, known, Optional.empty()));
      }
      throw failed;
    }
  }

  private Visit visit(
      Map<String, Object> definition, Map<String, Object> known, Optional<Step> left) {
    return new Visit(
        machineName,
        state,
        definition,
        JSON.valueToTree(input),
        JSON.valueToTree(known),
        JSON.valueToTree(context()),
        answer.map(JSON::<JsonNode>valueToTree),
        refusal.map(failed -> new Visit.Failure(failed.error(), failed.cause())),
        left.flatMap(Step::next),
        left.map(step -> JSON.valueToTree(step.output())));
  }

  private Step step(Map<String, Object> definition) throws TaskFailure {
    String type = (String) definition.get("Type");
    return switch (type) {
      case "Task" -> task(definition);
      case "Choice" -> choice(definition);
      case "Wait" -> {
        Object seconds = expressions.evaluate(definition.get("Seconds"), scope());
        pause(Duration.ofSeconds(((Number) seconds).longValue()));
        yield leave(definition, scope(), input);
      }
      case "Pass" -> leave(definition, scope(), input);
      case "Map" -> map(definition);
      case "Fail" ->
          throw new TaskFailure(
              (String) expressions.evaluate(definition.get("Error"), scope()),
              (String) expressions.evaluate(definition.get("Cause"), scope()));
      default -> throw new UnsupportedOperationException(type);
    };
  }

  private Step choice(Map<String, Object> definition) throws TaskFailure {
    for (Map<String, Object> rule : StateMachine.list(definition, "Choices")) {
      if (!(expressions.evaluate(rule.get("Condition"), scope()) instanceof Boolean holds)) {
        throw new TaskFailure(
            "States.QueryEvaluationError", "No boolean: " + rule.get("Condition"));
      }
      if (holds) {
        return leave(rule, scope(), input);
      }
    }
    if (!definition.containsKey("Default")) {
      throw new TaskFailure("States.NoChoiceMatched", "No choice of " + state + " holds.");
    }
    Map<String, Object> otherwise = new LinkedHashMap<>(definition);
    otherwise.put("Next", definition.get("Default"));
    return leave(otherwise, scope(), input);
  }

  /**
   * Runs the items one after the other, which is one of the orders that there may be. A map that
   * was stopped goes on with the item that it was at (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html">redriving
   * executions</a>).
   */
  private Step map(Map<String, Object> definition) throws TaskFailure {
    if (iterations.isEmpty()) {
      for (Object item : (List<?>) expressions.evaluate(definition.get("Items"), scope())) {
        iterations.add(new Execution(this, machine.processor(state), item));
      }
    }
    while (iterated.size() < iterations.size()) {
      Execution iteration = iterations.get(iterated.size());
      iteration.redrives = redrives;
      iteration.runUntil = runUntil;
      Optional<Outcome> end = iteration.advance();
      if (end.isPresent()) {
        if (!end.get().succeeded()) {
          throw new TaskFailure(end.get().error().orElseThrow(), end.get().cause().orElse(null));
        }
        iterated.add(JSON.convertValue(end.get().output().orElseThrow(), Object.class));
      }
      checkTime();
    }
    List<Object> results = List.copyOf(iterated);
    iterations.clear();
    iterated.clear();
    return leave(definition, scopeWith("result", results), results);
  }

  private Step task(Map<String, Object> definition) throws TaskFailure {
    Retriers retriers = new Retriers(StateMachine.list(definition, "Retry"), engine.random());
    retryCount = 0;
    while (true) {
      try {
        Object result = result(definition);
        answer = Optional.of(result);
        return leave(definition, scopeWith("result", result), result);
      } catch (TaskFailure failure) {
        failures.add(failure.error());
        Optional<Duration> delay = retriers.next(failure.error());
        if (delay.isEmpty()) {
          return caught(definition, failure);
        }
        pause(delay.get());
        retryCount++;
      }
    }
  }

  private Object result(Map<String, Object> definition) throws TaskFailure {
    return switch ((String) definition.get("Resource")) {
      case StateMachine.WAIT_FOR_TOKEN -> waitForToken(definition);
      case StateMachine.RUN -> runAnother(definition);
      default -> invoke(definition, arguments(definition));
    };
  }

  private Map<String, Object> arguments(Map<String, Object> definition) throws TaskFailure {
    return StateMachine.object(expressions.evaluate(definition.get("Arguments"), scope()));
  }

  private long timeoutSeconds(Map<String, Object> definition) throws TaskFailure {
    return ((Number) expressions.evaluate(definition.get("TimeoutSeconds"), scope())).longValue();
  }

  /** A wait looks this often whether somebody has sent the token. */
  private static final Duration LOOK = Duration.ofMinutes(10);

  /**
   * Each try has a token of its own, which is worth nothing once the try has ended (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token">waiting
   * for a callback with a task token</a>).
   */
  private Object waitForToken(Map<String, Object> definition) throws TaskFailure {
    String mine = engine.states().newToken();
    token = Optional.of(mine);
    try {
      Map<String, Object> arguments = arguments(definition);
      engine.states().scheduled(id(), JSON.valueToTree(arguments).toString());
      Instant until = clock.instant().plusSeconds(timeoutSeconds(definition));
      invoke(definition, arguments);
      while (engine.states().answer(mine).isEmpty()) {
        Duration left = Duration.between(clock.instant(), until);
        if (left.toMillis() <= 0) { // actors of a simulation sleep for whole milliseconds
          throw new TaskFailure("States.Timeout", null);
        }
        if (!engine.states().isRunning(id())) {
          throw new StoppedAlone();
        }
        pause(left.compareTo(LOOK) < 0 ? left : LOOK);
      }
      return JSON.readValue(engine.states().answer(mine).get(), Object.class);
    } catch (JsonProcessingException malformed) {
      throw new TaskFailure("States.Runtime", malformed.getOriginalMessage());
    } finally {
      engine.states().close(mine);
      token = Optional.empty();
    }
  }

  /** The end of an execution that somebody has stopped, and not the one that waits for it. */
  private static final class StoppedAlone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Runs an execution of another machine to its end; stopped, this one stops it too, and redriven,
   * it starts another (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html">starting
   * executions from a workflow</a>).
   */
  private Object runAnother(Map<String, Object> definition) throws TaskFailure {
    Map<String, Object> arguments = arguments(definition);
    String arn = (String) arguments.get("StateMachineArn");
    String otherName = arn.substring(arn.lastIndexOf(':') + 1);
    Execution other =
        new Execution(
            otherName,
            engine.machines().get(arn),
            engine,
            timeline,
            (String) arguments.get("Name"),
            JSON.valueToTree(arguments.get("Input")));
    observer.ifPresent(other::observedBy);
    if (engine.states().exists(other.id())) {
      throw new TaskFailure(
          "StepFunctions.ExecutionAlreadyExistsException",
          "Execution Already Exists: '" + other.id() + "'");
    }
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("ExecutionArn", other.id());
    described.put("Name", other.name());
    described.put("StateMachineArn", arn);
    Outcome end;
    try {
      end = other.run();
    } catch (StoppedAlone stopped) {
      described.put("Status", "ABORTED");
      throw new TaskFailure("States.TaskFailed", JSON.valueToTree(described).toString());
    } finally {
      other.entered.forEach(one -> entered.add(otherName + " " + one));
    }
    checkTime();
    if (end.succeeded()) {
      described.put("Output", JSON.convertValue(end.output().orElseThrow(), Object.class));
      described.put("Status", "SUCCEEDED");
      return described;
    }
    described.put("Error", end.error().orElseThrow());
    end.cause().ifPresent(cause -> described.put("Cause", cause));
    described.put("Status", "FAILED");
    throw new TaskFailure("States.TaskFailed", JSON.valueToTree(described).toString());
  }

  private Object invoke(Map<String, Object> definition, Map<String, Object> arguments)
      throws TaskFailure {
    Instant asked = clock.instant();
    Object answer = null;
    TaskFailure failed = null;
    String function = (String) arguments.get("FunctionName");
    if (timeline.losing(() -> lambda.invokeAsync(function, arguments.get("Payload")))) {
      throw new TaskFailure("Lambda.SdkClientException", "Unable to execute HTTP request");
    }
    try {
      answer = lambda.invoke(function, arguments.get("Payload"));
    } catch (TaskFailure failure) {
      failed = failure;
    }
    timeline.answered();
    long seconds = timeoutSeconds(definition);
    if (clock.instant().isAfter(asked.plusSeconds(seconds))) {
      throw new TaskFailure("States.Timeout", null);
    }
    checkTime();
    if (failed != null) {
      throw failed;
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ExecutedVersion", "1");
    result.put("Payload", answer);
    result.put("StatusCode", 200);
    return result;
  }

  private Step caught(Map<String, Object> definition, TaskFailure failure) throws TaskFailure {
    for (Map<String, Object> rule : StateMachine.list(definition, "Catch")) {
      if (Retriers.isNamed(failure.error(), StateMachine.names(rule))) {
        refusal = Optional.of(failure);
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("Error", failure.error());
        if (failure.cause() != null) {
          error.put("Cause", failure.cause());
        }
        return leave(rule, scopeWith("errorOutput", error), error);
      }
    }
    throw failure;
  }

  /** Assign and Output both see the variables as they were when the state was entered. */
  private Step leave(Map<String, Object> rule, Map<String, Object> scope, Object standardOutput)
      throws TaskFailure {
    Object output =
        rule.containsKey("Output")
            ? expressions.evaluate(rule.get("Output"), scope)
            : standardOutput;
    Map<String, Object> assigned =
        StateMachine.object(expressions.evaluate(rule.getOrDefault("Assign", Map.of()), scope));
    variables.putAll(assigned);
    return new Step(Optional.ofNullable((String) rule.get("Next")), output);
  }

  private Map<String, Object> scope() {
    return scopeWith("input", input);
  }

  private Map<String, Object> scopeWith(String what, Object value) {
    Map<String, Object> states = new LinkedHashMap<>();
    states.put("input", input);
    states.put(what, value);
    states.put("context", context());
    Map<String, Object> scope = new HashMap<>(variables);
    scope.put("states", states);
    return scope;
  }

  /**
   * The context object (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html">accessing
   * execution data from the Context object</a>).
   */
  private Map<String, Object> context() {
    Map<String, Object> execution = new LinkedHashMap<>();
    execution.put("Id", id());
    execution.put("Name", name);
    execution.put("Input", payload);
    execution.put("StartTime", startTime);
    execution.put("RedriveCount", redrives);
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("Execution", execution);
    context.put("State", Map.of("Name", state, "RetryCount", retryCount));
    context.put(
        "StateMachine", Map.of("Id", ARN + "stateMachine:" + machineName, "Name", machineName));
    token.ifPresent(mine -> context.put("Task", Map.of("Token", mine)));
    return context;
  }

  private void pause(Duration length) {
    timeline.pause(length);
    checkTime();
  }

  private void checkTime() {
    if (clock.instant().isAfter(runUntil)) {
      throw new TimeIsUp();
    }
  }
}
