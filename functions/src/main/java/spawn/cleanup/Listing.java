package spawn.cleanup;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import spawn.inventory.Candidate;
import spawn.inventory.Inventory;
import spawn.inventory.Usage;

/**
 * What exists when a run of the sweep begins.
 *
 * @param inventory the roles and profiles
 * @param usage what instances carry, and what can still start others
 * @param ofSets the roles of the sets that the run is to remove
 */
record Listing(Inventory inventory, Usage usage, RolesOfSets ofSets) {
  /** Returns the same with what else was found of their use. */
  Listing with(Usage more) {
    return new Listing(inventory, usage.and(more), ofSets);
  }

  /** Returns those of some names that no role has. */
  List<String> missing(Collection<String> names) {
    Set<String> there = inventory.roles().stream().map(Candidate::name).collect(Collectors.toSet());
    return names.stream().filter(name -> !there.contains(name)).toList();
  }
}
