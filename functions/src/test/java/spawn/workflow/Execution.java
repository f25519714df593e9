package spawn.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.random.RandomGenerator;

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
  private final Expressions expressions;
  private final Lambda lambda;
  private final Clock clock;
  private final Timeline timeline;
  private final RandomGenerator random;
  private final String name;
  private final Object payload;
  private final Instant started;
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

  Execution(
      String machineName,
      StateMachine machine,
      Expressions expressions,
      Lambda lambda,
      Clock clock,
      Timeline timeline,
      RandomGenerator random,
      String name,
      JsonNode payload) {
    this.machineName = machineName;
    this.machine = machine;
    this.expressions = expressions;
    this.lambda = lambda;
    this.clock = clock;
    this.timeline = timeline;
    this.random = random;
    this.name = name;
    this.payload = JSON.convertValue(payload, Object.class);
    this.started = clock.instant();
    this.input = this.payload;
    this.state = machine.startAt();
    this.entered = new ArrayList<>();
    this.failures = new ArrayList<>();
  }

  /** Creates what runs for one item of a map: it sees the variables of the whole. */
  private Execution(Execution whole, StateMachine processor, Object item) {
    this.machineName = whole.machineName;
    this.machine = processor;
    this.expressions = whole.expressions;
    this.lambda = whole.lambda;
    this.clock = whole.clock;
    this.timeline = whole.timeline;
    this.random = whole.random;
    this.name = whole.name;
    this.payload = whole.payload;
    this.started = whole.started;
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
    Optional<Outcome> end = advance();
    while (end.isEmpty()) {
      end = advance();
    }
    return end.get();
  }

  /** Begins, or begins anew after a stop. */
  void begin() {
    redrives++;
    runUntil = clock.instant().plusSeconds(machine.timeoutSeconds());
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
    Retriers retriers = new Retriers(StateMachine.list(definition, "Retry"), random);
    retryCount = 0;
    while (true) {
      try {
        Object result = invoke(definition);
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

  private Object invoke(Map<String, Object> definition) throws TaskFailure {
    Map<String, Object> arguments =
        StateMachine.object(expressions.evaluate(definition.get("Arguments"), scope()));
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
    long seconds = ((Number) definition.get("TimeoutSeconds")).longValue();
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
    execution.put("StartTime", started.toString());
    execution.put("RedriveCount", redrives);
    return Map.of(
        "Execution",
        execution,
        "State",
        Map.of("Name", state, "RetryCount", retryCount),
        "StateMachine",
        Map.of("Id", ARN + "stateMachine:" + machineName, "Name", machineName));
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
