package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;
import spawn.policy.Severity;
import spawn.policy.Warning;

/** How a command runs one of the stack's workflows: options that all such commands have. */
final class RunOptions {
  /** A payload is checked for this region where no region is set, and not started then. */
  private static final Region ANY_REGION = Region.US_EAST_1;

  @Mixin private StackOptions stack;

  @Mixin private OutputOption output;

  @Option(names = "--yes", description = "goes on without asking, whatever is warned of")
  private boolean yes;

  @Option(
      names = "--print-payload",
      description = "prints the payload, and starts nothing; needs no AWS")
  private boolean printPayload;

  @Option(
      names = "--execution-name",
      paramLabel = "NAME",
      description =
          "the execution's name: the same name with the same payload never launches twice, within 90 days")
  private String executionName;

  @Option(
      names = {"--detach", "--no-follow"},
      description = "prints the execution's ARN, and does not wait for its end")
  private boolean detach;

  /** One of the stack's workflows. */
  interface Workflow {
    /** Returns the stack's output that holds the state machine's ARN. */
    String machine();

    /** Reads the payload by the code of the workflow's function; returns its warnings. */
    List<Warning> check(Payload payload, Region region);

    /** Shows people what came of it. */
    void show(JsonNode output, Payload payload, Shell shell);
  }

  /** Returns the stack's region, or any if none is set: without one, nothing is started. */
  Region region(Shell shell) {
    return stack.configuredRegion(shell).orElse(ANY_REGION);
  }

  /**
   * Prints the payload, or starts the workflow with it and follows that.
   *
   * @return the exit code
   */
  int run(Shell shell, Payload payload, Workflow workflow) {
    return run(shell, payload, workflow, Optional.empty());
  }

  /**
   * Does the same for a payload that ends something, which a person must agree to.
   *
   * @param ends what it ends, as a sentence; nothing if it ends nothing
   * @return the exit code
   */
  int run(Shell shell, Payload payload, Workflow workflow, Optional<String> ends) {
    List<Warning> warnings = workflow.check(payload, region(shell));
    if (printPayload) {
      shell.out().println(Json.pretty(payload.json()));
      return 0;
    }
    boolean onlyPlans =
        payload.get(List.of("options", "plan")).asBoolean()
            || payload.get(List.of("plan")).asBoolean();
    if (!onlyPlans) {
      ends.ifPresent(what -> Consent.to(shell, yes, what));
    }
    Connection connection = stack.connect(shell);
    connection.region();
    if (!onlyPlans) {
      confirm(shell, warnings);
    }
    try (SfnClient stepFunctions = connection.stepFunctions()) {
      Executions executions = new Executions(shell, stepFunctions, stack.isLocal());
      String execution =
          executions.start(
              connection.output(workflow.machine()),
              payload.json(),
              Optional.ofNullable(executionName));
      if (detach) {
        shell.out().println(execution);
        return 0;
      }
      show(shell, followed(executions, execution, shell), payload, workflow, warnings);
    }
    return 0;
  }

  private static JsonNode followed(Executions executions, String execution, Shell shell) {
    Thread onInterrupt = new Thread(() -> shell.err().println(howToGoOn(execution)));
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      return Executions.output(executions.follow(execution));
    } catch (SdkException notSeenAnyMore) {
      shell.err().println(howToGoOn(execution));
      throw notSeenAnyMore;
    } finally {
      withoutHook(onInterrupt);
    }
  }

  private static void withoutHook(Thread onInterrupt) {
    try {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
    } catch (IllegalStateException alreadyEnding) {
      return;
    }
  }

  private static String howToGoOn(String execution) {
    return "%nThe execution goes on. To see how it ends:%n  spawn status %s".formatted(execution);
  }

  private void show(
      Shell shell, JsonNode result, Payload payload, Workflow workflow, List<Warning> shown) {
    if (output.isJson()) {
      shell.out().println(Json.pretty(result));
      return;
    }
    workflow.show(result, payload, shell);
    result
        .path("warnings")
        .valueStream()
        .filter(
            warning -> shown.stream().noneMatch(before -> isAsked(before) && says(before, warning)))
        .forEach(
            warning ->
                print(shell, warning.path("message").asText(), warning.path("advice").asText()));
  }

  private static boolean says(Warning before, JsonNode warning) {
    return before.message().equals(warning.path("message").asText());
  }

  private static boolean isAsked(Warning warning) {
    return warning.severity() == Severity.HIGH;
  }

  /** Asks whether to go on in spite of what is risky. Without anybody to ask, it does not. */
  private void confirm(Shell shell, List<Warning> warnings) {
    List<Warning> risky = warnings.stream().filter(RunOptions::isAsked).toList();
    risky.forEach(warning -> print(shell, warning.message(), warning.advice()));
    if (risky.isEmpty() || yes) {
      return;
    }
    if (!shell.interactive()) {
      throw CommandFailure.wrongCall(
          "Nothing was started: nobody is there to be asked about the %s above. Ask for less, or add --yes."
              .formatted(risky.size() == 1 ? "warning" : "warnings"));
    }
    if (!shell.confirm("   Continue?")) {
      throw CommandFailure.failed("Nothing was started.");
    }
  }

  private static void print(Shell shell, String message, String advice) {
    shell.err().println("⚠️  Warning: " + Table.printable(message));
    if (!advice.isEmpty()) {
      shell.err().println("   " + Table.printable(advice));
    }
  }
}
