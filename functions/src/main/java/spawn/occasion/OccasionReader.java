package spawn.occasion;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.SetRemoval;
import spawn.cleanup.SweepRequest;
import spawn.cleanup.SweepRequestReader;
import spawn.error.InvalidRequest;
import spawn.lambda.TerminationBatch;

/** Tells from its input what the sweep's function is called for. */
public final class OccasionReader {
  private final CleanupMode mode;
  private final Duration delayUntilDeletion;
  private final Clock clock;

  /**
   * Creates a reader for one stack.
   *
   * @param mode what the stack's sweeps may change
   * @param delayUntilDeletion how long after a sweep the next one may delete what it has marked
   * @param clock tells how old messages are
   */
  public OccasionReader(CleanupMode mode, Duration delayUntilDeletion, Clock clock) {
    this.mode = mode;
    this.delayUntilDeletion = delayUntilDeletion;
    this.clock = clock;
  }

  /**
   * Returns what an input asks for: with {@code Records}, it comes from the queue; with the type
   * {@code Scheduled Event}, it is what the schedule sends there, tried by hand; everything else is
   * a direct call.
   *
   * @throws InvalidRequest with every problem of a direct call, or if it asks for a removal that
   *     the stack does not allow
   */
  public Occasion read(JsonNode input) {
    if (input.has("Records")) {
      TerminationBatch batch = TerminationBatch.read(input);
      return new Occasion.Messages(
          batch, batch.hasHints() ? mode.bySchedule() : Optional.empty(), clock);
    }
    if (TerminationBatch.isOfTheSchedule(input)) {
      return new Occasion.Nightly(mode.bySchedule());
    }
    SweepRequest request = SweepRequestReader.read(input);
    if (request.roleSet().isPresent()) {
      return new Occasion.Removal(SetRemoval.of(request, mode), delayUntilDeletion);
    }
    return request.everything()
        ? new Occasion.Emptying(mode.removal(request, "$.everything"), delayUntilDeletion)
        : new Occasion.Asked(mode.limited(request));
  }
}
