package spawn.cli;

/** Ends a command: with a sentence for whoever typed it, and an exit code for scripts. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The command was right, and what it asked for failed. */
  static final int FAILED = 1;

  /** The command was wrong, or nothing could be asked with it: nothing was started. */
  static final int WRONG_CALL = 2;

  private final int exitCode;

  private CommandFailure(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /** Returns the end of a command that was right but failed. */
  static CommandFailure failed(String sentence) {
    return new CommandFailure(FAILED, sentence);
  }

  /** Returns the end of a command that could not start as it was typed, or from where it was. */
  static CommandFailure wrongCall(String sentence) {
    return new CommandFailure(WRONG_CALL, sentence);
  }

  /** Returns the process's exit code. */
  int exitCode() {
    return exitCode;
  }
}
