package spawn.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;

/**
 * A call of ExportRole.
 *
 * @param path the JSON path of the role's name
 * @param role the role's name
 * @param shrinks whether it is to be written down without what it has not used
 * @param minAge how old a role must be to be shrunk
 * @param jobId the report about its use, if it has been asked for already
 */
public record ExportRequest(
    String path, String role, boolean shrinks, Duration minAge, Optional<String> jobId) {
  /** A week: most of what a role is for happens at least once in it. */
  static final Duration WEEK = Duration.ofDays(7);

  /**
   * Returns what a call asks for.
   *
   * @throws InvalidRequest with every problem of the call
   */
  public static ExportRequest of(JsonNode call) {
    Problems problems = new Problems();
    PayloadObject read = PayloadObject.of(call, ExportFields.ALL, problems);
    Optional<String> export = read.get(ExportFields.EXPORT);
    Optional<String> shrink = read.get(ExportFields.SHRINK);
    Duration minAge = read.get(ExportFields.MIN_AGE).orElse(WEEK);
    Optional<String> jobId = read.get(ExportFields.JOB_ID);
    if (read.keeps(ExportFields.ONE_ROLE)) {
      read.keeps(ExportFields.NOT_TO_EXPORT);
    }
    problems.throwIfAny();
    return new ExportRequest(
        shrink.isPresent() ? "$.shrink" : "$.export",
        shrink.or(() -> export).orElseThrow(),
        shrink.isPresent(),
        minAge,
        jobId);
  }
}
