package spawn.cleanup;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A sweep in figures, for its report and for the metrics.
 *
 * @param report what it found and did
 * @param calls the requests that it sent to AWS
 * @param seconds how many seconds it took
 */
public record SweepFigures(SweepReport report, long calls, double seconds) {
  /** Returns how many roles were examined, and how many of them have each verdict. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("examined", (long) report.roles().size());
    for (Verdict verdict : Verdict.values()) {
      counts.put(
          verdict.word(),
          report.roles().stream().filter(role -> role.verdict() == verdict).count());
    }
    return counts;
  }

  /** Returns how many roles stay for each reason that occurs. */
  public Map<KeepReason, Long> kept() {
    return report.roles().stream()
        .filter(role -> role.verdict() == Verdict.KEPT)
        .collect(
            Collectors.groupingBy(
                RoleReport::code, () -> new EnumMap<>(KeepReason.class), Collectors.counting()));
  }

  /**
   * Returns all counts by the names of their metrics: {@code SweepDeleted}, {@code SweepKeptInUse}.
   */
  public Map<String, Double> byName() {
    Map<String, Double> figures = new TreeMap<>();
    counts().forEach((word, count) -> figures.put("Sweep" + camelCase(word), (double) count));
    Map<KeepReason, Long> kept = kept();
    for (KeepReason reason : KeepReason.values()) {
      figures.put("SweepKept" + camelCase(reason.name()), (double) kept.getOrDefault(reason, 0L));
    }
    figures.put(
        "SweepProfilesDeleted",
        (double)
            report.profiles().stream()
                .filter(profile -> profile.verdict() == Verdict.DELETED)
                .count());
    figures.put("SweepUnreadableRegions", (double) report.unreadableRegions().size());
    figures.put("SweepStopped", report.stopped() == null ? 0.0 : 1.0);
    figures.put("SweepAlarm", report.alarm() == null ? 0.0 : 1.0);
    figures.put("SweepCalls", (double) calls);
    return figures;
  }

  private static String camelCase(String words) {
    return Arrays.stream(words.split("_"))
        .map(
            word ->
                word.substring(0, 1).toUpperCase(Locale.ROOT)
                    + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
