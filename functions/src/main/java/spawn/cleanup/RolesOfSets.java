package spawn.cleanup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.role.KnownRole;
import spawn.role.Owner;

/**
 * The roles of the sets that a run is to remove, one set or every one: all roles of a set go, or,
 * while one of them is used, none. In any other run there are none, and every role is decided by
 * itself.
 */
final class RolesOfSets {
  private final boolean isForOneSet;
  private final Map<String, KnownRole> roles = new TreeMap<>();
  private final Map<String, Set<String>> usedBySet = new TreeMap<>();

  private RolesOfSets(boolean isForOneSet) {
    this.isForOneSet = isForOneSet;
  }

  /**
   * Reads the roles that carry a set's tag, which the listing does not show.
   *
   * @param request names the set, or asks for everything
   * @param owner the stack whose sets they are
   * @param listed all of its roles
   * @param find reads roles with their tags, by their names; leaves out those that are gone
   */
  static RolesOfSets of(
      SweepRequest request,
      Owner owner,
      List<Candidate> listed,
      Function<List<String>, List<KnownRole>> find) {
    RolesOfSets ofSets = new RolesOfSets(request.roleSet().isPresent());
    if (request.roleSet().isPresent()) {
      String prefix = request.roleSet().get() + "-";
      ofSets.read(listed, find, name -> name.startsWith(prefix));
      ofSets.roles.values().removeIf(role -> !role.set().equals(request.roleSet()));
    } else if (request.everything()) {
      ofSets.read(listed, find, name -> !owner.isGenerated(name));
    }
    return ofSets;
  }

  private void read(
      List<Candidate> listed,
      Function<List<String>, List<KnownRole>> find,
      Predicate<String> mayBeOfSet) {
    find.apply(listed.stream().map(Candidate::name).filter(mayBeOfSet).toList()).stream()
        .filter(role -> role.set().isPresent())
        .forEach(role -> roles.put(role.name(), role));
  }

  /** Returns whether the run removes a role as part of its set. */
  boolean has(Candidate role) {
    return roles.containsKey(role.name());
  }

  /** Returns whether the run is for a set to which the role does not belong. */
  boolean leavesOut(Candidate role) {
    return isForOneSet && !has(role);
  }

  /** Returns what to do with a role that the listing keeps: one in use loses a mark it bears. */
  Decision kept(Candidate role, Decision.Keep keep) {
    return keep.unmarkingIf(
        keep.code().isUse()
            && Optional.ofNullable(roles.get(role.name())).filter(KnownRole::isMarked).isPresent());
  }

  /**
   * Finds the roles of the sets that are used, so that none is marked before each was looked at.
   *
   * @param kept what is reported of the roles that the listing keeps
   * @param candidates the roles that the listing would let go
   */
  void lookForUse(Collection<RoleReport> kept, List<Candidate> candidates, Verdicts verdicts) {
    kept.stream().filter(RoleReport::isUse).map(RoleReport::role).forEach(this::isUsed);
    candidates.stream()
        .filter(this::has)
        .map(role -> verdicts.byTags(role, roles.get(role.name())).report(role.name()))
        .filter(RoleReport::isUse)
        .map(RoleReport::role)
        .forEach(this::isUsed);
  }

  /**
   * Looks again, at the roles that are about to be deleted: those that must stay after all.
   *
   * @param usage which of their profiles instances carry
   */
  void lookAgain(List<Candidate> due, Usage usage, Verdicts verdicts) {
    due.stream()
        .filter(role -> verdicts.byListing(role, usage).isPresent())
        .map(Candidate::name)
        .forEach(this::isUsed);
  }

  private void isUsed(String name) {
    setOf(name)
        .ifPresent(set -> usedBySet.computeIfAbsent(set, first -> new LinkedHashSet<>()).add(name));
  }

  private Optional<String> setOf(String name) {
    return Optional.ofNullable(roles.get(name)).flatMap(KnownRole::set);
  }

  /**
   * Returns what to do with a role that the listing would let go.
   *
   * @param found the role as it is read now
   */
  Decision decided(Candidate role, KnownRole found, Verdicts verdicts) {
    Set<String> used = setOf(role.name()).map(usedBySet::get).orElse(Set.of());
    return used.isEmpty() || used.contains(role.name())
        ? verdicts.byTags(role, found)
        : verdicts.sparing(found, String.join(", ", used));
  }

  /**
   * Returns those of the roles that wait for others of their set, which are too young or were not
   * reached: in a run for everything, nothing goes before its whole set can. In a run for one set
   * the caller says by names and age which go.
   */
  List<Candidate> waiting(List<Candidate> due) {
    return isForOneSet
        ? List.of()
        : bySet(due).entrySet().stream()
            .filter(group -> group.getValue().size() < sizeOf(group.getKey()))
            .flatMap(group -> group.getValue().stream())
            .toList();
  }

  private long sizeOf(Optional<String> set) {
    return roles.values().stream()
        .map(KnownRole::set)
        .filter(of -> of.isPresent() && of.equals(set))
        .count();
  }

  /**
   * Returns the roles that go in this run, at most so many: a set that does not fit in beside
   * others is left for the next run as a whole.
   */
  List<Candidate> first(int most, List<Candidate> due) {
    Map<Optional<String>, List<Candidate>> bySet = bySet(due);
    List<Candidate> first = new ArrayList<>();
    for (Candidate role : due) {
      Optional<String> set = setOf(role.name());
      List<Candidate> together = set.isEmpty() ? List.of(role) : bySet.get(set);
      boolean fits = first.isEmpty() || first.size() + together.size() <= most;
      if (fits && !first.contains(role)) {
        first.addAll(together);
      }
    }
    return List.copyOf(first.subList(0, Math.min(first.size(), most)));
  }

  private Map<Optional<String>, List<Candidate>> bySet(List<Candidate> some) {
    return some.stream().collect(Collectors.groupingBy(role -> setOf(role.name())));
  }
}
