package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import spawn.error.Work;

/**
 * Takes from policies the actions that were granted and not used. Resources, conditions and denials
 * stay as they are, and so does whatever AWS does not track: what was used is still allowed
 * afterwards, and nothing is allowed that was not before.
 *
 * <p>A pattern of actions some of which were not used is written out, as far as the service
 * authorization reference that is built in knows the service's actions. An action that AWS has
 * added since, and does not track, is lost with the pattern.
 */
public final class Shrinking {
  /**
   * What is needed without a call of the role's own that AWS could tell of: a permission that
   * another call asks for, a connection that is no call, or a call that another service makes in
   * the role's name.
   */
  private static final List<Glob> NO_CALLS =
      PolicyData.lines("no-calls.txt").stream().map(Glob::action).toList();

  private final Usage usage;
  private final Map<String, SortedSet<String>> removed = new TreeMap<>();
  private final SortedSet<String> kept = new TreeSet<>();

  private Shrinking(Usage usage) {
    this.usage = usage;
  }

  /** Returns what is left of valid identity policies of one role, taken together. */
  public static Shrunk of(Collection<JsonNode> documents, Usage usage) {
    Shrinking shrinking = new Shrinking(usage);
    List<Statement> granted =
        documents.stream().flatMap(each -> PolicyDocument.statements(each).stream()).toList();
    List<Statement> left = granted.stream().flatMap(each -> shrinking.left(each).stream()).toList();
    return new Shrunk(granted, left, shrinking.removed, shrinking.kept);
  }

  private Optional<Statement> left(Statement statement) {
    if (!statement.allows()) {
      return Optional.of(statement);
    }
    Terms actions = statement.actions();
    Optional<List<Glob>> left =
        actions.inverted() ? leftOfAllBut(actions) : Optional.of(left(actions.patterns()));
    return left.isEmpty()
        ? Optional.of(statement)
        : left.filter(some -> !some.isEmpty())
            .map(
                some ->
                    new Statement(
                        statement.effect(),
                        new Terms(false, some),
                        statement.resources(),
                        statement.condition()));
  }

  private List<Glob> left(List<Glob> patterns) {
    return patterns.stream().flatMap(pattern -> left(pattern).stream()).distinct().toList();
  }

  private List<Glob> left(Glob pattern) {
    if (pattern.isEverything()) {
      List<Glob> all = services().stream().map(Shrinking::allOf).toList();
      List<Glob> left = left(all);
      return left.equals(all) ? List.of(pattern) : left;
    }
    String text = pattern.toString();
    String service = text.substring(0, Math.max(0, text.indexOf(':')));
    Optional<Usage.OfService> used = usage.of(service);
    if (used.isEmpty()) {
      kept.add("%s: AWS does not say whether it was used.".formatted(pattern));
      return List.of(pattern);
    }
    if (!used.get().used()) {
      return leftOfUnused(service, pattern);
    }
    if (used.get().actions().isEmpty()) {
      kept.add(
          "%s: it was used, and AWS does not say which of its actions were."
              .formatted(service + ":*"));
      return List.of(pattern);
    }
    return pattern.isWild()
        ? leftOfWild(service, pattern, used.get())
        : leftOf(service, List.of(action(pattern)), used.get());
  }

  private List<Glob> leftOfUnused(String service, Glob pattern) {
    List<Glob> left = new ArrayList<>();
    for (Glob withoutCall : NO_CALLS) {
      if (withoutCall.covers(pattern) || withoutCall.equals(pattern)) {
        left.add(pattern);
      } else if (pattern.covers(withoutCall)) {
        left.add(withoutCall);
      }
    }
    left.forEach(this::keepWithoutCall);
    if (!left.contains(pattern)) {
      remove(service, action(pattern));
    }
    return left;
  }

  private void keepWithoutCall(Glob action) {
    kept.add("%s: it may be needed without a call that AWS could tell of.".formatted(action));
  }

  /**
   * Returns whether an action is known to be unused. Tags are also given with the calls that make
   * something, which asks for the permission and is no call of its own.
   */
  private boolean isUnused(String service, String action, Usage.OfService used) {
    if (!used.lacks(action)) {
      return false;
    }
    Glob whole = Glob.action(service + ":" + action);
    boolean withoutCall =
        NO_CALLS.stream().anyMatch(each -> each.covers(whole) || each.equals(whole))
            || ServiceReference.of(service)
                .flatMap(reference -> reference.action(action))
                .filter(known -> known.access() == ServiceReference.Access.TAGGING)
                .isPresent();
    if (withoutCall) {
      keepWithoutCall(whole);
    }
    return !withoutCall;
  }

  private List<Glob> leftOf(String service, Collection<String> actions, Usage.OfService used) {
    List<Glob> left = new ArrayList<>();
    for (String action : actions) {
      if (isUnused(service, action, used)) {
        remove(service, action);
      } else {
        left.add(Glob.action(service + ":" + action));
      }
    }
    return left;
  }

  /** Writes a pattern out if some of what it names was not used. */
  private List<Glob> leftOfWild(String service, Glob pattern, Usage.OfService used) {
    Optional<ServiceReference> reference = ServiceReference.of(service);
    if (reference.isEmpty()) {
      kept.add("%s: spawn does not know the actions of the service.".formatted(pattern));
      return List.of(pattern);
    }
    Map<String, String> named = new TreeMap<>();
    reference
        .get()
        .matching(pattern, Work.unbounded())
        .forEach(action -> named.put(action.name().toLowerCase(Locale.ROOT), action.name()));
    used.actions().keySet().stream()
        .filter(action -> pattern.covers(Glob.action(service + ":" + action)))
        .forEach(action -> named.putIfAbsent(action, action));
    List<String> unused =
        named.values().stream().filter(action -> isUnused(service, action, used)).toList();
    if (unused.isEmpty()) {
      return List.of(pattern);
    }
    unused.forEach(action -> remove(service, action));
    List<String> left = new ArrayList<>(named.values());
    left.removeAll(unused);
    return shortened(left, reference.get(), pattern);
  }

  /** Shortens a list of actions, by patterns that name nothing that the first one does not. */
  private static List<Glob> shortened(
      List<String> actions, ServiceReference reference, Glob within) {
    List<Glob> shortened = new ArrayList<>();
    for (String shorter : ActionWildcards.shorten(actions, reference)) {
      Glob glob = Glob.action(reference.service() + ":" + shorter);
      if (!glob.isWild() || within.covers(glob)) {
        shortened.add(glob);
      } else {
        actions.stream()
            .map(action -> Glob.action(reference.service() + ":" + action))
            .filter(glob::covers)
            .forEach(shortened::add);
      }
    }
    return shortened;
  }

  /** Returns what is left of everything but some actions; nothing if all is. */
  private Optional<List<Glob>> leftOfAllBut(Terms exceptions) {
    Predicate<Glob> granted = exceptions.covering();
    List<Glob> all = new ArrayList<>();
    for (String service : services()) {
      if (exceptions.patterns().stream().noneMatch(each -> mayName(each, service))) {
        all.add(allOf(service));
      } else {
        ServiceReference.of(service).stream()
            .flatMap(reference -> reference.actions().stream())
            .map(action -> Glob.action(service + ":" + action.name()))
            .filter(granted)
            .forEach(all::add);
      }
    }
    List<Glob> left = left(all);
    return left.equals(all) ? Optional.empty() : Optional.of(left);
  }

  private static boolean mayName(Glob pattern, String service) {
    String text = pattern.toString();
    int colon = text.indexOf(':');
    String prefix = colon < 0 ? text : text.substring(0, colon);
    return prefix.equals(service) || prefix.indexOf('*') >= 0 || prefix.indexOf('?') >= 0;
  }

  private SortedSet<String> services() {
    SortedSet<String> services = new TreeSet<>(ServiceReference.services());
    services.addAll(usage.services().keySet());
    return services;
  }

  private static Glob allOf(String service) {
    return Glob.action(service + ":*");
  }

  /** Returns an action's name without the service, as it was written. */
  private static String action(Glob pattern) {
    return pattern.spelled().substring(pattern.spelled().indexOf(':') + 1);
  }

  private void remove(String service, String action) {
    removed.computeIfAbsent(service, unseen -> new TreeSet<>()).add(action);
  }
}
