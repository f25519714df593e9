package spawn.workflow;

/**
 * The real definition of the workflow, read and parsed once.
 *
 * <p>Not for several threads at once: its expressions are evaluated in place.
 *
 * @param template what the stack says of it
 * @param machine its states
 * @param expressions their expressions
 */
public record Workflow(Template template, StateMachine machine, Expressions expressions) {
  /** Reads the project's own files. */
  public static Workflow read() {
    Template template = Template.read();
    return new Workflow(
        template,
        StateMachine.read(template.definition(), template.functionsBySubstitution()),
        new Expressions());
  }
}
