package spawn.aws;

/** The caller's end in the middle of its work: an error that nothing in the project may catch. */
public final class Crash extends Error {
  /** Creates the end of a caller at one of its calls. */
  public Crash(Call where) {
    super("The caller ended at " + where + ".");
  }
}
