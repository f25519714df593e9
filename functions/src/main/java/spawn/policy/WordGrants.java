package spawn.policy;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import spawn.policy.ActionGroup.Unscoped;

/** Makes statements of a word and of the resources to which it is bound. */
final class WordGrants {
  private final StackContext context;
  private final Templates known;

  WordGrants(StackContext context, Templates known) {
    this.context = context;
    this.known = known;
  }

  /** What statements of actions that belong together share. */
  private record On(String service, Condition condition, SortedSet<String> arns) {}

  /** Returns a group of a word for which the payload must name resources and does not, if any. */
  Optional<ActionGroup> refused(Word word, List<Scope> scopes) {
    for (ActionGroup group : word.groups()) {
      if (group.unscoped() == Unscoped.REFUSE && !isBound(word.serviceOf(group), scopes)) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }

  /** Returns whether no entry binds any of the word's services. */
  boolean isUnbound(Word word, List<Scope> scopes) {
    return word.services().stream().noneMatch(service -> isBound(service, scopes));
  }

  private static boolean isBound(String service, List<Scope> scopes) {
    for (Scope scope : scopes) {
      if (scope.binds().contains(service)) {
        return true;
      }
    }
    return false;
  }

  /** Returns what the word grants, none if it grants nothing on these resources. */
  List<Statement> statements(Word word, List<Scope> scopes) {
    List<Statement> statements = new ArrayList<>();
    Map<On, List<String>> derived = new LinkedHashMap<>();
    for (ActionGroup group : word.groups()) {
      String service = word.serviceOf(group);
      for (On on : on(service, group, targets(service, group, scopes))) {
        if (isDerived(service)) {
          derived.computeIfAbsent(on, unseen -> new ArrayList<>()).addAll(group.actions());
        } else {
          statements.add(statement(on, group.actions()));
        }
      }
    }
    for (Map.Entry<On, List<String>> on : derived.entrySet()) {
      statements.add(statement(on.getKey(), shortened(on.getKey(), on.getValue())));
    }
    return statements;
  }

  private boolean isDerived(String service) {
    return known.service(service).orElseThrow().derived();
  }

  private static List<String> shortened(On on, List<String> actions) {
    return actions.contains("*")
        ? actions
        : ActionWildcards.shorten(actions, ServiceReference.of(on.service()).orElseThrow());
  }

  private static Statement statement(On on, Collection<String> actions) {
    List<String> named = new ArrayList<>();
    for (String action : actions) {
      named.add(on.service() + ":" + action);
    }
    return Statement.allow(named, List.copyOf(on.arns()), on.condition());
  }

  private static Collection<On> on(String service, ActionGroup group, List<Target> targets) {
    Map<Condition, On> on = new LinkedHashMap<>();
    for (Target target : targets) {
      Condition condition = both(group.condition(), target.condition());
      on.putIfAbsent(condition, new On(service, condition, new TreeSet<>()));
      on.get(condition).arns().add(target.arn());
    }
    return on.values();
  }

  /** Returns the condition that holds where both hold; they are about different keys. */
  private static Condition both(Condition one, Condition other) {
    if (other.isEmpty()) {
      return one;
    }
    SortedMap<String, SortedMap<String, List<String>>> operators = new TreeMap<>(one.operators());
    other
        .operators()
        .forEach(
            (operator, keys) -> {
              SortedMap<String, List<String>> merged = new TreeMap<>(keys);
              merged.putAll(operators.getOrDefault(operator, new TreeMap<>()));
              operators.put(operator, merged);
            });
    return new Condition(operators);
  }

  private List<Target> targets(String service, ActionGroup group, List<Scope> scopes) {
    if (!group.to().isEmpty()) {
      return group.to().stream().map(arn -> new Target(inStack(arn), Condition.NONE)).toList();
    }
    if (!isBound(service, scopes)) {
      return group.unscoped() == Unscoped.GRANT ? List.of(Target.EVERYTHING) : List.of();
    }
    return switch (group.scoped()) {
      case KEEP -> List.of(Target.EVERYTHING);
      case DROP -> List.of();
      case BIND ->
          unmet(service, group, scopes).isEmpty() ? named(service, group.on(), scopes) : List.of();
    };
  }

  private String inStack(String arn) {
    return arn.replace("PARTITION", context.partition())
        .replace("REGION", context.region())
        .replace("ACCOUNT", context.account());
  }

  private static List<Target> named(String service, List<String> kinds, List<Scope> scopes) {
    List<Target> named = new ArrayList<>();
    for (Scope scope : scopes) {
      named.addAll(scope.of(service, kinds));
    }
    return named;
  }

  /** Returns the lists of kinds of which the payload names none, although the actions need one. */
  private static List<List<String>> unmet(String service, ActionGroup group, List<Scope> scopes) {
    if (group.needs().isEmpty()) {
      return List.of();
    }
    List<List<String>> unmet = new ArrayList<>();
    for (List<String> kinds : group.needs()) {
      if (named(service, kinds, scopes).isEmpty()) {
        unmet.add(kinds);
      }
    }
    return unmet;
  }

  /** Returns whether some of the word is granted on what an entry names. */
  boolean uses(Word word, Scope scope, List<Scope> scopes) {
    for (ActionGroup group : word.groups()) {
      String service = word.serviceOf(group);
      if (scope.names(service, group.on()) && unmet(service, group, scopes).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Returns what else the payload would have to name for the entry to be of use, as a sentence. */
  Optional<String> missing(Word word, Scope scope, List<Scope> scopes) {
    return word.groups().stream()
        .filter(group -> !scope.of(word.serviceOf(group), group.on()).isEmpty())
        .findFirst()
        .map(
            group ->
                "%s also needs %s among the resources."
                    .formatted(
                        group.actions().get(0),
                        unmet(word.serviceOf(group), group, scopes).stream()
                            .map(kinds -> "a " + String.join(" or ", kinds))
                            .collect(joining(", "))));
  }
}
