package spawn.workflow;

import java.util.Map;
import java.util.TreeMap;

/**
 * The real definitions of the state machines, read and parsed once.
 *
 * <p>Not for several threads at once: their expressions are evaluated in place.
 *
 * @param template what the stack says of them
 * @param launch the states of a launch
 * @param roleSet the states of a role set
 * @param expressions the expressions of both
 */
public record Workflow(
    Template template, StateMachine launch, StateMachine roleSet, Expressions expressions) {
  /** Reads the project's own files. */
  public static Workflow read() {
    return with(Map.of());
  }

  /** Reads the same, deployed with values for some of the template's parameters. */
  public static Workflow with(Map<String, String> parameters) {
    Template template = Template.with(parameters);
    return new Workflow(
        template,
        machine(template, "LaunchStateMachine"),
        machine(template, "RoleSetStateMachine"),
        new Expressions());
  }

  /** Returns a definition with its substitutions made. */
  static StateMachine machine(Template template, String id) {
    Map<String, String> substitutions = new TreeMap<>(template.functionsBySubstitution(id));
    substitutions.putAll(template.parametersOf(id));
    return StateMachine.read(template.definition(id), substitutions);
  }
}
