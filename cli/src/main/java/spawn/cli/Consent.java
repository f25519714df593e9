package spawn.cli;

/** Asks before something is changed or ended. */
final class Consent {
  private Consent() {}

  /**
   * Says what a command will do, and goes on only if a person agrees, or has agreed by {@code
   * --yes}.
   *
   * @param given whether {@code --yes} stands on the command line
   * @param what what the command will do, as a sentence
   * @throws CommandFailure if nobody agrees
   */
  static void to(Shell shell, boolean given, String what) {
    if (given) {
      return;
    }
    if (!shell.interactive()) {
      throw CommandFailure.wrongCall(what + " Nobody is there to ask: add --yes.");
    }
    shell.err().println(what);
    if (!shell.confirm("Continue?")) {
      throw CommandFailure.failed("Nothing was done.");
    }
  }
}
