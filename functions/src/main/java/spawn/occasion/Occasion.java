package spawn.occasion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import spawn.cleanup.SetRemoval;
import spawn.cleanup.SweepFigures;
import spawn.cleanup.SweepReport;
import spawn.cleanup.SweepReportJson;
import spawn.cleanup.SweepRequest;
import spawn.lambda.TerminationBatch;

/** What the sweep's function is called for. */
public sealed interface Occasion {
  /** Returns what to sweep; nothing if there is no reason to sweep. */
  Optional<SweepRequest> request();

  /**
   * Returns the answer.
   *
   * @param swept what the sweep of {@link #request} came to, where there was one
   */
  CleanupAnswer answer(Optional<SweepFigures> swept);

  /**
   * Instances have ended or the schedule has come round, say messages of the queue.
   *
   * @param batch the messages
   * @param request what to sweep for them, if anything
   * @param clock tells how old the messages are when they are answered
   */
  record Messages(TerminationBatch batch, Optional<SweepRequest> request, Clock clock)
      implements Occasion {
    @Override
    public CleanupAnswer answer(Optional<SweepFigures> swept) {
      Optional<SweepReport> report = swept.map(SweepFigures::report);
      return new CleanupAnswer.Messages(
          batch.answer(
              report.filter(SweepReport::isPending).isPresent(),
              report.filter(SweepReport::isBehind).isPresent(),
              clock.instant()));
    }
  }

  /**
   * Somebody hands the function what the schedule sends to the queue, and is answered with a
   * report.
   *
   * @param request what to sweep; nothing if the clean-up is switched off
   */
  record Nightly(Optional<SweepRequest> request) implements Occasion {
    @Override
    public CleanupAnswer answer(Optional<SweepFigures> swept) {
      return new CleanupAnswer.Report(
          swept
              .map(SweepReportJson::of)
              .orElseGet(() -> SweepReportJson.withoutSweep("the clean-up is switched off")));
    }
  }

  /**
   * An operator asks.
   *
   * @param asked what to sweep
   */
  record Asked(SweepRequest asked) implements Occasion {
    @Override
    public Optional<SweepRequest> request() {
      return Optional.of(asked);
    }

    @Override
    public CleanupAnswer answer(Optional<SweepFigures> swept) {
      return new CleanupAnswer.Report(SweepReportJson.of(swept.orElseThrow()));
    }
  }

  /**
   * Everything is to be removed, as before the stack is deleted.
   *
   * @param asked what to sweep
   * @param delay after which the next call may delete what this one marks
   */
  record Emptying(SweepRequest asked, Duration delay) implements Occasion {
    @Override
    public Optional<SweepRequest> request() {
      return Optional.of(asked);
    }

    /** Returns the report; with the delay, as long as another call would find more to do. */
    @Override
    public CleanupAnswer answer(Optional<SweepFigures> swept) {
      SweepFigures figures = swept.orElseThrow();
      ObjectNode report = SweepReportJson.of(figures);
      return new CleanupAnswer.Report(
          figures.report().isPending() ? report.put("againInSeconds", delay.toSeconds()) : report);
    }
  }

  /**
   * A role set is to be removed.
   *
   * @param removal the removal
   * @param delay after which the next call may delete what this one marks
   */
  record Removal(SetRemoval removal, Duration delay) implements Occasion {
    @Override
    public Optional<SweepRequest> request() {
      return Optional.of(removal.request());
    }

    /**
     * Returns the report, with the delay.
     *
     * @throws spawn.error.RoleSetInUse if the set is used, so that it stays
     */
    @Override
    public CleanupAnswer answer(Optional<SweepFigures> swept) {
      SweepFigures figures = swept.orElseThrow();
      removal.checkUnused(figures.report());
      return new CleanupAnswer.Report(
          SweepReportJson.of(figures).put("againInSeconds", delay.toSeconds()));
    }
  }
}
