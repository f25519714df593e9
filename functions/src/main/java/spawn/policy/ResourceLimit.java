package spawn.policy;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import spawn.error.Problems;
import spawn.error.Work;
import spawn.payload.Quote;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;

/**
 * The resources that the parameter {@code AllowedResources} lets callers reach: whatever a
 * statement allows, of a word, of the payload's own or for {@code assumeRoles}, must lie within one
 * of its patterns, whichever way it is written.
 *
 * <p>An action that only reads and that AWS gives no resource, such as {@code
 * ec2:DescribeInstances}, can only be granted on {@code *} and reaches no single resource, so it
 * may be. One that writes may not: it changes the account. Nor may {@code NotResource}, unless
 * everything is allowed.
 *
 * @param patterns what the parameter lists, as IAM reads resources; any is allowed if it lists
 *     nothing
 */
record ResourceLimit(List<String> patterns) {
  private static final String EVERYTHING = "*";

  private static final Set<Access> READS = EnumSet.of(Access.LIST, Access.READ);

  /** Returns whether callers may reach any resource. */
  boolean isOpen() {
    return patterns.isEmpty();
  }

  /**
   * Notes what grants reach that must not be reached.
   *
   * @param origin returns the JSON path of the entry that names a resource of a grant; nothing
   *     where the grant's own path says it
   */
  void check(
      List<Grant> grants,
      Function<String, Optional<String>> origin,
      StackContext context,
      Problems problems) {
    if (isOpen()) {
      return;
    }
    List<Glob> allowed =
        patterns.stream().map(pattern -> Glob.resource(Arn.writtenOut(pattern))).toList();
    Map<String, Set<String>> reached = new LinkedHashMap<>();
    Map<String, Set<String>> onEverything = new LinkedHashMap<>();
    for (Grant grant : grants) {
      Statement statement = grant.statement();
      if (statement.allows() && !problems.concern(grant.path())) {
        for (String outside : outside(statement, allowed, context, problems.work())) {
          if (outside.equals(EVERYTHING)) {
            add(onEverything, grant.path(), actions(statement));
          } else {
            add(reached, origin.apply(outside).orElse(grant.path()), List.of(Quote.of(outside)));
          }
        }
      }
    }
    onEverything.forEach(
        (path, actions) ->
            problems.add(
                path,
                "Grants %s on every resource, but this stack allows only these (AllowedResources): %s."
                    .formatted(shown(actions), PolicyLimits.shown(patterns))));
    reached.forEach(
        (path, resources) ->
            problems.add(
                path,
                "Reaches %s, which is not within the resources that this stack allows (AllowedResources): %s."
                    .formatted(shown(resources), PolicyLimits.shown(patterns))));
  }

  private static void add(Map<String, Set<String>> byPath, String path, List<String> more) {
    byPath.computeIfAbsent(path, unseen -> new TreeSet<>()).addAll(more);
  }

  private static String shown(Set<String> texts) {
    return PolicyLimits.shown(List.copyOf(texts));
  }

  private static List<String> actions(Statement statement) {
    return statement.actions().inverted()
        ? List.of("all actions but some")
        : statement.listedActions().stream().map(Glob::spelled).toList();
  }

  /** Returns the resources of a statement that are not within the allowed ones. */
  private static List<String> outside(
      Statement statement, List<Glob> allowed, StackContext context, Work work) {
    if (allowed.stream().anyMatch(Glob::isEverything)) {
      return List.of();
    }
    if (statement.resources().inverted()) {
      return List.of(EVERYTHING);
    }
    Set<String> outside = new TreeSet<>();
    for (Glob resource : statement.resources().patterns()) {
      Glob here = here(resource, context);
      if (allowed.stream().noneMatch(each -> each.covers(here, work))) {
        outside.add(resource.toString());
      }
    }
    if (outside.contains(EVERYTHING) && onlyReadsNoResource(statement, work)) {
      outside.remove(EVERYTHING);
    }
    return List.copyOf(outside);
  }

  /** Returns a resource of any partition as one of the stack's: none of another can be reached. */
  private static Glob here(Glob resource, StackContext context) {
    Arn arn = Arn.of(resource.toString());
    return arn.isWhole() && Arn.isOpen(arn.partition())
        ? Glob.resource(
            "arn:"
                + context.partition()
                + resource.toString().substring(("arn:" + arn.partition()).length()))
        : resource;
  }

  private static boolean onlyReadsNoResource(Statement statement, Work work) {
    return !statement.actions().inverted()
        && statement.actions().patterns().stream().allMatch(each -> readsNoResource(each, work));
  }

  /** Returns whether all actions that a pattern names read and take no resource. */
  private static boolean readsNoResource(Glob pattern, Work work) {
    String text = pattern.toString();
    int colon = text.indexOf(':');
    Optional<ServiceReference> service =
        colon < 0 ? Optional.empty() : ServiceReference.of(text.substring(0, colon));
    List<Action> named = service.map(of -> of.matching(pattern, work).toList()).orElse(List.of());
    return !named.isEmpty()
        && named.stream()
            .allMatch(action -> action.accepts().isEmpty() && READS.contains(action.access()));
  }
}
