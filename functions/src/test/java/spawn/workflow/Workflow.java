package spawn.workflow;

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
    Template template = Template.read();
    return new Workflow(
        template,
        machine(template, "LaunchStateMachine"),
        machine(template, "RoleSetStateMachine"),
        new Expressions());
  }

  private static StateMachine machine(Template template, String id) {
    return StateMachine.read(template.definition(id), template.functionsBySubstitution(id));
  }
}
