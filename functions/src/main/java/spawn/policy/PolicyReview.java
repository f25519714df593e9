package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import spawn.error.Work;

/**
 * Judges policies: warns of access that is broad, could be used to gain more permissions, or opens
 * resources to others.
 *
 * <p>What counts is what is granted, not how it is written: a word, a statement, a managed policy,
 * split or merged, bring the same findings ({@code VerdictsTest}).
 */
public final class PolicyReview {
  /** What is found where all of a service is granted. */
  private static final Set<String> EVERYTHING =
      Set.of("NOT_ACTION", "WILDCARD_ACTIONS", "FULL_ACCESS");

  private final Risks risks;

  private final WriteActions writes;
  private final WholeServices wholeServices;

  private final List<BiFunction<Statement, Boolean, Stream<Finding>>> checks =
      List.of(this::notAction, this::wildcardActions, this::riskyActions);

  PolicyReview(Risks risks, Templates templates) {
    this.risks = risks;
    this.writes = new WriteActions(templates);
    this.wholeServices = new WholeServices(templates);
  }

  /**
   * Returns what is risky in an identity policy, nothing if it is narrow.
   *
   * @param document a policy that IAM takes; what is not a policy grants nothing
   * @param path the JSON path of the document: the warnings have the paths of its statements
   */
  public static List<Warning> of(JsonNode document, String path) {
    return PolicyData.standard().review().warnings(Grant.of(document, path), Work.unbounded());
  }

  /**
   * Returns what is risky in what is allowed; denying is never risky.
   *
   * @param work counts what it takes
   */
  List<Warning> warnings(List<Grant> grants, Work work) {
    // One warning for each path and risk: a template makes several statements.
    Map<String, Warning> distinct = new LinkedHashMap<>();
    findings(grants, work)
        .forEach(
            (path, found) ->
                found.stream()
                    .map(finding -> warning(finding, path))
                    .forEach(
                        warning ->
                            distinct.merge(
                                warning.code() + warning.path() + warning.message(),
                                warning,
                                PolicyReview::moreSevere)));
    return List.copyOf(distinct.values());
  }

  private static Warning moreSevere(Warning one, Warning other) {
    return one.severity().compareTo(other.severity()) <= 0 ? one : other;
  }

  /** Returns the warning about a finding at a path. */
  Warning warning(Finding finding, String path) {
    Risks.Risk risk = risks.risk(finding.id());
    return new Warning(
        risks.code(finding.id()),
        finding.severity(),
        path,
        finding.shown() + risk.message(),
        risk.advice());
  }

  /** Returns the warning about what the code finds by itself, at a path. */
  Warning warning(String code, List<String> actions, String path) {
    return warning(Finding.of(code, risks.risk(code).severity(), actions), path);
  }

  /**
   * Returns the warning about a finding in the document of a managed policy. One that grants all of
   * a service is called broad, like the word FullAccess.
   */
  Warning ofManagedPolicy(String name, Finding finding, String path) {
    Warning found = warning(finding, path);
    boolean broad = EVERYTHING.contains(finding.id());
    return new Warning(
        broad ? "BROAD_MANAGED_POLICY" : found.code(),
        found.severity(),
        path,
        "The managed policy %s: %s".formatted(name, found.message()),
        broad
            ? "Use words of \"policies\", or a managed policy made for the job."
            : found.advice());
  }

  /** Returns what is risky in what is allowed, by the paths that asked for it. */
  private Map<String, List<Finding>> findings(List<Grant> grants, Work work) {
    List<Grant> allowed = grants.stream().filter(grant -> grant.statement().allows()).toList();
    Map<String, List<Finding>> found = new LinkedHashMap<>();
    for (Grant grant : allowed) {
      boolean onEverything = isOnEverything(grant.statement());
      List<Finding> ofPath = found.computeIfAbsent(grant.path(), unseen -> new ArrayList<>());
      checks.forEach(check -> check.apply(grant.statement(), onEverything).forEach(ofPath::add));
      if (onEverything) {
        unscopedWrites(grant.statement(), work).forEach(ofPath::add);
      }
      if (grant.statement().resources().inverted() && !isGrantedAnyway(grant, allowed, work)) {
        finding("NOT_RESOURCE", List.of()).forEach(ofPath::add);
      }
    }
    wholeServices
        .in(allowed, work)
        .forEach(
            whole ->
                finding(whole.code(), whole.actions())
                    .forEach(
                        found.computeIfAbsent(whole.path(), unseen -> new ArrayList<>())::add));
    return found;
  }

  /** Returns what is risky in a policy as a whole: each risk once, with all that brings it. */
  List<Finding> findings(JsonNode document) {
    Map<String, List<Finding>> byRisk = new TreeMap<>();
    findings(Grant.of(document, "$"), Work.unbounded())
        .values()
        .forEach(
            found ->
                found.forEach(
                    finding ->
                        byRisk
                            .computeIfAbsent(finding.id(), unseen -> new ArrayList<>())
                            .add(finding)));
    return byRisk.values().stream().map(Finding::merged).toList();
  }

  private boolean isOnEverything(Statement statement) {
    return Breadth.isEverything(statement)
        && risks.limits().stream().noneMatch(limit -> limit.isIn(statement.condition()));
  }

  /** Returns whether other statements grant a statement's actions on every resource. */
  private static boolean isGrantedAnyway(Grant grant, List<Grant> allowed, Work work) {
    List<Term> wider =
        allowed.stream()
            .map(Grant::statement)
            .filter(other -> other.isAtLeastWhen(grant.statement()))
            .filter(other -> other.resources().isEverything())
            .flatMap(other -> other.actions().split(work).stream())
            .toList();
    return grant.statement().actions().split(work).stream()
        .allMatch(action -> wider.stream().anyMatch(other -> other.covers(action, work)));
  }

  private Stream<Finding> finding(String code, List<String> actions) {
    return Stream.of(Finding.of(code, risks.risk(code).severity(), actions));
  }

  private Stream<Finding> notAction(Statement statement, boolean onEverything) {
    return statement.actions().inverted() ? finding("NOT_ACTION", List.of()) : Stream.empty();
  }

  private Stream<Finding> wildcardActions(Statement statement, boolean onEverything) {
    List<String> wild =
        statement.listedActions().stream()
            .map(Glob::toString)
            .filter(action -> WholeServices.isEveryAction(action))
            .toList();
    return wild.isEmpty() ? Stream.empty() : finding("WILDCARD_ACTIONS", wild);
  }

  private Stream<Finding> unscopedWrites(Statement statement, Work work) {
    List<String> writing =
        statement.listedActions().stream()
            .filter(action -> writes.contain(action, work))
            .map(Glob::spelled)
            .toList();
    return writing.isEmpty() ? Stream.empty() : finding("UNSCOPED_WRITE", writing);
  }

  private Stream<Finding> riskyActions(Statement statement, boolean onEverything) {
    Predicate<Glob> isGranted = statement.actions().covering();
    return risks.rules().stream()
        .filter(rule -> rule.appliesTo(statement, onEverything))
        .flatMap(rule -> risky(rule, statement, isGranted));
  }

  private static Stream<Finding> risky(
      Risks.Rule rule, Statement statement, Predicate<Glob> isGranted) {
    List<String> granted = rule.actions().stream().filter(isGranted).map(Glob::spelled).toList();
    return granted.isEmpty()
        ? Stream.empty()
        : Stream.of(Finding.of(rule.id(), rule.severity(statement), granted));
  }
}
