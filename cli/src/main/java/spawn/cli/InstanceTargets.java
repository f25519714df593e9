package spawn.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** Which instances the words on a command line mean: ids, or names. */
final class InstanceTargets {
  private static final Pattern ID = Pattern.compile("i-([0-9a-f]{8}|[0-9a-f]{17})");

  private InstanceTargets() {}

  /** Returns whether a word is an instance's id; any other is a name. */
  static boolean isId(String word) {
    return ID.matcher(word).matches();
  }

  /**
   * Returns the instances that words mean, each once, in the words' order.
   *
   * <p>A name may mean several instances only if they are one job array. Instances that have ended
   * keep their names for about an hour: they count only where nothing else has the name.
   *
   * @param found the instances that have one of the words as their id or name
   * @throws CommandFailure with every word that means no instance, several, or one that spawn has
   *     not launched
   */
  static List<ListedInstance> meant(Collection<String> words, Collection<ListedInstance> found) {
    Map<String, ListedInstance> meant = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (String word : words) {
      List<ListedInstance> matches = matches(word, found);
      problem(word, matches).ifPresent(problems::add);
      matches.forEach(match -> meant.put(match.id(), match));
    }
    if (!problems.isEmpty()) {
      throw CommandFailure.failed(String.join("\n  ", problems));
    }
    return List.copyOf(meant.values());
  }

  /**
   * Returns the one instance that a word means.
   *
   * @throws CommandFailure if it means none, several, or one that spawn has not launched
   */
  static ListedInstance one(String word, Collection<ListedInstance> found) {
    List<ListedInstance> matches = meant(List.of(word), found);
    if (matches.size() > 1) {
      throw CommandFailure.failed(several(word, matches));
    }
    return matches.get(0);
  }

  /** Looks in the region of a connection for the one instance that a word means. */
  static ListedInstance one(String word, Connection connection) {
    String region = connection.region().id();
    try (Ec2Client ec2 = connection.ec2(connection.region())) {
      return one(
          word,
          new RegionInstances(region, ec2, new InstanceRoles(connection.iam()))
              .named(List.of(word)));
    }
  }

  private static List<ListedInstance> matches(String word, Collection<ListedInstance> found) {
    List<ListedInstance> matches =
        found.stream()
            .filter(
                isId(word)
                    ? one -> one.id().equals(word)
                    : one -> one.name().filter(word::equals).isPresent())
            .sorted(ListedInstance.ORDER)
            .toList();
    List<ListedInstance> there = matches.stream().filter(one -> !one.hasEnded()).toList();
    return there.isEmpty() ? matches : there;
  }

  private static Optional<String> problem(String word, List<ListedInstance> matches) {
    if (matches.isEmpty()) {
      return Optional.of(
          isId(word)
              ? "There is no instance %s in this region.".formatted(word)
              : "No instance in this region has the name \"%s\": spawn list shows those that there are."
                  .formatted(Table.printable(word)));
    }
    List<ListedInstance> others = matches.stream().filter(one -> !one.isSpawns()).toList();
    if (!others.isEmpty()) {
      return Optional.of(
          "%s was not launched by spawn: use aws ec2 for it."
              .formatted(
                  others.stream().map(ListedInstance::inWords).collect(Collectors.joining(", "))));
    }
    return matches.size() > 1 && !areOneArray(matches) && !matches.get(0).hasEnded()
        ? Optional.of(several(word, matches))
        : Optional.empty();
  }

  private static boolean areOneArray(List<ListedInstance> matches) {
    Optional<String> first = matches.get(0).jobArray();
    return first.isPresent() && matches.stream().allMatch(one -> one.jobArray().equals(first));
  }

  private static String several(String word, List<ListedInstance> matches) {
    return "\"%s\" is the name of %d instances; give the id of the one that you mean: %s."
        .formatted(
            Table.printable(word),
            matches.size(),
            matches.stream().map(ListedInstance::id).collect(Collectors.joining(", ")));
  }
}
