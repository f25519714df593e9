package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import spawn.policy.ActionGroup.Scoped;

/**
 * Hints at words: where statements grant exactly what a word does, and where a managed policy is
 * attached whose usual job a word does with less.
 */
final class WordHints {
  private static final String OF_AWS = ":iam::aws:policy/";

  private final Templates templates;

  WordHints(Templates templates) {
    this.templates = templates;
  }

  /** Which word does the job of a managed policy, read when the first payload names one. */
  private static final class Words {
    static final Map<String, String> OF_POLICIES = new HashMap<>();

    static {
      for (String line : PolicyData.lines("managed-policy-words.txt")) {
        int space = line.indexOf(' ');
        OF_POLICIES.put(line.substring(0, space), line.substring(space + 1));
      }
    }
  }

  /** Returns the word for each managed policy for which there is one. */
  static Map<String, String> ofPolicies() {
    return Map.copyOf(Words.OF_POLICIES);
  }

  /** Returns the hints about {@code managedPolicies}; what is wrong in it is not looked at. */
  List<Warning> ofManagedPolicies(Reading reading) {
    List<Warning> hints = new ArrayList<>();
    JsonNode list = reading.field("managedPolicies").orElse(null);
    for (int index = 0; list != null && index < list.size(); index++) {
      String policy = list.path(index).asText();
      String name = ManagedPolicies.name(policy);
      String word =
          policy.equals(name) || policy.contains(OF_AWS) ? Words.OF_POLICIES.get(name) : null;
      if (word != null) {
        hints.add(
            hint(
                reading.path("managedPolicies") + "[" + index + "]",
                "%s does the usual job of the managed policy %s, and grants less."
                    .formatted(word, name),
                word));
      }
    }
    return hints;
  }

  /** Returns the hints about statements of the payload. */
  List<Warning> ofStatements(List<Grant> grants) {
    if (grants.isEmpty()) {
      return List.of();
    }
    Map<String, Warning> hints = new LinkedHashMap<>();
    Map<String, List<Grant>> byService = new LinkedHashMap<>();
    for (Grant grant : grants) {
      if (isPlain(grant.statement())) {
        Set<String> actions = actions(grant.statement());
        exactly(actions, services(actions))
            .ifPresent(
                word ->
                    hints.put(
                        grant.path(),
                        hint(
                            grant.path(),
                            "The statement grants what the word %s does.".formatted(word),
                            word)));
        services(actions)
            .forEach(
                service ->
                    byService.computeIfAbsent(service, unseen -> new ArrayList<>()).add(grant));
      }
    }
    byService.forEach(
        (service, of) -> {
          Set<String> actions =
              of.stream()
                  .flatMap(grant -> actions(grant.statement()).stream())
                  .filter(action -> service(action).equals(service))
                  .collect(Collectors.toCollection(TreeSet::new));
          if (of.size() > 1 && of.stream().map(Grant::path).noneMatch(hints::containsKey)) {
            exactly(actions, Set.of(service))
                .ifPresent(
                    word ->
                        hints.put(
                            of.get(0).path(),
                            hint(
                                of.get(0).path(),
                                "This statement and others grant of %s what the word %s does."
                                    .formatted(service, word),
                                word)));
          }
        });
    return List.copyOf(hints.values());
  }

  private static boolean isPlain(Statement statement) {
    return statement.allows()
        && statement.condition().isEmpty()
        && !statement.resources().inverted()
        && !statement.listedActions().isEmpty()
        && statement.listedActions().stream().noneMatch(Glob::isWild);
  }

  private static Set<String> actions(Statement statement) {
    return statement.listedActions().stream()
        .map(Glob::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> services(Set<String> actions) {
    return actions.stream().map(WordHints::service).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String service(String action) {
    return action.substring(0, Math.max(action.indexOf(':'), 0));
  }

  /** Returns the word of one of the services that grants exactly these actions, if any does. */
  private Optional<String> exactly(Set<String> actions, Set<String> services) {
    return services.stream()
        .flatMap(service -> templates.chosen(service).stream().flatMap(of -> words(service, of)))
        .filter(
            word ->
                actions.equals(actions(word, group -> true))
                    || actions.equals(actions(word, group -> group.scoped() != Scoped.DROP)))
        .map(Word::name)
        .findFirst();
  }

  private static Stream<Word> words(String service, ServiceTemplates of) {
    return Stream.concat(
        of.tasks(service).stream(),
        Arrays.stream(Level.values())
            .filter(level -> level != Level.FULL_ACCESS)
            .map(level -> of.template(service, level)));
  }

  /** Returns the actions of a word that no condition limits, in lower case. */
  private static Set<String> actions(Word word, Predicate<ActionGroup> which) {
    return word.groups().stream()
        .filter(which)
        .filter(group -> group.condition().isEmpty())
        .flatMap(
            group -> group.actions().stream().map(action -> word.serviceOf(group) + ":" + action))
        .map(action -> action.toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Warning hint(String path, String message, String word) {
    return new Warning(
        "WORD_WOULD_DO",
        Severity.LOW,
        path,
        message,
        "Write \"%s\" in \"policies\", and name in \"resources\" what it is for.".formatted(word));
  }
}
