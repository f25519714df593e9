package spawn.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.policy.PolicyDocument;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.Revocation;
import spawn.role.Roles;
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
    if (isNamedOnly(role) && !isOver(role.expires())) {
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
    if (isOfServices(role) && !isOver(role.expires())) {
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

  /** Returns whether only its end lets the request reach a role, since a user named it. */
  private boolean isNamedOnly(Candidate role) {
    return !owner.isGenerated(role.name()) && !request.reachesNamed();
  }

  /** Returns whether only its end lets the request reach a role, since it trusts others too. */
  private boolean isOfServices(Candidate role) {
    return !role.trusted().isEc2Only() && !request.reachesServices();
  }

  /** Returns whether a role that ends then grants nothing any more. */
  private boolean isOver(Optional<Instant> expires) {
    return expires.filter(end -> end.plus(terms.clockSkew()).isBefore(now)).isPresent();
  }

  /**
   * Returns why a role stays that only its end lets the request reach: it has none, by what decides
   * now, or its set looks after it.
   *
   * @param expires when it ends, as its tag or its policy says
   */
  private Optional<Decision.Keep> notOver(
      Candidate listed, KnownRole role, Optional<Instant> expires) {
    if (isOver(expires) && role.set().isEmpty()) {
      return Optional.empty();
    }
    if (isNamedOnly(listed)) {
      return keep(
          KeepReason.NAMED_BY_USER,
          role.set()
              .map(
                  set ->
                      "it belongs to the role set %s, which is removed as a whole".formatted(set))
              .orElse("its description says that it is over, but its tag or its policy does not"));
    }
    return isOfServices(listed)
        ? keep(
            KeepReason.TRUSTS_MORE_THAN_EC2,
            "its description says that it is over, but its tag or its policy does not")
        : Optional.empty();
  }

  /**
   * Returns why a role stays that is about to be deleted, from the policies that it really holds.
   *
   * @param inline its inline policies by their names
   */
  Optional<Decision.Keep> byPolicies(
      Candidate listed, KnownRole role, Map<String, JsonNode> inline) {
    if (inline.keySet().stream().anyMatch(Revocation::isPolicy)
        && !request.roleNames().contains(role.name())) {
      return revoked("");
    }
    return notOver(
        listed,
        role,
        Optional.ofNullable(inline.get(Roles.INLINE_POLICY))
            .flatMap(document -> PolicyDocument.of(document).expires()));
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
        .or(() -> notOver(listed, role, role.expires()))
        .or(() -> usedElsewhere(listed, role))
        .map(keep -> keep.unmarkingIf(role.isMarked()))
        .orElseGet(() -> unwanted(role));
  }

  private Optional<Decision.Keep> wanted(KnownRole role) {
    if ("true".equals(role.tags().get(Tags.KEEP))) {
      return keep(KeepReason.KEEP_TAG, "it carries the tag " + Tags.KEEP + "=true");
    }
    Optional<Revocation> revoked = role.revocation();
    if (revoked.isPresent() && !request.roleNames().contains(role.name())) {
      return revoked(" at " + revoked.get().since());
    }
    if (role.hasUnreadableLease()) {
      return keep(KeepReason.LEASE_UNREADABLE, "its tag " + Tags.LEASE_UNTIL + " holds no instant");
    }
    return role.leaseUntil()
        .filter(until -> until.plus(terms.clockSkew()).isAfter(now))
        .flatMap(until -> keep(KeepReason.LEASED, "leased until " + until));
  }

  private static Optional<Decision.Keep> revoked(String when) {
    return keep(
        KeepReason.REVOKED,
        "an operator has revoked it%s; only a call that names it removes it".formatted(when));
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
