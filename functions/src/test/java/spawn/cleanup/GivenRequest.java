package spawn.cleanup;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A direct call of the sweep; what is left out is as in a call that says nothing. */
final class GivenRequest {
  private boolean dryRun;
  private Set<String> regions = Set.of();
  private Set<String> roleNames = Set.of();
  private Duration olderThan = Duration.ZERO;
  private boolean mayDeleteMost;
  private Optional<String> roleSet = Optional.empty();
  private boolean everything;

  private GivenRequest() {}

  static GivenRequest aRequest() {
    return new GivenRequest();
  }

  GivenRequest dryRun() {
    dryRun = true;
    return this;
  }

  GivenRequest regions(String... names) {
    regions = Set.of(names);
    return this;
  }

  GivenRequest roleNames(String... names) {
    roleNames = Set.of(names);
    return this;
  }

  GivenRequest olderThan(Duration age) {
    olderThan = age;
    return this;
  }

  GivenRequest mayDeleteMost() {
    mayDeleteMost = true;
    return this;
  }

  GivenRequest roleSet(String name) {
    roleSet = Optional.of(name);
    return this;
  }

  GivenRequest everything() {
    everything = true;
    return this;
  }

  SweepRequest build() {
    return new SweepRequest(
        dryRun, regions, roleNames, olderThan, mayDeleteMost, roleSet, everything);
  }
}
