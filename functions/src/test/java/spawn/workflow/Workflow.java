package spawn.workflow;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The real definitions of the state machines, read and parsed once by each thread.
 *
 * <p>Not for several threads at once: their expressions are evaluated in place.
 *
 * @param template what the stack says of them
 * @param launch the states of a launch
 * @param roleSet the states of a role set
 * @param approval the states in which a launch asks people
 * @param answers the machine whose executions are their answers
 * @param expressions the expressions of all
 */
public record Workflow(
    Template template,
    StateMachine launch,
    StateMachine roleSet,
    StateMachine approval,
    StateMachine answers,
    Expressions expressions) {
  /**
   * What each thread has read: a test that deploys a stack for each case would read it each time.
   */
  private static final ThreadLocal<Map<Map<String, String>, Workflow>> READ =
      ThreadLocal.withInitial(HashMap::new);

  /** Reads the project's own files, deployed so that launches may use any role of the account. */
  public static Workflow read() {
    return with(Map.of("PassableRoleArns", "arn:aws:iam::123456789012:role/*"));
  }

  /** Reads the same, deployed with values for some of the template's parameters. */
  public static Workflow with(Map<String, String> parameters) {
    return READ.get().computeIfAbsent(parameters, Workflow::read);
  }

  private static Workflow read(Map<String, String> parameters) {
    Template template = Template.with(parameters);
    return new Workflow(
        template,
        machine(template, "LaunchStateMachine"),
        machine(template, "RoleSetStateMachine"),
        machine(template, "ApprovalStateMachine"),
        machine(template, "AnswersStateMachine"),
        new Expressions());
  }

  /** Returns a definition with its substitutions made. */
  static StateMachine machine(Template template, String id) {
    Map<String, String> substitutions = new TreeMap<>(template.functionsBySubstitution(id));
    substitutions.putAll(template.parametersOf(id));
    substitutions.putAll(template.machinesBySubstitution(id));
    return StateMachine.read(template.definition(id), substitutions);
  }
}
