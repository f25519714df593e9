package spawn.workflow;

import java.time.Duration;
import spawn.aws.SimulatedAws;

/** Aborts an execution each time it comes to a state, so many times; its waits move the time. */
final class StopAt implements Timeline {
  private final SimulatedAws aws;
  private final String state;
  private int left;
  private boolean goOn;

  /** The end of a run that a person has aborted. */
  static final class Stopped extends Error {
    private static final long serialVersionUID = 1L;
  }

  StopAt(SimulatedAws aws, String state, int times) {
    this.aws = aws;
    this.state = state;
    this.left = times;
  }

  @Override
  public void pause(Duration length) {
    aws.advance(length);
  }

  @Override
  public void entering(String entered) {
    if (goOn || !entered.equals(state) || left == 0) {
      goOn = false;
      return;
    }
    left--;
    goOn = true;
    throw new Stopped();
  }
}
