package spawn.policy;

import java.util.BitSet;
import java.util.Comparator;

/**
 * Grants that one statement can hold: each of some actions on each of some resources, by their
 * places in a {@link GrantTable}.
 *
 * @param actions the actions; not to be changed
 * @param resources the resources; not to be changed
 */
record Block(BitSet actions, BitSet resources) {
  /** The largest first; the same order whatever order they were written in. */
  static final Comparator<Block> LARGEST_FIRST =
      Comparator.comparingLong((Block block) -> -block.size())
          .thenComparing(Block::actions, Block::inOrder)
          .thenComparing(Block::resources, Block::inOrder);

  private long size() {
    return (long) actions.cardinality() * resources.cardinality();
  }

  private static int inOrder(BitSet one, BitSet other) {
    int at = one.nextSetBit(0);
    int otherAt = other.nextSetBit(0);
    while (at == otherAt && at >= 0) {
      at = one.nextSetBit(at + 1);
      otherAt = other.nextSetBit(otherAt + 1);
    }
    return Integer.compare(at, otherAt);
  }

  boolean isEmpty() {
    return actions.isEmpty() || resources.isEmpty();
  }

  /** Returns what both sets hold. */
  static BitSet both(BitSet one, BitSet other) {
    BitSet both = (BitSet) one.clone();
    both.and(other);
    return both;
  }

  /** Returns a set of one place. */
  static BitSet only(int place) {
    BitSet only = new BitSet();
    only.set(place);
    return only;
  }
}
