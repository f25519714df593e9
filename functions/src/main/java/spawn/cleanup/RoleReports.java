package spawn.cleanup;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What a run says of each role: the last word counts, and a failure at one role is its own. Safe to
 * call from several threads, each at another role.
 */
final class RoleReports {
  private final Map<String, RoleReport> byName = new TreeMap<>();
  private final RunBudget budget;

  RoleReports(RunBudget budget) {
    this.budget = budget;
  }

  /** Takes what is said of a role. */
  synchronized void note(RoleReport report) {
    byName.put(report.role(), report);
  }

  /** Does one role's work and takes its report, unless the run is over by then. */
  void guarded(String name, Instant until, Supplier<RoleReport> work) {
    if (budget.isOver(until, "role " + name)) {
      note(RoleReport.postponed(name, "the run ended before its turn"));
      return;
    }
    try {
      note(work.get());
    } catch (SdkException failure) {
      boolean throttled =
          budget.stopIfThrottled("at role %s: AWS asks to slow down".formatted(name), failure);
      note(
          throttled
              ? RoleReport.postponed(name, failure.getMessage())
              : RoleReport.failed(name, failure.getMessage()));
    }
  }

  /** Returns the reports so far. */
  synchronized Collection<RoleReport> soFar() {
    return List.copyOf(byName.values());
  }

  /** Returns the reports by the names of their roles. */
  synchronized List<RoleReport> inOrder() {
    return List.copyOf(byName.values());
  }
}
