package spawn.policy;

/**
 * Something in a valid payload that its caller should know about.
 *
 * @param code a stable name in capitals, for example {@code FULL_ACCESS}
 * @param severity how much it should worry
 * @param path the JSON path of what caused it
 * @param message what was asked for and why it is risky, as a sentence
 * @param advice what to ask for instead, as a sentence
 */
public record Warning(String code, Severity severity, String path, String message, String advice) {
  /** Returns the same warning about what stands at another path. */
  public Warning at(String otherPath) {
    return new Warning(code, severity, otherPath, message, advice);
  }

  /** Returns the warning as the log has it: without its sentences, which may quote the policy. */
  public Logged forLog() {
    return new Logged(code, severity, path);
  }

  /**
   * A warning as the log has it.
   *
   * @param code its name
   * @param severity how much it should worry
   * @param path where the payload causes it
   */
  public record Logged(String code, Severity severity, String path) {}
}
