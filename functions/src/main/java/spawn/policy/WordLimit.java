package spawn.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import spawn.error.Problems;
import spawn.payload.ParameterList;
import spawn.payload.Quote;

/**
 * The words that the parameter {@code AllowedWords} lets callers ask for.
 *
 * <p>An entry is a pattern of words such as {@code s3:ReadOnly}, {@code logs:*} or {@code
 * *:FullAccess}, in any letter case; {@code s3} alone is {@code s3:*}. One that begins with {@code
 * !} refuses. A word is allowed if an entry allows it, or if all entries refuse, and none refuses
 * it. A level is more than its name: whoever may have ReadWrite may have ReadOnly and WriteOnly,
 * and where one of these is refused, so is ReadWrite.
 *
 * @param entries what the parameter lists; any word is allowed if it lists nothing
 */
record WordLimit(List<String> entries) {
  private static final String REFUSES = "!";

  /** What each level holds beside itself. */
  private static final Map<Level, Set<Level>> WITHIN =
      Map.of(
          Level.FULL_ACCESS, Set.of(Level.READ_WRITE, Level.READ_ONLY, Level.WRITE_ONLY),
          Level.READ_WRITE, Set.of(Level.READ_ONLY, Level.WRITE_ONLY),
          Level.READ_ONLY, Set.of(),
          Level.WRITE_ONLY, Set.of());

  /** Notes that a word of a payload is not allowed, if it is not. */
  void check(Word word, String path, Problems problems) {
    if (!allows(word)) {
      problems.add(
          path,
          "%s is not a word that this stack allows (AllowedWords): %s."
              .formatted(Quote.of(word.name()), ParameterList.shown(entries)));
    }
  }

  /** Returns whether callers may ask for a word. */
  boolean allows(Word word) {
    boolean refused =
        refusing().anyMatch(entry -> wordsWithin(word).anyMatch(name -> matches(entry, name)));
    boolean allowed =
        allowing().findAny().isEmpty()
            || allowing()
                .anyMatch(entry -> wordsAround(word).anyMatch(name -> matches(entry, name)));
    return allowed && !refused;
  }

  private Stream<String> allowing() {
    return entries.stream().filter(entry -> !entry.startsWith(REFUSES));
  }

  private Stream<String> refusing() {
    return entries.stream()
        .filter(entry -> entry.startsWith(REFUSES))
        .map(entry -> entry.substring(REFUSES.length()));
  }

  /** Returns the word and those of its service that hold no more. */
  private static Stream<String> wordsWithin(Word word) {
    return Stream.concat(
        Stream.of(word.name()),
        level(word).stream()
            .flatMap(level -> WITHIN.get(level).stream())
            .map(level -> word.service() + ":" + level));
  }

  /** Returns the word and those of its service that hold it. */
  private static Stream<String> wordsAround(Word word) {
    return Stream.concat(
        Stream.of(word.name()),
        level(word).stream()
            .flatMap(
                level ->
                    Stream.of(Level.values()).filter(wider -> WITHIN.get(wider).contains(level)))
            .map(level -> word.service() + ":" + level));
  }

  private static Optional<Level> level(Word word) {
    return Level.named(word.name().substring(word.service().length() + 1));
  }

  private static boolean matches(String entry, String word) {
    int colon = entry.indexOf(':');
    String service = (colon < 0 ? entry : entry.substring(0, colon)).toLowerCase(Locale.ROOT);
    String rest = colon < 0 ? "*" : entry.substring(colon + 1).toLowerCase(Locale.ROOT);
    int inWord = word.indexOf(':');
    return ParameterList.matches(prefix(service), word.substring(0, inWord))
        && ParameterList.matches(rest, word.substring(inWord + 1).toLowerCase(Locale.ROOT));
  }

  /** Returns the prefix of a service that people also call otherwise, for example {@code sfn}. */
  private static String prefix(String service) {
    return ServiceReference.of(service).isPresent()
        ? service
        : Templates.otherNames().getOrDefault(service, service);
  }
}
