package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import spawn.policy.ActionGroup.Scoped;

/**
 * Judges policies: warns of access that is broad, could be used to gain more permissions, or opens
 * resources to others.
 */
public final class PolicyReview {
  private static final int MAX_ACTIONS_SHOWN = 5;

  private final Risks risks;

  private final Templates templates;

  private final List<Function<Grant, Stream<Warning>>> checks =
      List.of(
          PolicyReview::notAction,
          PolicyReview::notResource,
          PolicyReview::wildcardActions,
          this::unscopedWrites,
          this::riskyActions);

  PolicyReview(Risks risks, Templates templates) {
    this.risks = risks;
    this.templates = templates;
  }

  /**
   * Returns what is risky in an identity policy, nothing if it is narrow.
   *
   * @param document a policy that IAM takes; what is not a policy grants nothing
   * @param path the JSON path of the document: the warnings have the paths of its statements
   */
  public static List<Warning> of(JsonNode document, String path) {
    return PolicyData.standard().review().warnings(Grant.of(document, path));
  }

  /** Returns what is risky in what is allowed; denying is never risky. */
  List<Warning> warnings(List<Grant> grants) {
    // One warning for each path and risk: a template makes several statements.
    Map<String, Warning> distinct = new LinkedHashMap<>();
    grants.stream()
        .filter(grant -> grant.statement().allows())
        .flatMap(grant -> checks.stream().flatMap(check -> check.apply(grant)))
        .forEach(
            warning ->
                distinct.merge(
                    warning.code() + warning.path() + warning.message(),
                    warning,
                    PolicyReview::moreSevere));
    return List.copyOf(distinct.values());
  }

  private static Warning moreSevere(Warning one, Warning other) {
    return one.severity().compareTo(other.severity()) <= 0 ? one : other;
  }

  private static Stream<Warning> notAction(Grant grant) {
    return grant.statement().actions().inverted()
        ? Stream.of(
            new Warning(
                "NOT_ACTION",
                Severity.HIGH,
                grant.path(),
                "Allow with NotAction grants every action but those named, including future ones.",
                "List in Action what the instance needs."))
        : Stream.empty();
  }

  private static Stream<Warning> notResource(Grant grant) {
    return grant.statement().resources().inverted()
        ? Stream.of(
            new Warning(
                "NOT_RESOURCE",
                Severity.HIGH,
                grant.path(),
                "Allow with NotResource grants access to every resource but those named.",
                "List in Resource what the instance needs."))
        : Stream.empty();
  }

  private static Stream<Warning> wildcardActions(Grant grant) {
    List<String> wild =
        grant.statement().listedActions().stream()
            .map(Glob::toString)
            .filter(action -> action.equals("*") || action.endsWith(":*"))
            .toList();
    return wild.isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Warning(
                "WILDCARD_ACTIONS",
                Severity.HIGH,
                grant.path(),
                String.join(", ", wild)
                    + " grants every action, including those that AWS adds later.",
                "List the actions that the instance needs."));
  }

  private Stream<Warning> unscopedWrites(Grant grant) {
    List<String> writes =
        grant.statement().listedActions().stream()
            .filter(action -> grant.statement().isOnEverything())
            .filter(action -> !risks.reads().matcher(action.toString()).find())
            .filter(action -> !staysOnEverything(action.toString()))
            .map(Glob::spelled)
            .toList();
    return writes.isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Warning(
                "UNSCOPED_WRITE",
                Severity.MEDIUM,
                grant.path(),
                shown(writes) + " may write to every resource.",
                "Name the resources that the instance writes to."));
  }

  /** Returns whether words grant the action on {@code *} even where the payload names resources. */
  private boolean staysOnEverything(String action) {
    int colon = Math.max(action.indexOf(':'), 0);
    String name = action.substring(colon + 1);
    return templates.chosen(action.substring(0, colon)).stream()
        .flatMap(service -> service.groups().stream())
        .filter(group -> group.scoped() == Scoped.KEEP)
        .anyMatch(group -> group.actions().stream().anyMatch(name::equalsIgnoreCase));
  }

  private Stream<Warning> riskyActions(Grant grant) {
    Statement statement = grant.statement();
    if (statement.listedActions().stream().anyMatch(Glob::isEverything)) {
      return Stream.empty(); // each rule would repeat what WILDCARD_ACTIONS says
    }
    return risks.rules().stream()
        .filter(rule -> rule.appliesTo(statement))
        .flatMap(rule -> risky(rule, grant));
  }

  private static Stream<Warning> risky(Risks.Rule rule, Grant grant) {
    List<String> granted =
        rule.actions().stream()
            .filter(
                risk ->
                    grant.statement().listedActions().stream()
                        .anyMatch(action -> action.covers(risk)))
            .map(Glob::spelled)
            .toList();
    return granted.isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Warning(
                rule.code(),
                rule.severity(grant.statement()),
                grant.path(),
                shown(granted) + " " + rule.message(),
                rule.advice()));
  }

  private static String shown(List<String> actions) {
    int more = actions.size() - MAX_ACTIONS_SHOWN;
    return more <= 0
        ? String.join(", ", actions)
        : "%s and %d more"
            .formatted(String.join(", ", actions.subList(0, MAX_ACTIONS_SHOWN)), more);
  }

  /** Returns the warning about a managed policy that is broad by its name, or nothing. */
  Optional<Warning> ofManagedPolicy(String name, String path) {
    return risks.managedPolicies().names().stream().anyMatch(broad -> broad.matcher(name).matches())
        ? Optional.of(
            new Warning(
                "BROAD_MANAGED_POLICY",
                Severity.HIGH,
                path,
                "The managed policy %s grants more than any one job needs.".formatted(name),
                "Use templates of \"policies\", or a managed policy made for the job."))
        : Optional.empty();
  }
}
