package spawn.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import spawn.error.Problems;
import spawn.payload.Quote;

/**
 * The words of {@code policies} and the {@code resources} to which they are bound.
 *
 * <p>Resources bind all templates of their service; templates of other services stay as wide as
 * they are.
 */
final class PolicyWords {
  private final Templates known;
  private final Problems problems;
  private final Map<Template, String> asked = new LinkedHashMap<>();

  private final List<Scope> scopes = new ArrayList<>();
  private boolean wordsAreKnown = true;
  private boolean scopesAreKnown = true;

  PolicyWords(Templates known, Problems problems) {
    this.known = known;
    this.problems = problems;
  }

  /** Takes one word of {@code policies}. */
  void word(String word, String path) {
    known
        .named(word)
        .ifPresentOrElse(
            template -> asked.putIfAbsent(template, path),
            () -> problems.add(path, () -> unknown(word)));
  }

  private String unknown(String word) {
    int colon = word.indexOf(':');
    String service = colon < 0 ? word : word.substring(0, colon);
    List<String> services = List.copyOf(known.services().keySet());
    boolean isService = colon >= 0 && services.stream().anyMatch(service::equalsIgnoreCase);
    String problem =
        isService
            ? "%s has no such level: the levels are %s."
                .formatted(Quote.of(word), String.join(", ", Level.names()))
            : "%s is not a policy: write service:Level, with one of the services %s and one of the levels %s."
                .formatted(
                    Quote.of(word), String.join(", ", services), String.join(", ", Level.names()));
    return problem + problems.suggestion(() -> question(word));
  }

  private String question(String word) {
    return known.nearest(word).stream()
        .map(" Did you mean \"%s\"?"::formatted)
        .findFirst()
        .orElse("");
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

  /** Returns what the templates grant, after adding what is wrong between words and resources. */
  List<Grant> grants() {
    if (wordsAreKnown) {
      scopes.forEach(this::checkUsed);
    }
    List<Grant> grants = new ArrayList<>();
    asked.forEach((template, path) -> grants.addAll(grants(template, path)));
    return grants;
  }

  private void checkUsed(Scope scope) {
    List<Template> ofService =
        asked.keySet().stream()
            .filter(template -> template.service().equals(scope.service()))
            .toList();
    if (ofService.isEmpty()) {
      problems.add(
          scope.path(),
          "%s is a resource of %s, but no entry of \"policies\" names that service. Add one such as \"%s:ReadOnly\", or leave the resource out."
              .formatted(Quote.of(scope.text()), scope.service(), scope.service()));
    } else if (ofService.stream()
        .noneMatch(template -> template.kinds().stream().anyMatch(scope.arns()::containsKey))) {
      problems.add(
          scope.path(),
          "%s is not a kind of resource that %s can be bound to. Leave the resource out."
              .formatted(Quote.of(scope.text()), ofService.get(0).name()));
    }
  }

  private List<Grant> grants(Template template, String path) {
    List<Scope> own =
        scopes.stream().filter(scope -> scope.service().equals(template.service())).toList();
    if (own.isEmpty() && !scopesAreKnown) {
      return List.of(); // it may be bound to one of those, so it is not to be judged as unbound
    }
    if (own.isEmpty() && template.needsResources()) {
      problems.add(
          path,
          "%s never grants %s on every resource. Name some in \"resources\", for example %s."
              .formatted(
                  template.name(),
                  String.join(", ", template.actionsThatNeedResources()),
                  known.services().get(template.service()).example()));
      return List.of();
    }
    List<Grant> grants = new ArrayList<>();
    for (ActionGroup group : template.groups()) {
      List<String> resources = own.isEmpty() ? List.of("*") : resources(group, own);
      if (!resources.isEmpty()) {
        grants.add(new Grant(path, group.on(template.service(), resources)));
      }
    }
    if (grants.isEmpty() && scopesAreKnown) {
      problems.add(
          path,
          "%s grants nothing on the resources of %s that the payload names. Leave the policy out, or name others."
              .formatted(template.name(), template.service()));
    }
    return grants;
  }

  private static List<String> resources(ActionGroup group, List<Scope> scopes) {
    return switch (group.scoped()) {
      case KEEP -> List.of("*");
      case DROP -> List.of();
      case BIND ->
          List.copyOf(
              new TreeSet<>(
                  scopes.stream()
                      .flatMap(
                          scope ->
                              group.on().stream()
                                  .flatMap(
                                      kind -> scope.arns().getOrDefault(kind, List.of()).stream()))
                      .toList()));
    };
  }

  /** Returns what the words themselves say is broad; what they grant is judged with the rest. */
  List<Warning> warnings() {
    List<Warning> warnings = new ArrayList<>();
    asked.forEach(
        (template, path) -> {
          if (template.level() == Level.FULL_ACCESS) {
            warnings.add(
                new Warning(
                    "FULL_ACCESS",
                    Severity.HIGH,
                    path,
                    template.name() + " grants more than any one job needs.",
                    "Ask for ReadOnly, WriteOnly or ReadWrite."));
          }
        });
    return warnings;
  }
}
