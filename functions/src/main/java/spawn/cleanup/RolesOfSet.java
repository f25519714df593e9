package spawn.cleanup;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.role.KnownRole;

/**
 * The roles of the set that a run is to remove: all of them go, or, while one is used, none. In a
 * run that is not for a set there are none, and every role is decided by itself.
 */
final class RolesOfSet {
  private final boolean isForSet;
  private final Map<String, KnownRole> roles = new TreeMap<>();
  private final Set<String> used = new LinkedHashSet<>();

  /**
   * Reads the roles that carry the set's tag, which the listing does not show.
   *
   * @param set the set of the call, if it is for one
   * @param listed all roles under spawn's path
   * @param find reads a role with its tags; nothing if it is gone
   */
  RolesOfSet(
      Optional<String> set, List<Candidate> listed, Function<String, Optional<KnownRole>> find) {
    this.isForSet = set.isPresent();
    set.ifPresent(
        name ->
            listed.stream()
                .map(Candidate::name)
                .filter(role -> role.startsWith(name + "-"))
                .flatMap(role -> find.apply(role).stream())
                .filter(role -> role.set().equals(set))
                .forEach(role -> roles.put(role.name(), role)));
  }

  /** Returns whether the run is for a set to which the role does not belong. */
  boolean leavesOut(Candidate role) {
    return isForSet && !roles.containsKey(role.name());
  }

  /** Returns what to do with a role that the listing keeps: one in use loses a mark it bears. */
  Decision kept(Candidate role, Decision.Keep keep) {
    return keep.unmarkingIf(
        keep.code().isUse()
            && Optional.ofNullable(roles.get(role.name())).filter(KnownRole::isMarked).isPresent());
  }

  /**
   * Finds the roles of the set that are used, so that none is marked before each was looked at.
   *
   * @param kept what is reported of the roles that the listing keeps
   * @param candidates the roles that the listing would let go
   */
  void lookForUse(Collection<RoleReport> kept, List<Candidate> candidates, Verdicts verdicts) {
    if (!roles.isEmpty()) {
      kept.stream().filter(RoleReport::isUse).map(RoleReport::role).forEach(used::add);
      candidates.stream()
          .map(role -> verdicts.byTags(role, roles.get(role.name())).report(role.name()))
          .filter(RoleReport::isUse)
          .map(RoleReport::role)
          .forEach(used::add);
    }
  }

  /**
   * Looks again, at the roles that are about to be deleted: those that must stay after all.
   *
   * @param usage which of their profiles instances carry
   */
  void lookAgain(List<Candidate> due, Usage usage, Verdicts verdicts) {
    if (isForSet) {
      due.stream()
          .filter(role -> verdicts.byListing(role, usage).isPresent())
          .map(Candidate::name)
          .forEach(used::add);
    }
  }

  /**
   * Returns what to do with a role that the listing would let go.
   *
   * @param found the role as it is read now
   */
  Decision decided(Candidate role, KnownRole found, Verdicts verdicts) {
    return used.isEmpty() || used.contains(role.name())
        ? verdicts.byTags(role, found)
        : verdicts.sparing(found, String.join(", ", used));
  }
}
