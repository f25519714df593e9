package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.ExpectFields;
import spawn.policy.Expectation;
import spawn.policy.ExpectationReader;
import spawn.policy.ResolvedExpectations;
import spawn.policy.StackContext;

/**
 * The requests to try: each action on each resource that it takes, as {@code iam.expect} reads
 * them.
 */
final class Requests {
  /** The resource of actions that take none, and of a request without one. */
  private static final String NONE = "*";

  private final ExpectationReader reader;
  private final ObjectNode context;
  private final List<Expectation> expectations = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Requests(StackContext stack, ObjectNode context) {
    this.reader = new ExpectationReader(stack);
    this.context = context;
  }

  /**
   * What is to be tried.
   *
   * @param expectations one for each action and resource, expected to be allowed
   * @param warnings what the tests do not prove, as sentences
   */
  record Read(List<Expectation> expectations, List<String> warnings) {}

  /**
   * Reads the requests.
   *
   * @param resources as payloads write them; none for actions on everything
   * @param context values of condition keys
   * @throws CommandFailure if an action takes none of the resources, or a resource is of no action
   */
  static Read of(
      List<String> actions, List<String> resources, ObjectNode context, StackContext stack) {
    Requests requests = new Requests(stack, context);
    Set<String> taken = new LinkedHashSet<>();
    for (String action : actions) {
      requests.read(action, resources, taken);
    }
    resources.stream()
        .filter(resource -> !taken.contains(resource))
        .findFirst()
        .ifPresent(
            resource -> {
              throw requests.wrong(actions.get(0), resource);
            });
    return new Read(
        List.copyOf(requests.expectations), requests.warnings.stream().distinct().toList());
  }

  private void read(String action, List<String> resources, Set<String> taken) {
    if (resources.isEmpty()) {
      add(action, NONE);
      return;
    }
    boolean any = false;
    for (String resource : resources) {
      Optional<ResolvedExpectations> read = attempt(action, resource);
      if (read.isPresent()) {
        add(read.get());
        taken.add(resource);
        any = true;
      }
    }
    if (!any) {
      throw wrong(action, resources.get(0));
    }
  }

  private void add(String action, String resource) {
    add(attempt(action, resource).orElseThrow(() -> wrong(action, resource)));
  }

  private void add(ResolvedExpectations read) {
    expectations.addAll(read.expectations());
    read.warnings().forEach(warning -> warnings.add(warning.message() + " " + warning.advice()));
  }

  private Optional<ResolvedExpectations> attempt(String action, String resource) {
    Problems problems = new Problems();
    ResolvedExpectations read = read(action, resource, problems);
    return isWrong(problems).isEmpty() ? Optional.of(read) : Optional.empty();
  }

  private ResolvedExpectations read(String action, String resource, Problems problems) {
    ObjectNode expect = Json.object();
    ObjectNode entry = expect.putArray("allow").addObject();
    entry.put("action", action).put("resource", resource);
    if (!context.isEmpty()) {
      entry.set("context", context);
    }
    return reader.read(PayloadObject.of(expect, ExpectFields.ALL, problems), problems);
  }

  private static Optional<InvalidRequest> isWrong(Problems problems) {
    try {
      problems.throwIfAny();
      return Optional.empty();
    } catch (InvalidRequest wrong) {
      return Optional.of(wrong);
    }
  }

  private CommandFailure wrong(String action, String resource) {
    Problems problems = new Problems();
    read(action, resource, problems);
    InvalidRequest wrong =
        isWrong(problems).orElseThrow(() -> new IllegalStateException("It was wrong before."));
    Problem first = wrong.problems().get(0);
    String option =
        first.path().contains(".context")
            ? "--context"
            : first.path().endsWith(".action") ? "--action" : "--resource";
    return CommandFailure.wrongCall("%s: %s".formatted(option, first.message()));
  }
}
