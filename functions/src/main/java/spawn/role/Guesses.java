package spawn.role;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import spawn.policy.PolicyHash;

/**
 * What a role may have been made with, where nothing records it: as it is, but for one part that
 * somebody has changed, beside a trust policy and a boundary that show by themselves that they are
 * not spawn's. Whether a guess is right, the hash tells.
 */
final class Guesses {
  private static final int SHORTEST_SESSION = 3600;
  private static final int LONGEST_SESSION = 43_200;
  private static final int SESSION_STEP = 300;

  /** Of more than these, not every choice of some is left out, but each alone. */
  private static final int MOST_TO_CHOOSE_FROM = 8;

  private static final String EC2 = "ec2.amazonaws.com";

  private final Made held;
  private final boolean ownTrust;
  private final boolean ownBoundary;
  private final List<String> boundaries;

  /**
   * Creates the guesses about a role.
   *
   * @param ownTrust whether its trust policy is one that spawn makes
   * @param ownBoundary whether its boundary is one of the stack's
   */
  Guesses(Made held, boolean ownTrust, boolean ownBoundary, List<String> boundaries) {
    this.held = held;
    this.ownTrust = ownTrust;
    this.ownBoundary = ownBoundary;
    this.boundaries = boundaries;
  }

  /** Returns the first guess whose hash is right; nothing if none is. */
  Optional<Made> first(Predicate<PolicyHash> isRight) {
    List<Made> bases = bases();
    return Stream.concat(bases.stream(), bases.stream().flatMap(this::withOnePartChanged))
        .filter(guess -> isRight.test(guess.hash()))
        .findFirst();
  }

  private List<Made> bases() {
    List<Made> trusts = ownTrust ? List.of(held) : otherTrusts(held).toList();
    return trusts.stream()
        .flatMap(base -> ownBoundary ? Stream.of(base) : otherBoundaries(base))
        .toList();
  }

  private Stream<Made> withOnePartChanged(Made base) {
    return Stream.of(
            otherTrusts(base).filter(unseen -> ownTrust),
            otherBoundaries(base).filter(unseen -> ownBoundary),
            Stream.of(base.withoutInline()),
            lessThan(base.permissions().managedPolicyArns()).map(base::holding),
            lessThan(List.copyOf(base.tags().keySet()))
                .map(keys -> base.tagged(only(keys, base.tags()))),
            IntStream.rangeClosed(0, (LONGEST_SESSION - SHORTEST_SESSION) / SESSION_STEP)
                .mapToObj(step -> base.lasting(SHORTEST_SESSION + step * SESSION_STEP)))
        .flatMap(guesses -> guesses);
  }

  private static Stream<Made> otherTrusts(Made base) {
    List<String> services = base.permissions().trustedServices();
    Set<List<String>> trusts = new LinkedHashSet<>();
    trusts.add(services);
    trusts.add(List.of(EC2));
    lessThan(services).forEach(trusts::add);
    return trusts.stream().filter(some -> !some.isEmpty()).map(base::trusting);
  }

  private Stream<Made> otherBoundaries(Made base) {
    return boundaries.stream().map(base::behind);
  }

  /** Returns each choice of some of a list, all of it not among them. */
  private static <T> Stream<List<T>> lessThan(List<T> all) {
    if (all.size() > MOST_TO_CHOOSE_FROM) {
      return IntStream.range(0, all.size()).mapToObj(left -> chosen(all, place -> place != left));
    }
    return IntStream.range(0, (1 << all.size()) - 1)
        .mapToObj(bits -> chosen(all, place -> (bits >> place & 1) == 1));
  }

  private static <T> List<T> chosen(List<T> all, IntPredicate isChosen) {
    List<T> chosen = new ArrayList<>();
    for (int place = 0; place < all.size(); place++) {
      if (isChosen.test(place)) {
        chosen.add(all.get(place));
      }
    }
    return chosen;
  }

  private static Map<String, String> only(List<String> keys, Map<String, String> tags) {
    Map<String, String> some = new TreeMap<>(tags);
    some.keySet().retainAll(keys);
    return some;
  }
}
