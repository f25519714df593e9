package spawn.cleanup;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import spawn.role.KnownRole;
import spawn.role.RoleNames;
import spawn.role.Tags;

/**
 * Decides what the sweep does with a role. Pure: the same facts at the same instant give the same
 * decision.
 *
 * <p>The role's tags cost a call for each role, so a role is first judged by what the listing
 * shows; only one that could go is read.
 */
final class Verdicts {
  private final SweepTerms terms;
  private final Set<String> named;
  private final Instant now;

  /**
   * Creates the verdicts of one sweep.
   *
   * @param named the roles that the caller of the sweep has named
   * @param now when the sweep looks
   */
  Verdicts(SweepTerms terms, Set<String> named, Instant now) {
    this.terms = terms;
    this.named = named;
    this.now = now;
  }

  /**
   * Returns why a role stays, from what the listing and the regions show; nothing if its tags have
   * to be read.
   */
  Optional<Decision.Keep> byListing(Candidate role, Usage usage) {
    if (!RoleNames.isGenerated(role.name()) && !named.contains(role.name())) {
      return keep("it has a name of its own: only a call that names it removes it");
    }
    Set<String> instances =
        role.profiles().stream()
            .flatMap(profile -> usage.instances(profile.instanceProfileId()).stream())
            .collect(Collectors.toSet());
    if (!instances.isEmpty()) {
      return keep("in use by " + String.join(", ", instances.stream().sorted().toList()));
    }
    if (!role.foreignProfiles().isEmpty()) {
      return keep(
          "it also sits in a profile that spawn did not make: "
              + role.foreignProfiles().stream()
                  .map(p -> p.arn())
                  .collect(Collectors.joining(", ")));
    }
    if (!role.isForEc2Only()) {
      return keep("it trusts more than EC2: " + String.join(", ", role.trusted()));
    }
    if (!usage.unreadableRegions().isEmpty()) {
      return Optional.of(
          new Decision.Keep(
              "these regions could not be read: "
                  + String.join(", ", usage.unreadableRegions().keySet()),
              true));
    }
    if (role.created().isAfter(now.minus(terms.youth()))) {
      return Optional.of(new Decision.Keep("too young: made at " + role.created(), true));
    }
    return Optional.empty();
  }

  /**
   * Returns what to do with a role that the listing would let go, from its tags and its last use.
   */
  Decision byTags(Candidate listed, KnownRole role) {
    if (!role.id().equals(listed.id())) {
      return new Decision.Keep("it was made anew while the sweep looked", true);
    }
    if (!role.isManaged()) {
      return new Decision.Keep("it lacks the tag " + Tags.MANAGED + "=true", false);
    }
    return wanted(role)
        .<Decision>map(reason -> role.isMarked() ? new Decision.Unmark(reason.reason()) : reason)
        .orElseGet(() -> unwanted(role));
  }

  private Optional<Decision.Keep> wanted(KnownRole role) {
    if ("true".equals(role.tags().get(Tags.KEEP))) {
      return keep("it carries the tag " + Tags.KEEP + "=true");
    }
    if (role.hasUnreadableLease()) {
      return keep("its tag " + Tags.LEASE_UNTIL + " holds no instant");
    }
    Optional<Instant> lease =
        role.leaseUntil().filter(until -> until.plus(terms.clockSkew()).isAfter(now));
    if (lease.isPresent()) {
      return Optional.of(new Decision.Keep("leased until " + lease.get(), true));
    }
    return Optional.empty();
  }

  private Decision unwanted(KnownRole role) {
    if (!role.isMarked()) {
      return new Decision.Mark();
    }
    Optional<Instant> mark = role.markedSince();
    if (mark.isEmpty()
        || mark.get().isBefore(now.minus(terms.markLapses()))
        || mark.get().isAfter(now)) {
      return new Decision.Mark();
    }
    Instant since = mark.get();
    if (role.leaseUntil().filter(until -> until.isAfter(since)).isPresent()) {
      return new Decision.Unmark("it was leased after it was marked");
    }
    if (role.lastUsed().filter(used -> used.isAfter(since)).isPresent()) {
      return new Decision.Unmark("it was used after it was marked");
    }
    return since.isAfter(now.minus(terms.mark()))
        ? new Decision.Wait(since)
        : new Decision.Delete(since);
  }

  private static Optional<Decision.Keep> keep(String reason) {
    return Optional.of(new Decision.Keep(reason, false));
  }
}
