package spawn.workflow;

/** The end of a function that has run out of its time: an error that nothing may catch. */
final class TimedOut extends Error {
  private static final long serialVersionUID = 1L;

  TimedOut(String function) {
    super(function + " has run out of its time.", null, false, false);
  }
}
