package spawn.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import spawn.error.Work;

/**
 * Shortens statements without changing what they grant together.
 *
 * <p>Each step leaves fewer statements, or fewer actions and resources in them, so what comes out
 * is never longer; and of what came out, nothing more can be taken.
 */
final class WrittenBlocks {
  private final BitSet plainActions;
  private final BitSet plainResources;
  private final BitSet[] kept;
  private final Work work;

  /**
   * Creates the steps for one table.
   *
   * @param plainActions which actions are patterns, not exceptions: only they stand in lists
   * @param plainResources the same of the resources
   * @param kept for each action, the resources on which the statements must grant it; what else
   *     they grant is granted elsewhere too
   */
  WrittenBlocks(BitSet plainActions, BitSet plainResources, BitSet[] kept, Work work) {
    this.plainActions = plainActions;
    this.plainResources = plainResources;
    this.kept = kept;
    this.work = work;
  }

  Collection<Block> shortened(Collection<Block> written) {
    Set<Block> blocks = new LinkedHashSet<>(written);
    Set<Block> before = Set.of();
    while (!blocks.equals(before)) {
      before = blocks;
      blocks = needed(merged(blocks));
    }
    return blocks;
  }

  /** Returns the same grants, with all actions on the same resources in one, and vice versa. */
  private Set<Block> merged(Set<Block> blocks) {
    Set<Block> merged = blocks;
    int before = Integer.MAX_VALUE;
    while (merged.size() < before) {
      before = merged.size();
      merged =
          merged(
              merged,
              Block::resources,
              Block::actions,
              plainActions,
              (on, of) -> new Block(of, on));
      merged =
          merged(
              merged,
              Block::actions,
              Block::resources,
              plainResources,
              (of, on) -> new Block(of, on));
    }
    return merged;
  }

  private Set<Block> merged(
      Set<Block> blocks,
      Function<Block, BitSet> same,
      Function<Block, BitSet> other,
      BitSet plain,
      BiFunction<BitSet, BitSet, Block> block) {
    Set<Block> merged = new LinkedHashSet<>();
    Map<BitSet, BitSet> together = new LinkedHashMap<>();
    for (Block each : blocks) {
      work.add(1 + (same.apply(each).size() + other.apply(each).size()) / Long.SIZE);
      if (GrantTable.isPlain(other.apply(each), plain)) {
        together.computeIfAbsent(same.apply(each), unseen -> new BitSet()).or(other.apply(each));
      } else {
        merged.add(each);
      }
    }
    together.forEach((one, all) -> merged.add(block.apply(one, all)));
    return merged;
  }

  /** Returns the grants without actions and resources that add nothing to what is granted. */
  private Set<Block> needed(Set<Block> blocks) {
    BitSet[] missing = new BitSet[kept.length];
    for (int action = 0; action < kept.length; action++) {
      missing[action] = (BitSet) kept[action].clone();
    }
    List<Block> ordered = new ArrayList<>(blocks);
    ordered.sort(Block.LARGEST_FIRST);
    Set<Block> needed = new LinkedHashSet<>();
    for (Block block : ordered) {
      BitSet actions = new BitSet();
      BitSet resources = new BitSet();
      block.actions().stream()
          .forEach(
              action -> {
                work.add(1 + block.resources().size() / Long.SIZE);
                BitSet grants = Block.both(missing[action], block.resources());
                if (!grants.isEmpty()) {
                  actions.set(action);
                  resources.or(grants);
                }
              });
      actions.stream().forEach(action -> missing[action].andNot(resources));
      if (!actions.isEmpty()) {
        needed.add(new Block(actions, resources));
      }
    }
    return needed;
  }
}
