package spawn.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import spawn.error.Work;

/**
 * What is granted under one guard: for each action term, the resource terms on which it is granted.
 *
 * <p>Terms have places, in their order, and sets of them are sets of bits: a policy that fits into
 * a role can grant 300,000 pairs of an action and a resource, which are never listed one by one.
 */
final class GrantTable {
  private final Work work;
  private final List<Term> actions;
  private final List<Term> resources;
  private final BitSet plainActions;
  private final BitSet plainResources;

  /** The grants as the statements have them, a block each. */
  private final Collection<Block> written = new LinkedHashSet<>();

  /** For each action, on which resources the statements grant it. */
  private final BitSet[] asked;

  /** The same without the grants that others cover. */
  private final BitSet[] kept;

  /** The terms of one statement. */
  record Split(List<Term> actions, List<Term> resources) {
    static Split of(Statement statement, Work work) {
      return new Split(statement.actions().split(work), statement.resources().split(work));
    }
  }

  GrantTable(List<Split> statements, Work work) {
    this.work = work;
    this.actions = sorted(statements.stream().map(Split::actions));
    this.resources = sorted(statements.stream().map(Split::resources));
    this.plainActions = plain(actions);
    this.plainResources = plain(resources);
    this.asked = new BitSet[actions.size()];
    Map<Term, Integer> actionPlaces = places(actions);
    Map<Term, Integer> resourcePlaces = places(resources);
    for (Split statement : statements) {
      Block block =
          new Block(
              set(statement.actions(), actionPlaces), set(statement.resources(), resourcePlaces));
      if (!block.isEmpty() && written.add(block)) {
        block.actions().stream().forEach(action -> ask(action, block.resources()));
      }
    }
    this.kept = new BitSet[asked.length];
    for (int action = 0; action < asked.length; action++) {
      asked[action] = asked[action] == null ? new BitSet() : asked[action];
      kept[action] = (BitSet) asked[action].clone();
    }
  }

  private void ask(int action, BitSet on) {
    work.add(words());
    if (asked[action] == null) {
      asked[action] = (BitSet) on.clone();
    } else {
      asked[action].or(on);
    }
  }

  private int words() {
    return 1 + resources.size() / Long.SIZE;
  }

  private static List<Term> sorted(Stream<List<Term>> terms) {
    return List.copyOf(terms.collect(TreeSet::new, TreeSet::addAll, TreeSet::addAll));
  }

  private static Map<Term, Integer> places(List<Term> terms) {
    Map<Term, Integer> places = new HashMap<>();
    terms.forEach(term -> places.put(term, places.size()));
    return places;
  }

  private static BitSet set(List<Term> terms, Map<Term, Integer> places) {
    BitSet set = new BitSet();
    terms.forEach(term -> set.set(places.get(term)));
    return set;
  }

  private static BitSet plain(List<Term> terms) {
    BitSet plain = new BitSet();
    for (int place = 0; place < terms.size(); place++) {
      plain.set(place, !terms.get(place).inverted());
    }
    return plain;
  }

  /**
   * Leaves out each grant that another of this or of a wider table covers.
   *
   * <p>What covers is looked for among all grants that were asked for, also those that are left out
   * themselves: covering is transitive, so whatever such a one covers is covered by one that stays;
   * and no two grants cover each other, so one of them always stays ({@code
   * CanonicalFormPropertyTest}).
   */
  void dropCoveredBy(GrantTable wider) {
    boolean itself = wider == this;
    Cover byActions = new Cover(wider.actions, actions, work);
    Cover byResources = new Cover(wider.resources, resources, work);
    for (int action = 0; action < wider.actions.size(); action++) {
      int same = byActions.same[action];
      BitSet narrower = byActions.narrower[action];
      if (same >= 0 || !narrower.isEmpty()) {
        BitSet covered = byResources.narrowerThanAny(wider.asked[action]);
        if (same >= 0 && itself) {
          kept[same].andNot(covered);
        }
        BitSet coveredOrSame = byResources.withSame(covered, wider.asked[action]);
        if (same >= 0 && !itself) {
          kept[same].andNot(coveredOrSame);
        }
        work.add((long) narrower.cardinality() * words());
        narrower.stream().forEach(place -> kept[place].andNot(coveredOrSame));
      }
    }
  }

  /** Which terms of one list cover which of another. */
  private static final class Cover {
    private final Work work;

    /** For each of the wider terms, the places of those that it covers, itself not among them. */
    private final BitSet[] narrower;

    /** For each of the wider terms, its own place, or -1. */
    private final int[] same;

    private final Map<BitSet, BitSet> known = new HashMap<>();

    Cover(List<Term> wider, List<Term> terms, Work work) {
      this.work = work;
      this.narrower = new BitSet[wider.size()];
      this.same = new int[wider.size()];
      Map<Term, Integer> places = places(terms);
      for (int each = 0; each < narrower.length; each++) {
        work.add(1);
        Term wide = wider.get(each);
        same[each] = places.getOrDefault(wide, -1);
        narrower[each] = new BitSet();
        if (wide.isWide()) {
          addNarrower(wide, terms, same[each], narrower[each]);
        }
      }
    }

    private void addNarrower(Term wide, List<Term> terms, int itself, BitSet narrower) {
      for (int place = wide.firstToCover(terms);
          place < terms.size() && wide.mayCover(terms.get(place));
          place++) {
        if (place != itself && wide.covers(terms.get(place), work)) {
          narrower.set(place);
        }
      }
    }

    BitSet narrowerThanAny(BitSet wider) {
      return known.computeIfAbsent(
          wider,
          unseen -> {
            BitSet all = new BitSet();
            unseen.stream()
                .forEach(
                    each -> {
                      work.add(1 + narrower[each].length() / Long.SIZE);
                      all.or(narrower[each]);
                    });
            return all;
          });
    }

    BitSet withSame(BitSet places, BitSet wider) {
      BitSet all = (BitSet) places.clone();
      work.add(wider.cardinality());
      wider.stream().filter(each -> same[each] >= 0).forEach(each -> all.set(same[each]));
      return all;
    }
  }

  /**
   * Returns the kept grants in the one form in which they are compared: actions on the same
   * resources go together, and each term with exceptions stands by itself.
   */
  List<Block> canonical() {
    List<Block> blocks = new ArrayList<>();
    Map<BitSet, BitSet> actionsOn = new LinkedHashMap<>();
    for (int action = 0; action < kept.length; action++) {
      for (BitSet on : together(kept[action])) {
        work.add(words());
        if (plainActions.get(action)) {
          actionsOn.computeIfAbsent(on, unseen -> new BitSet()).set(action);
        } else {
          blocks.add(new Block(Block.only(action), on));
        }
      }
    }
    actionsOn.forEach((on, together) -> blocks.add(new Block(together, on)));
    return blocks;
  }

  private List<BitSet> together(BitSet places) {
    List<BitSet> together = new ArrayList<>();
    BitSet plain = Block.both(places, plainResources);
    if (!plain.isEmpty()) {
      together.add(plain);
    }
    places.stream()
        .filter(place -> !plainResources.get(place))
        .forEach(place -> together.add(Block.only(place)));
    return together;
  }

  /** Returns the kept grants the other way round: resources of the same actions go together. */
  List<Block> transposed() {
    List<Block> blocks = new ArrayList<>();
    Map<Integer, BitSet> actionsOf = new LinkedHashMap<>();
    for (Block block : canonical()) {
      if (isPlain(block.actions(), plainActions) && isPlain(block.resources(), plainResources)) {
        work.add((long) block.resources().cardinality() * (1 + block.actions().size() / Long.SIZE));
        block.resources().stream()
            .forEach(
                place ->
                    actionsOf.computeIfAbsent(place, unseen -> new BitSet()).or(block.actions()));
      } else {
        blocks.add(block);
      }
    }
    Map<BitSet, BitSet> resourcesOf = new LinkedHashMap<>();
    actionsOf.forEach(
        (place, of) -> resourcesOf.computeIfAbsent(of, unseen -> new BitSet()).set(place));
    resourcesOf.forEach((of, on) -> blocks.add(new Block(of, on)));
    return blocks;
  }

  /**
   * Returns the grants as they were written, in no more statements than that takes and without what
   * others among them, or wider ones, cover.
   */
  Collection<Block> asWritten() {
    return new WrittenBlocks(plainActions, plainResources, kept, work).shortened(written);
  }

  static boolean isPlain(BitSet places, BitSet plain) {
    return plain.get(places.nextSetBit(0));
  }

  /** Returns the actions of a block. */
  Terms actions(Block block) {
    return terms(block.actions(), actions);
  }

  /** Returns the resources of a block. */
  Terms resources(Block block) {
    return terms(block.resources(), resources);
  }

  private static Terms terms(BitSet places, List<Term> terms) {
    List<Term> chosen = places.stream().mapToObj(terms::get).toList();
    return new Terms(
        chosen.get(0).inverted(),
        chosen.stream().flatMap(term -> term.patterns().stream()).toList());
  }
}
