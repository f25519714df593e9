package spawn.workflow;

/**
 * The failure of a state, as Step Functions sees it.
 *
 * <p>Without a stack trace: it is an answer, and simulations meet it a million times.
 */
final class TaskFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String error;
  private final String cause;

  TaskFailure(String error, String cause) {
    super(error + ": " + cause, null, false, false);
    this.error = error;
    this.cause = cause;
  }

  /** Returns the name that ErrorEquals is compared with. */
  String error() {
    return error;
  }

  /** Returns what goes with it: for an error that a function threw, JSON. */
  String cause() {
    return cause;
  }
}
