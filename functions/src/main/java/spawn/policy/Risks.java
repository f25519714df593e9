package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import spawn.policy.ActionGroup.Scoped;

/** What makes access risky, as {@code risks.json} lists it with its sources. */
final class Risks {
  private static final Risks LIST = load();

  /** A resource that is every one, or every one of a service. */
  private static final Pattern EVERYTHING =
      Pattern.compile("\\*|(arn:[^:]*:[^:]*:[^:]*:[^:]*:\\*)");

  /**
   * Actions that take no resource by the service authorization reference, so that they have to be
   * granted on {@code *}.
   */
  private static final List<Glob> WITHOUT_RESOURCE =
      Templates.all().services().entrySet().stream()
          .flatMap(
              service ->
                  service.getValue().groups().stream()
                      .filter(group -> group.scoped() == Scoped.KEEP)
                      .flatMap(group -> group.actions().stream())
                      .map(action -> Glob.action(service.getKey() + ":" + action)))
          .toList();

  private final List<Rule> rules;
  private final Pattern reads;
  private final ManagedRule managed;

  private Risks(List<Rule> rules, Pattern reads, ManagedRule managed) {
    this.rules = rules;
    this.reads = reads;
    this.managed = managed;
  }

  /**
   * Actions that are risky.
   *
   * @param code the warning's code
   * @param severity how much it should worry
   * @param onlyOnEverything whether the actions are risky on all resources only
   * @param severityWhenScoped the severity where every resource is named without wildcards, or null
   *     if it is the same
   * @param unlessCondition a condition key that takes the risk away, or null
   * @param message why it is risky; the actions stand before it
   * @param advice what to do instead
   * @param actions the actions
   * @param sources where the actions are called risky
   */
  record Rule(
      String code,
      Severity severity,
      boolean onlyOnEverything,
      Severity severityWhenScoped,
      String unlessCondition,
      String message,
      String advice,
      List<Glob> actions,
      List<String> sources) {}

  /**
   * Managed policies that are broad.
   *
   * @param names patterns of their names
   * @param sources where they are called broad
   */
  record ManagedRule(List<Pattern> names, List<String> sources) {}

  static Risks list() {
    return LIST;
  }

  private static Risks load() {
    ObjectMapper mapper = new ObjectMapper();
    try (InputStream data = Risks.class.getResourceAsStream("risks.json")) {
      JsonNode risks = mapper.readTree(data);
      return new Risks(
          List.of(mapper.treeToValue(risks.get("rules"), Rule[].class)),
          Pattern.compile(risks.get("reads").asText()),
          mapper.treeToValue(risks.get("managedPolicies"), ManagedRule.class));
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }

  /** Returns the codes of the rules about actions. */
  Set<String> codes() {
    return rules.stream().map(Rule::code).collect(Collectors.toUnmodifiableSet());
  }

  /** Returns what is risky in what is allowed; denying is never risky. */
  List<Warning> in(List<Grant> grants) {
    // One warning a place and code: a template makes several statements.
    Map<String, Warning> warnings = new LinkedHashMap<>();
    for (Grant grant : grants) {
      if (grant.statement().allows()) {
        in(grant)
            .forEach(
                warning ->
                    warnings.merge(
                        warning.code() + warning.path() + warning.message(),
                        warning,
                        (one, other) ->
                            one.severity().compareTo(other.severity()) <= 0 ? one : other));
      }
    }
    return List.copyOf(warnings.values());
  }

  private List<Warning> in(Grant grant) {
    Statement statement = grant.statement();
    List<Warning> warnings = new ArrayList<>();
    if (statement.actions().inverted()) {
      warnings.add(
          new Warning(
              "NOT_ACTION",
              Severity.HIGH,
              grant.path(),
              "Allow with NotAction grants every action but those named, also future ones.",
              "List in Action what the instance needs."));
    }
    if (statement.resources().inverted()) {
      warnings.add(
          new Warning(
              "NOT_RESOURCE",
              Severity.HIGH,
              grant.path(),
              "Allow with NotResource grants access to every resource but those named.",
              "List in Resource what the instance needs."));
    }
    if (statement.actions().inverted()) {
      return warnings;
    }
    List<Glob> actions = statement.actions().patterns();
    boolean everything =
        statement.resources().inverted()
            || statement.resources().patterns().stream()
                .map(Glob::spelled)
                .anyMatch(EVERYTHING.asMatchPredicate());
    boolean named =
        !statement.resources().inverted()
            && statement.resources().patterns().stream().noneMatch(Glob::isWild);
    wildcards(grant, actions).ifPresent(warnings::add);
    if (everything) {
      writes(grant, actions).ifPresent(warnings::add);
    }
    if (actions.stream().anyMatch(action -> action.toString().equals("*"))) {
      return warnings; // every rule would add the same
    }
    for (Rule rule : rules) {
      if ((everything || !rule.onlyOnEverything()) && !isHarmless(rule, statement)) {
        risky(rule, grant, actions, named).ifPresent(warnings::add);
      }
    }
    return warnings;
  }

  private static boolean isHarmless(Rule rule, Statement statement) {
    return rule.unlessCondition() != null && statement.condition().hasKey(rule.unlessCondition());
  }

  private static Optional<Warning> wildcards(Grant grant, List<Glob> actions) {
    List<String> wild =
        actions.stream()
            .map(Glob::toString)
            .filter(action -> action.equals("*") || action.endsWith(":*"))
            .toList();
    return wild.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Warning(
                "WILDCARD_ACTIONS",
                Severity.HIGH,
                grant.path(),
                String.join(", ", wild) + " grants every action, also those that AWS adds later.",
                "List the actions that the instance needs."));
  }

  private Optional<Warning> writes(Grant grant, List<Glob> actions) {
    List<String> writes =
        actions.stream()
            .filter(action -> !reads.matcher(action.toString()).find())
            .filter(action -> !WITHOUT_RESOURCE.contains(action))
            .map(Glob::spelled)
            .toList();
    return writes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Warning(
                "UNSCOPED_WRITE",
                Severity.MEDIUM,
                grant.path(),
                shown(writes) + " may write to every resource.",
                "Name the resources that the instance writes to."));
  }

  private static Optional<Warning> risky(
      Rule rule, Grant grant, List<Glob> actions, boolean named) {
    List<String> matched =
        rule.actions().stream()
            .filter(risk -> actions.stream().anyMatch(action -> action.covers(risk)))
            .map(Glob::spelled)
            .toList();
    if (matched.isEmpty()) {
      return Optional.empty();
    }
    Severity severity =
        named && rule.severityWhenScoped() != null ? rule.severityWhenScoped() : rule.severity();
    return Optional.of(
        new Warning(
            rule.code(),
            severity,
            grant.path(),
            shown(matched) + " " + rule.message(),
            rule.advice()));
  }

  private static String shown(List<String> actions) {
    int most = 5;
    return String.join(", ", actions.subList(0, Math.min(most, actions.size())))
        + (actions.size() > most ? " and " + (actions.size() - most) + " more" : "");
  }

  /** Returns the warning about a managed policy that is broad by its name, or nothing. */
  Optional<Warning> inManagedPolicy(String name, String path) {
    return managed.names().stream().anyMatch(broad -> broad.matcher(name).matches())
        ? Optional.of(
            new Warning(
                "BROAD_MANAGED_POLICY",
                Severity.HIGH,
                path,
                "The managed policy " + name + " grants more than any one job needs.",
                "Use templates of \"policies\", or a managed policy made for the job."))
        : Optional.empty();
  }
}
