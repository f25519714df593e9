package spawn.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import spawn.payload.Nearest;
import spawn.policy.Vocabulary;
import spawn.policy.Vocabulary.Entry;

/**
 * Finds the words of {@code policies} for what people type: "read a bucket", "queue", "efs",
 * "genomics".
 */
final class WordSearch {
  private static final int MOST_SERVICES = 3;
  private static final int MOST_CHOICES = 8;
  private static final int MANY = 2;

  /** A task that only makes sense beside another word, and whose description fits anything. */
  private static final String ENCRYPTED = ":Encrypted";

  private static final Set<String> READING =
      Set.of("read", "get", "fetch", "download", "load", "list", "look", "see", "view", "receive");
  private static final Set<String> WRITING =
      Set.of(
          "write", "put", "save", "store", "upload", "send", "publish", "delete", "remove",
          "change", "update", "create", "add", "append");
  private static final Set<String> EVERYTHING = Set.of("everything", "full", "admin", "manage");
  private static final Set<String> SAYING_NOTHING =
      Set.of(
          "a", "an", "the", "and", "or", "of", "to", "from", "in", "into", "on", "with", "for",
          "my", "our", "its", "some", "all", "it", "them", "use", "aws", "amazon", "access");

  private final Vocabulary vocabulary;
  private final Map<String, Set<String>> services = new LinkedHashMap<>();
  private final List<Choice> jobs;

  WordSearch(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    for (String service : vocabulary.chosenServices()) {
      note(service, service);
      tokens(service).forEach(token -> note(token, service));
      for (String kind : vocabulary.kinds(service)) {
        tokens(kind).forEach(token -> note(token, service));
      }
    }
    lines("search.txt").map(line -> line.split(" ")).forEach(line -> note(line[0], line[1]));
    jobs = lines("jobs.txt").map(WordSearch::job).toList();
  }

  private void note(String token, String service) {
    services.computeIfAbsent(token, unseen -> new LinkedHashSet<>()).add(service);
  }

  /**
   * What may have been meant.
   *
   * @param name a word, or a job
   * @param does what it is for
   * @param words the words to ask for
   */
  record Choice(String name, String does, List<String> words) {
    static Choice of(Entry word) {
      return new Choice(word.name(), word.does(), List.of(word.name()));
    }
  }

  /** Returns what may have been meant, likeliest first; nothing if no word of it is known. */
  List<Choice> find(String text) {
    List<String> tokens = tokens(text);
    List<String> named =
        Stream.concat(Stream.of(text.strip()), tokens.stream())
            .flatMap(token -> vocabulary.service(token).stream())
            .distinct()
            .toList();
    if (tokens.size() == 1 && named.size() == 1) {
      return vocabulary.words(named.get(0)).stream().map(Choice::of).toList();
    }
    Collection<String> likely = likeliest(tokens, named);
    List<Entry> words =
        (likely.isEmpty() ? byKind(tokens) : likely)
            .stream().flatMap(service -> words(service, tokens).stream()).toList();
    List<Choice> found = new ArrayList<>();
    words.stream().filter(word -> isNamed(word, tokens)).map(Choice::of).forEach(found::add);
    found.addAll(jobs(tokens, MANY, Integer.MAX_VALUE));
    words.stream().filter(word -> !isNamed(word, tokens)).map(Choice::of).forEach(found::add);
    // What is about a job in one word only, as "queue", is rather about a service.
    found.addAll(jobs(tokens, 1, MANY - 1));
    return found.subList(0, Math.min(found.size(), MOST_CHOICES));
  }

  /** Returns whether a task is called by its name, as {@code ecr:Pull} in "pull images". */
  private static boolean isNamed(Entry word, List<String> tokens) {
    String task = word.name().substring(word.service().length() + 1);
    return word.isTask() && tokens.contains(task.toLowerCase(Locale.ROOT));
  }

  /** Returns a question about what was misspelt, or nothing if nothing is near to it. */
  String suggestion(String text) {
    Set<String> known = new TreeSet<>(services.keySet());
    known.addAll(vocabulary.services());
    known.addAll(vocabulary.otherNames().keySet());
    return tokens(text).stream()
        .filter(token -> !known.contains(token))
        .map(token -> Nearest.question(token, known))
        .filter(question -> !question.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Returns the services that most of the tokens are about. */
  private Collection<String> likeliest(List<String> tokens, List<String> named) {
    Map<String, Integer> scores = new LinkedHashMap<>();
    named.forEach(service -> scores.merge(service, 2, Integer::sum));
    for (String token : new LinkedHashSet<>(tokens)) {
      services
          .getOrDefault(token, Set.of())
          .forEach(service -> scores.merge(service, 1, Integer::sum));
    }
    int most = scores.values().stream().max(Comparator.naturalOrder()).orElse(0);
    return scores.keySet().stream()
        .filter(service -> scores.get(service) == most)
        .limit(MOST_SERVICES)
        .toList();
  }

  /** Returns services of all that AWS has, whose name or resources one of the tokens is in. */
  private List<String> byKind(List<String> tokens) {
    List<String> nouns = tokens.stream().filter(token -> !isVerb(token)).toList();
    return vocabulary.services().stream()
        .filter(
            service ->
                Stream.concat(Stream.of(service), vocabulary.kinds(service).stream())
                    .anyMatch(
                        kind ->
                            kind.replace("-", "").equals(String.join("", nouns))
                                || nouns.stream().anyMatch(tokens(kind)::contains)))
        .limit(MOST_SERVICES)
        .toList();
  }

  private List<Entry> words(String service, List<String> tokens) {
    boolean reads = tokens.stream().anyMatch(READING::contains);
    boolean writes = tokens.stream().anyMatch(WRITING::contains);
    boolean all = tokens.stream().anyMatch(EVERYTHING::contains);
    boolean open = !reads && !writes && !all;
    return vocabulary.words(service).stream()
        .filter(
            word ->
                word.isTask()
                    ? fits(word, tokens, open)
                    : switch (word.name().substring(service.length() + 1)) {
                      case "ReadOnly" -> open || (reads && !writes);
                      case "WriteOnly" -> open || (writes && !reads);
                      case "ReadWrite" -> open || writes;
                      default -> all;
                    })
        .toList();
  }

  private static boolean fits(Entry task, List<String> tokens, boolean open) {
    if (task.name().endsWith(ENCRYPTED)) {
      return tokens.stream().anyMatch(token -> token.startsWith("encr") || token.equals("key"));
    }
    Set<String> does = new TreeSet<>(tokens(task.name() + " " + task.does()));
    return open || tokens.stream().anyMatch(does::contains);
  }

  /** Returns the jobs in whose names most of what was typed is, and so many words of it. */
  private List<Choice> jobs(List<String> tokens, int least, int most) {
    Set<String> nouns = new LinkedHashSet<>(tokens);
    nouns.removeIf(WordSearch::isVerb);
    return jobs.stream()
        .filter(
            job -> {
              Set<String> name = new TreeSet<>(tokens(job.name()));
              long common = nouns.stream().filter(name::contains).count();
              return 2 * common > nouns.size() && common >= least && common <= most;
            })
        .toList();
  }

  private static boolean isVerb(String token) {
    return READING.contains(token) || WRITING.contains(token) || EVERYTHING.contains(token);
  }

  /** Returns the words of a text in lower case and the singular, without those that say nothing. */
  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    for (String token : Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))) {
      if (!token.isEmpty() && !SAYING_NOTHING.contains(token)) {
        tokens.add(singular(token));
      }
    }
    return tokens;
  }

  private static String singular(String token) {
    if (token.endsWith("ies") && token.length() > 4) {
      return token.substring(0, token.length() - 3) + "y";
    }
    boolean isPlural =
        token.length() > 3 && token.endsWith("s") && !token.endsWith("ss") && !token.endsWith("is");
    return isPlural ? token.substring(0, token.length() - 1) : token;
  }

  private static Choice job(String line) {
    int bar = line.indexOf(" | ");
    List<String> words = new ArrayList<>();
    Json.read(line.substring(bar + 3), "jobs.txt")
        .path("policies")
        .forEach(word -> words.add(word.asText()));
    return new Choice(line.substring(0, bar), String.join(", ", words), words);
  }

  private static Stream<String> lines(String file) {
    try (InputStream data = WordSearch.class.getResourceAsStream(file);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(data, StandardCharsets.UTF_8))) {
      return reader.lines().toList().stream();
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }
}
