package spawn.lambda;

/**
 * Which execution of the workflow a state belongs to.
 *
 * @param id its ARN, which is never given twice
 * @param name its name
 */
public record Execution(String id, String name) {}
