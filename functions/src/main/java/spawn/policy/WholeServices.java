package spawn.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.error.Work;

/** Finds services that statements grant as a whole together, although none does alone. */
final class WholeServices {
  /** Fewer actions than this are no more than a job may need, even if the service has no others. */
  private static final int MANY_ACTIONS = 10;

  /** A pattern of every action, or of every one of a service. */
  private static final Pattern ALL_ACTIONS = Pattern.compile("\\*|[^:]*:[*?]*\\*[*?]*");

  private final Templates templates;

  WholeServices(Templates templates) {
    this.templates = templates;
  }

  /** Returns the actions of FullAccess where they are fewer than all of the service. */
  private List<Glob> fullAccess(String service) {
    List<Glob> all =
        templates.chosen(service).stream()
            .flatMap(words -> words.template(service, Level.FULL_ACCESS).groups().stream())
            .flatMap(group -> group.actions().stream())
            .map(action -> Glob.action(service + ":" + action))
            .toList();
    return all.stream().anyMatch(Glob::isWild) ? List.of() : all;
  }

  /** Returns whether a pattern of actions is every one, or every one of a service. */
  static boolean isEveryAction(String pattern) {
    return ALL_ACTIONS.matcher(pattern).matches();
  }

  /**
   * A service that is granted as a whole.
   *
   * @param code the code of the finding
   * @param actions what grants it
   * @param path the path of the last statement that does
   */
  record Whole(String code, List<String> actions, String path) {}

  /** Returns the services that are granted as a whole. */
  List<Whole> in(List<Grant> allowed, Work work) {
    Map<String, Together> services = new TreeMap<>();
    for (Grant grant : allowed) {
      for (Glob action : grant.statement().listedActions()) {
        String text = action.toString();
        services
            .computeIfAbsent(text.substring(0, Math.max(text.indexOf(':'), 0)), Together::new)
            .add(action, grant.path());
      }
    }
    return services.values().stream().flatMap(service -> service.whole(work)).toList();
  }

  /** What all statements grant of one service. */
  private final class Together {
    private final String service;
    private final List<Glob> plain = new ArrayList<>();
    private final List<Glob> wild = new ArrayList<>();
    private String path;

    Together(String service) {
      this.service = service;
    }

    void add(Glob action, String askedAt) {
      (action.isWild() ? wild : plain).add(action);
      path = askedAt;
    }

    Stream<Whole> whole(Work work) {
      return Stream.concat(fullAccessByName(work), everyActionByWildcards(work));
    }

    private Stream<Whole> fullAccessByName(Work work) {
      List<Glob> all = fullAccess(service);
      Set<Glob> named = Set.copyOf(plain);
      return !all.isEmpty()
              && all.stream()
                  .allMatch(
                      action ->
                          named.contains(action)
                              || wild.stream().anyMatch(pattern -> pattern.covers(action, work)))
          ? Stream.of(new Whole("FULL_ACCESS", List.of(service + ":" + Level.FULL_ACCESS), path))
          : Stream.empty();
    }

    private Stream<Whole> everyActionByWildcards(Work work) {
      if (wild.size() < 2) {
        return Stream.empty();
      }
      return ServiceReference.of(service)
          .filter(reference -> reference.actions().size() > MANY_ACTIONS)
          .filter(
              reference ->
                  wild.stream()
                          .flatMap(pattern -> reference.matching(pattern, work))
                          .distinct()
                          .count()
                      == reference.actions().size())
          .map(
              whole ->
                  new Whole("WILDCARD_ACTIONS", wild.stream().map(Glob::toString).toList(), path))
          .stream();
    }
  }
}
