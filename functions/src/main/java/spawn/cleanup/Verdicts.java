package spawn.cleanup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.Tags;

/**
 * Decides what the sweep does with a role. Pure: the same facts at the same instant give the same
 * decision.
 *
 * <p>Reading its tags costs a call for each role, so a role is first judged by what the listing
 * shows; only one that could go is read.
 */
final class Verdicts {
  private final Owner owner;
  private final SweepTerms terms;
  private final SweepRequest request;
  private final Instant now;
  private final Duration youth;

  /**
   * Creates the verdicts of one sweep.
   *
   * @param request what its caller asks; it can only add to the sweep's patience
   * @param now when the sweep looks
   */
  Verdicts(Owner owner, SweepTerms terms, SweepRequest request, Instant now) {
    this.owner = owner;
    this.terms = terms;
    this.request = request;
    this.now = now;
    this.youth = youth(terms, request);
  }

  /**
   * Returns how old a role must be before it is touched. Youth does not protect the roles of a set:
   * if the set is still being created, EnsureRole sees the mark and stops (RoleBeingDeleted).
   */
  private static Duration youth(SweepTerms terms, SweepRequest request) {
    Duration least = request.roleSet().isPresent() ? Duration.ZERO : terms.youth();
    return least.compareTo(request.olderThan()) < 0 ? request.olderThan() : least;
  }

  /** Returns whether something that was made at this moment is too young to be touched. */
  boolean isYoung(Instant created) {
    return created.isAfter(now.minus(youth));
  }

  /**
   * Returns why a role stays, as far as the listing and the regions show; nothing if its tags have
   * to be read.
   */
  Optional<Decision.Keep> byListing(Candidate role, Usage usage) {
    if (!request.roleNames().isEmpty() && !request.roleNames().contains(role.name())) {
      return keep(KeepReason.NOT_ASKED_FOR, "the call names other roles");
    }
    if (!owner.isGenerated(role.name()) && !request.reachesNamed()) {
      return keep(
          KeepReason.NAMED_BY_USER,
          "it has a name of its own: only a call that names it removes it");
    }
    String instances = users(role, usage::instances);
    if (!instances.isEmpty()) {
      return keep(KeepReason.IN_USE, "in use by " + instances);
    }
    String starters = users(role, usage::starters);
    if (!starters.isEmpty()) {
      return keep(
          KeepReason.CAN_STILL_START, "used by " + starters + ": it can still start instances");
    }
    if (!role.foreignProfiles().isEmpty()) {
      return keep(
          KeepReason.FOREIGN_PROFILE,
          "it is also in a profile that this stack did not make: "
              + role.foreignProfiles().stream()
                  .map(InstanceProfile::arn)
                  .collect(Collectors.joining(", ")));
    }
    if (!role.trusted().isEc2Only() && !request.reachesServices()) {
      return keep(
          KeepReason.TRUSTS_MORE_THAN_EC2,
          "it trusts more than EC2: " + String.join(", ", role.trusted().names()));
    }
    if (!usage.unreadableRegions().isEmpty()) {
      return keep(
          KeepReason.REGION_NOT_READ,
          "these regions were not read: " + String.join(", ", usage.unreadableRegions().keySet()));
    }
    if (isYoung(role.created())) {
      return keep(KeepReason.TOO_YOUNG, "too young: made at " + role.created());
    }
    return Optional.empty();
  }

  private static String users(Candidate role, Function<String, List<String>> ofProfile) {
    return role.profiles().stream()
        .flatMap(profile -> ofProfile.apply(profile.instanceProfileId()).stream())
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns what to do with a role that the listing would let go, from its tags and its last use.
   */
  Decision byTags(Candidate listed, KnownRole role) {
    if (!role.id().equals(listed.id())) {
      return new Decision.Keep(KeepReason.MADE_ANEW, "another role took its name during the sweep");
    }
    if (!owner.manages(role)) {
      return new Decision.Keep(
          KeepReason.NOT_MANAGED, "it lacks the tag " + Tags.MANAGED + "=true");
    }
    if (request.roleSet().isPresent() && !role.set().equals(request.roleSet())) {
      return new Decision.Keep(KeepReason.NOT_ASKED_FOR, "it no longer carries the tag of the set");
    }
    return wanted(role)
        .or(() -> usedElsewhere(listed, role))
        .map(keep -> keep.unmarkingIf(role.isMarked()))
        .orElseGet(() -> unwanted(role));
  }

  private Optional<Decision.Keep> wanted(KnownRole role) {
    if ("true".equals(role.tags().get(Tags.KEEP))) {
      return keep(KeepReason.KEEP_TAG, "it carries the tag " + Tags.KEEP + "=true");
    }
    if (role.hasUnreadableLease()) {
      return keep(KeepReason.LEASE_UNREADABLE, "its tag " + Tags.LEASE_UNTIL + " holds no instant");
    }
    return role.leaseUntil()
        .filter(until -> until.plus(terms.clockSkew()).isAfter(now))
        .flatMap(until -> keep(KeepReason.LEASED, "leased until " + until));
  }

  /**
   * Where more than EC2 can use a role, only the time of its last use tells. IAM shows that hours
   * late.
   */
  private Optional<Decision.Keep> usedElsewhere(Candidate listed, KnownRole role) {
    return role.lastUsed()
        .filter(used -> !listed.trusted().isEc2Only())
        .filter(used -> used.isAfter(now.minus(terms.lastUse())))
        .flatMap(
            used ->
                keep(
                    KeepReason.IN_USE,
                    "last used at %s, less than %d hours ago"
                        .formatted(used, terms.lastUse().toHours())));
  }

  /**
   * Returns what to do with an unused role of a set that stays because others of it are used.
   *
   * @param others the names of those that are used
   */
  Decision sparing(KnownRole role, String others) {
    return new Decision.Keep(KeepReason.SET_IN_USE, "others of its set are in use: " + others)
        .unmarkingIf(role.isMarked());
  }

  /**
   * A mark does not count if it cannot be read, lies in the future, or is so old that nobody knows
   * what has happened since: it is set again, and the wait begins again.
   */
  private Decision unwanted(KnownRole role) {
    Optional<Instant> mark =
        role.markedSince()
            .filter(since -> !since.isAfter(now))
            .filter(since -> !since.isBefore(now.minus(terms.markLapses())));
    if (mark.isEmpty()) {
      return new Decision.Mark();
    }
    Instant since = mark.get();
    if (role.leaseUntil().filter(until -> until.isAfter(since)).isPresent()) {
      return usedSinceMarked(KeepReason.LEASED, "it was leased after it was marked");
    }
    if (role.lastUsed().filter(used -> used.isAfter(since)).isPresent()) {
      return usedSinceMarked(KeepReason.IN_USE, "it was used after it was marked");
    }
    return since.isAfter(now.minus(terms.mark()))
        ? new Decision.Keep(KeepReason.MARKED, "marked since " + since)
        : new Decision.Delete(since);
  }

  /**
   * That use has ended. Roles whose removal someone asks for as a whole, a set or everything, are
   * marked again; other roles wait until a sweep finds them unused.
   */
  private Decision usedSinceMarked(KeepReason code, String detail) {
    return request.reachesServices() ? new Decision.Mark() : new Decision.Unmark(code, detail);
  }

  private static Optional<Decision.Keep> keep(KeepReason code, String detail) {
    return Optional.of(new Decision.Keep(code, detail));
  }
}
