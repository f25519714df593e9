package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import spawn.error.Problems;
import spawn.error.Work;
import spawn.payload.Quote;

/**
 * The words of {@code policies} and the {@code resources} to which they are bound.
 *
 * <p>Resources bind all words of their service; words of other services stay as wide as they are.
 */
final class PolicyWords {
  /** Words of so many actions, as all are that were chosen by hand, take next to no work. */
  private static final int FEW_ACTIONS = 50;

  /**
   * What an action of a larger word takes until it is written and judged, in steps of {@link Work}:
   * forty roles with EC2's ReadWrite take two thirds of what one payload may.
   */
  private static final long STEPS_FOR_AN_ACTION = 3_000;

  private final Templates known;
  private final Problems problems;
  private final WordGrants granted;
  private final Map<Word, String> asked = new LinkedHashMap<>();
  private final List<Scope> scopes = new ArrayList<>();
  private boolean wordsAreKnown = true;
  private boolean scopesAreKnown = true;

  PolicyWords(StackContext context, Templates known, Problems problems) {
    this.known = known;
    this.problems = problems;
    this.granted = new WordGrants(context, known);
  }

  /** Takes one word of {@code policies}. */
  void word(String word, String path) {
    known
        .named(word)
        .ifPresentOrElse(found -> asked.putIfAbsent(found, path), () -> unknown(word, path));
  }

  private void unknown(String word, String path) {
    int colon = word.indexOf(':');
    String service = colon < 0 ? "" : word.substring(0, colon).toLowerCase(Locale.ROOT);
    String problem =
        known.service(service).isPresent()
            ? "%s has no such level: the levels are %s."
                    .formatted(Quote.of(word), String.join(", ", Level.names()))
                + tasks(service)
            : "%s is not a policy: write service:Level, with the prefix of the service's actions, such as s3 or kinesis, and one of the levels %s."
                .formatted(Quote.of(word), String.join(", ", Level.names()));
    problems.add(path, () -> problem + problems.suggestion(() -> question(word)));
  }

  private String question(String word) {
    return known.nearest(word).stream()
        .map(" Did you mean \"%s\"?"::formatted)
        .findFirst()
        .orElse("");
  }

  private String tasks(String service) {
    Set<String> tasks =
        known.service(service).map(words -> words.tasks().keySet()).orElseGet(Set::of);
    return tasks.isEmpty()
        ? ""
        : " %s also has %s.".formatted(Quote.of(service), String.join(", ", new TreeSet<>(tasks)));
  }

  /** Returns the services of the words. */
  Collection<String> services() {
    Set<String> services = new TreeSet<>();
    for (Word word : asked.keySet()) {
      services.addAll(word.services());
    }
    return services;
  }

  /** Takes one entry of {@code resources}. */
  void scope(Scope scope) {
    scopes.add(scope);
  }

  /** Takes it that there are words that could not be read, so that any resource may be used. */
  void someWordsAreUnknown() {
    wordsAreKnown = false;
  }

  /** Takes it that there are resources that could not be read, so that no word lacks any. */
  void someScopesAreUnknown() {
    scopesAreKnown = false;
  }

  /** Returns what the words grant, after adding what is wrong between words and resources. */
  List<Grant> grants() {
    List<Scope> unused = new ArrayList<>();
    for (Scope scope : scopes) {
      if (wordsAreKnown && !isUsed(scope)) {
        unused.add(scope);
        problems.add(scope.path(), useless(scope));
      }
    }
    List<Grant> grants = new ArrayList<>();
    int characters = 0;
    for (Map.Entry<Word, String> word : asked.entrySet()) {
      List<Grant> ofWord = grants(word.getKey(), word.getValue(), unused);
      grants.addAll(ofWord);
      characters += characters(ofWord);
      problems.work().add(STEPS_FOR_AN_ACTION * Math.max(0, actions(ofWord) - FEW_ACTIONS));
      if (characters > SizeLimits.MAX_WRITTEN_CHARACTERS) {
        problems.add(
            word.getValue(),
            "%s and the words before it name more actions than any policy holds: together they have over %d characters, and a role's policy at most %d bytes. Ask for fewer services."
                .formatted(
                    word.getKey().name(),
                    SizeLimits.MAX_WRITTEN_CHARACTERS,
                    SizeLimits.MAX_INLINE_BYTES));
        return List.of();
      }
    }
    return grants;
  }

  private static long actions(List<Grant> grants) {
    return grants.stream().mapToLong(grant -> grant.statement().actions().patterns().size()).sum();
  }

  private static int characters(List<Grant> grants) {
    int characters = 0;
    for (Grant grant : grants) {
      for (Glob action : grant.statement().actions().patterns()) {
        characters += action.spelled().length();
      }
    }
    return characters;
  }

  private boolean isUsed(Scope scope) {
    for (Word word : asked.keySet()) {
      if (granted.uses(word, scope, scopes)) {
        return true;
      }
    }
    return false;
  }

  private String useless(Scope scope) {
    List<Word> words =
        asked.keySet().stream()
            .filter(word -> word.services().stream().anyMatch(scope.targets()::containsKey))
            .toList();
    return words.stream()
        .flatMap(word -> granted.missing(word, scope, scopes).stream())
        .findFirst()
        .map(missing -> "%s is not enough: %s".formatted(Quote.of(scope.text()), missing))
        .orElseGet(
            () ->
                "%s is not a kind of resource that %s can be bound to. Leave the resource out."
                    .formatted(Quote.of(scope.text()), words.get(0).name()));
  }

  private List<Grant> grants(Word word, String path, List<Scope> unused) {
    if (!scopesAreKnown && granted.isUnbound(word, scopes)) {
      return List.of(); // it may be bound to one of those, so it is not to be judged as unbound
    }
    Optional<ActionGroup> refused = granted.refused(word, scopes);
    if (refused.isPresent()) {
      String service = word.serviceOf(refused.get());
      problems.add(
          path,
          "%s never grants %s on every resource. Name some in \"resources\", for example %s."
              .formatted(
                  word.name(),
                  String.join(", ", word.actionsThatNeedResources()),
                  known.service(service).orElseThrow().example()));
      return List.of();
    }
    List<Statement> statements = granted.statements(word, scopes);
    boolean said = unused.stream().anyMatch(scope -> scope.binds().contains(word.service()));
    if (statements.isEmpty() && !word.groups().isEmpty() && !said && scopesAreKnown) {
      problems.add(
          path,
          "%s grants nothing on the resources of %s that the payload names. Leave the policy out, or name others."
              .formatted(word.name(), String.join(", ", word.services())));
    }
    return statements.stream().map(statement -> new Grant(path, statement)).toList();
  }

  /** Notes which words the stack does not let callers ask for. */
  void check(WordLimit limit) {
    asked.forEach((word, path) -> limit.check(word, path, problems));
  }

  /** Returns the JSON path of the entry of {@code resources} that names an ARN; or nothing. */
  Optional<String> origin(String arn) {
    return scopes.stream()
        .filter(
            scope ->
                scope.targets().values().stream()
                    .flatMap(byKind -> byKind.values().stream().flatMap(List::stream))
                    .anyMatch(target -> Glob.resource(target.arn()).toString().equals(arn)))
        .map(Scope::path)
        .findFirst();
  }

  /** Returns what the words themselves say is broad; what they grant is judged with the rest. */
  List<Warning> warnings() {
    List<Warning> warnings = new ArrayList<>();
    asked.forEach(
        (word, path) -> {
          if (word.isFullAccess()) {
            warnings.add(
                new Warning(
                    "FULL_ACCESS",
                    Severity.HIGH,
                    path,
                    word.name() + " grants more than any one job needs.",
                    "Ask for ReadOnly, WriteOnly or ReadWrite."));
          }
          if (word.groups().isEmpty()) {
            warnings.add(
                new Warning(
                    "NO_PERMISSIONS",
                    Severity.LOW,
                    path,
                    "%s grants nothing: AWS has no action of %s at this level."
                        .formatted(word.name(), word.service()),
                    "Ask for another level, or leave the policy out."));
          }
        });
    return warnings;
  }
}
