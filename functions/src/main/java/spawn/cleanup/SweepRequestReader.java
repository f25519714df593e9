package spawn.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;

/**
 * Reads a direct call of the sweep, or says everything that is wrong with it: a misspelt {@code
 * dryRun} must not be taken for none.
 */
public final class SweepRequestReader {
  private SweepRequestReader() {}

  /**
   * Returns what a direct call asks for.
   *
   * @throws InvalidRequest with every problem of the call
   */
  public static SweepRequest read(JsonNode call) {
    Problems problems = new Problems();
    PayloadObject payload = PayloadObject.of(call, SweepFields.ALL, problems);
    SweepRequest request =
        new SweepRequest(
            payload.isTrue(SweepFields.DRY_RUN),
            Set.copyOf(payload.list(SweepFields.REGIONS)),
            Set.copyOf(payload.list(SweepFields.ROLE_NAMES)),
            payload.get(SweepFields.OLDER_THAN).orElse(Duration.ZERO),
            payload.isTrue(SweepFields.MAY_DELETE_MOST),
            payload.get(SweepFields.ROLE_SET),
            payload.isTrue(SweepFields.EVERYTHING));
    if (request.everything()) {
      payload.keeps(SweepFields.EVERYTHING_STANDS_ALONE);
    }
    problems.throwIfAny();
    return request;
  }
}
