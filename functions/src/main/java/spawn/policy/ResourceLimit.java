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
import spawn.payload.ParameterList;
import spawn.payload.Quote;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;

/**
 * The resources that the parameter {@code AllowedResources} lets callers reach: whatever a
 * statement allows, of a word, of the payload's own or for {@code assumeRoles}, must lie within one
 * of its ARNs, whichever way it is written.
 *
 * <p>An action that only reads and that AWS gives no resource, such as {@code
 * ec2:DescribeInstances}, can only be granted on {@code *} and reaches no single resource, so it
 * may be. One that writes changes the account, and may be only if the parameter lists the action
 * itself. {@code NotResource} is within nothing but {@code *}.
 *
 * <p>A wildcard before the last part is within a wildcard only, also that of a partition: "If the *
 * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
 * boundaries" (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html">Resource</a>).
 *
 * @param entries what the parameter lists: ARNs, as IAM reads resources, and actions; anything is
 *     allowed if it lists nothing
 */
record ResourceLimit(List<String> entries) {
  private static final String EVERYTHING = "*";

  private static final Set<Access> READS = EnumSet.of(Access.LIST, Access.READ);

  /** Returns whether callers may reach any resource. */
  boolean isOpen() {
    return entries.isEmpty();
  }

  /**
   * Notes what grants reach that must not be reached.
   *
   * @param origin returns the JSON path of the entry that names a resource of a grant; nothing
   *     where the grant's own path says it
   */
  void check(List<Grant> grants, Function<String, Optional<String>> origin, Problems problems) {
    if (isOpen()) {
      return;
    }
    List<Glob> allowed =
        entries.stream()
            .filter(entry -> !isAction(entry))
            .map(pattern -> Glob.resource(Arn.writtenOut(pattern)))
            .toList();
    Map<String, Set<String>> reached = new LinkedHashMap<>();
    Map<String, Set<String>> onEverything = new LinkedHashMap<>();
    for (Grant grant : grants) {
      Statement statement = grant.statement();
      if (statement.allows() && !problems.concern(grant.path())) {
        for (String outside : outside(statement, allowed, problems.work())) {
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
                    .formatted(shown(actions), ParameterList.shown(entries))));
    reached.forEach(
        (path, resources) ->
            problems.add(
                path,
                "Reaches %s. That is outside the resources that this stack allows (AllowedResources): %s."
                    .formatted(shown(resources), ParameterList.shown(entries))));
  }

  private static void add(Map<String, Set<String>> byPath, String path, List<String> more) {
    byPath.computeIfAbsent(path, unseen -> new TreeSet<>()).addAll(more);
  }

  private static String shown(Set<String> texts) {
    return ParameterList.shown(List.copyOf(texts));
  }

  private static List<String> actions(Statement statement) {
    return statement.actions().inverted()
        ? List.of("all actions but some")
        : statement.listedActions().stream().map(Glob::spelled).toList();
  }

  /** Returns the resources of a statement that are not within the allowed ones. */
  private List<String> outside(Statement statement, List<Glob> allowed, Work work) {
    if (allowed.stream().anyMatch(Glob::isEverything)) {
      return List.of();
    }
    if (statement.resources().inverted()) {
      return List.of(EVERYTHING);
    }
    Set<String> outside = new TreeSet<>();
    for (Glob resource : statement.resources().patterns()) {
      if (allowed.stream().noneMatch(each -> each.covers(resource, work))) {
        outside.add(resource.toString());
      }
    }
    if (outside.contains(EVERYTHING) && mayBeOnEverything(statement, work)) {
      outside.remove(EVERYTHING);
    }
    return List.copyOf(outside);
  }

  private boolean mayBeOnEverything(Statement statement, Work work) {
    List<Glob> listed = entries.stream().filter(ResourceLimit::isAction).map(Glob::action).toList();
    return !statement.actions().inverted()
        && statement.actions().patterns().stream()
            .allMatch(pattern -> isListed(pattern, listed) || areHarmless(pattern, listed, work));
  }

  /** Returns whether all actions that a pattern names read and take no resource, or are listed. */
  private static boolean areHarmless(Glob pattern, List<Glob> listed, Work work) {
    String service = pattern.toString().replaceFirst(":.*", "");
    List<Action> named =
        ServiceReference.of(service).stream().flatMap(of -> of.matching(pattern, work)).toList();
    return !named.isEmpty()
        && named.stream()
            .allMatch(
                action ->
                    (action.accepts().isEmpty() && READS.contains(action.access()))
                        || isListed(Glob.action(service + ":" + action.name()), listed));
  }

  private static boolean isListed(Glob action, List<Glob> listed) {
    return listed.stream().anyMatch(entry -> entry.covers(action));
  }

  /** Returns whether an entry of the parameter is an action, such as {@code ec2:CreateTags}. */
  private static boolean isAction(String entry) {
    return entry.indexOf(':') >= 0 && !entry.startsWith("arn:");
  }
}
