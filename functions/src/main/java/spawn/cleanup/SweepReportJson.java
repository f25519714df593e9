package spawn.cleanup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import spawn.json.Json;

/**
 * The report of a sweep as JSON, with its figures: the function's answer, and a line of its log.
 */
public final class SweepReportJson {
  /**
   * Characters. CloudWatch cuts a line of more than 256 KB in two, and neither half would be JSON
   * (<a
   * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">CloudWatch
   * Logs quotas</a>).
   */
  private static final int MAX_LOGGED = 200_000;

  private SweepReportJson() {}

  /** Returns the answer of a function that did not sweep. */
  public static ObjectNode withoutSweep(String reason) {
    return (ObjectNode) Json.of(SweepReport.ofNothing(reason));
  }

  /** Returns the whole report with its figures. */
  public static ObjectNode of(SweepFigures figures) {
    return document(figures.report(), figures);
  }

  /**
   * Returns the report as it fits into a line of the log: without the roles that stay as they are,
   * and with {@code keptRolesLeftOut}, where the whole one would be too long.
   */
  public static ObjectNode forLog(SweepFigures figures) {
    ObjectNode whole = of(figures);
    return Json.text(whole).length() <= MAX_LOGGED
        ? whole
        : document(figures.report().ofChanges(), figures).put("keptRolesLeftOut", true);
  }

  private static ObjectNode document(SweepReport shown, SweepFigures figures) {
    ObjectNode document = (ObjectNode) Json.of(shown);
    document.set("counts", Json.of(figures.counts()));
    document.set("kept", Json.of(figures.kept()));
    return document.put("seconds", figures.seconds()).put("calls", figures.calls());
  }
}
