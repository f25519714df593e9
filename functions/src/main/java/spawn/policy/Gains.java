package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import spawn.error.Work;
import spawn.policy.TextSets.TextSet;

/**
 * What statements allow that others do not.
 *
 * <p>Allowed is what one of the Allows is about and none of the Denies. So it is gained either
 * where none of the other Allows is about it, or where one of the other Denies was. Each gain lists
 * what does not belong to it, so that leaving out what is covered is a matter of brevity alone.
 */
final class Gains {
  /** The most pairs of an action and a resource that are looked at one by one. */
  private static final int MAX_PAIRS = 2_000;

  private final List<Statement> allowedBefore;
  private final List<Statement> deniedBefore;
  private final List<Statement> allowed;
  private final List<Statement> denied;
  private final Map<String, String> spellings;
  private final Work work;
  private final List<GrantChange> changes = new ArrayList<>();
  private boolean reduced = true;

  /**
   * Finds the gains.
   *
   * @param before what the other side says, condition keys in lower case
   * @param now what this side says
   * @param spellings how condition keys are written
   */
  Gains(List<Statement> before, List<Statement> now, Map<String, String> spellings, Work work) {
    this.allowedBefore = before.stream().filter(Statement::allows).toList();
    this.deniedBefore = before.stream().filter(statement -> !statement.allows()).toList();
    this.allowed = now.stream().filter(Statement::allows).toList();
    this.denied = now.stream().filter(statement -> !statement.allows()).toList();
    this.spellings = spellings;
    this.work = work;
    try {
      addNewlyAllowed();
      addNoLongerDenied();
    } catch (Work.TooMuch tooMuch) {
      addEverything();
    }
  }

  /** Returns what is allowed now and was not before. */
  List<GrantChange> changes() {
    return changes;
  }

  /** Returns whether what is the same on both sides was left out. */
  boolean isReduced() {
    return reduced;
  }

  private void addNewlyAllowed() {
    Map<Condition, GrantTable> before = tables(allowedBefore);
    Map<Condition, GrantTable> refused = tables(denied);
    tables(allowed)
        .forEach(
            (condition, table) -> {
              table.dropCoveredBy(table);
              dropImplied(condition, table, before);
              dropImplied(condition, table, refused);
              for (Block block : table.canonical()) {
                addNewlyAllowed(allow(table, block, condition));
              }
            });
  }

  private void addNewlyAllowed(Statement grant) {
    List<Statement> except = overlapping(grant, List.of(allowedBefore, denied));
    for (Statement left : withoutCovered(grant, except)) {
      add(left, Optional.empty(), overlapping(left, List.of(except)));
    }
  }

  private void addNoLongerDenied() {
    Map<Condition, GrantTable> refused = tables(denied);
    tables(deniedBefore)
        .forEach(
            (condition, table) -> {
              table.dropCoveredBy(table);
              dropImplied(condition, table, refused);
              for (Block block : table.canonical()) {
                addNoLongerDenied(allow(table, block, condition));
              }
            });
  }

  private void addNoLongerDenied(Statement refusal) {
    for (Statement grant : overlapping(refusal, List.of(allowed))) {
      for (Statement both : overlapping(grant, List.of(List.of(refusal)))) {
        List<Statement> except = overlapping(both, List.of(overlapping(grant, List.of(denied))));
        if (!isCovered(List.of(grant, both), except)) {
          add(grant, Optional.of(both), except);
        }
      }
    }
  }

  /** Returns the same gains without having looked what of it is none. */
  private void addEverything() {
    reduced = false;
    changes.clear();
    List<Statement> except = Stream.concat(allowedBefore.stream(), denied.stream()).toList();
    for (Statement grant : allowed) {
      add(grant, Optional.empty(), except);
      deniedBefore.forEach(refusal -> add(grant, Optional.of(refusal), denied));
    }
  }

  private void add(Statement grant, Optional<Statement> refusal, List<Statement> except) {
    changes.add(new GrantChange(grant, refusal, except, key -> spellings.getOrDefault(key, key)));
  }

  private Map<Condition, GrantTable> tables(Collection<Statement> statements) {
    Map<Condition, List<GrantTable.Split>> splits = new LinkedHashMap<>();
    for (Statement statement : statements) {
      splits
          .computeIfAbsent(statement.condition(), unseen -> new ArrayList<>())
          .add(GrantTable.Split.of(statement, work));
    }
    Map<Condition, GrantTable> tables = new LinkedHashMap<>();
    splits.forEach((condition, split) -> tables.put(condition, new GrantTable(split, work)));
    return tables;
  }

  private void dropImplied(
      Condition condition, GrantTable table, Map<Condition, GrantTable> others) {
    others.forEach(
        (other, wider) -> {
          work.add(1);
          if (condition.implies(other)) {
            table.dropCoveredBy(wider);
          }
        });
  }

  private static Statement allow(GrantTable table, Block block, Condition condition) {
    return new Statement(Effect.ALLOW, table.actions(block), table.resources(block), condition);
  }

  /** Returns those of some statements that may be about the same requests, as far as they are. */
  private List<Statement> overlapping(Statement grant, List<List<Statement>> others) {
    List<Statement> overlapping = new ArrayList<>();
    others.forEach(
        some ->
            some.forEach(
                other -> {
                  Terms actions = common(other.actions(), grant.actions());
                  Terms resources = common(other.resources(), grant.resources());
                  if (actions.inverted() || !actions.patterns().isEmpty()) {
                    if (resources.inverted() || !resources.patterns().isEmpty()) {
                      overlapping.add(
                          new Statement(other.effect(), actions, resources, other.condition()));
                    }
                  }
                }));
    return overlapping;
  }

  /**
   * Returns those of some terms that may have something in common with others; an empty list for
   * none, and exceptions as they are.
   */
  private Terms common(Terms terms, Terms others) {
    if (terms.inverted()) {
      boolean none =
          !others.inverted()
              && others.patterns().stream()
                  .allMatch(
                      other -> terms.patterns().stream().anyMatch(out -> out.covers(other, work)));
      return none ? new Terms(false, List.of()) : terms;
    }
    return new Terms(
        false, terms.patterns().stream().filter(pattern -> meets(pattern, others)).toList());
  }

  private boolean meets(Glob pattern, Terms others) {
    return others.inverted()
        ? others.patterns().stream().noneMatch(out -> out.covers(pattern, work))
        : others.patterns().stream().anyMatch(other -> other.mayMeet(pattern, work));
  }

  /**
   * Returns what of a grant other statements do not cover together, in as few statements as its
   * actions allow: those that stay on the same resources go together.
   */
  private List<Statement> withoutCovered(Statement grant, List<Statement> others) {
    List<Term> actions = grant.actions().split(work);
    List<Term> resources = grant.resources().split(work);
    if (others.isEmpty() || (long) actions.size() * resources.size() > MAX_PAIRS) {
      return List.of(grant);
    }
    Map<List<Term>, List<Term>> actionsOn = new LinkedHashMap<>();
    for (Term action : actions) {
      List<Term> left =
          resources.stream().filter(on -> !isCovered(pair(action, on, grant), others)).toList();
      actionsOn.computeIfAbsent(left, unseen -> new ArrayList<>()).add(action);
    }
    List<Statement> left = new ArrayList<>();
    actionsOn.forEach(
        (on, of) -> {
          if (!on.isEmpty()) {
            left.add(new Statement(Effect.ALLOW, terms(of), terms(on), grant.condition()));
          }
        });
    return left;
  }

  private boolean isCovered(Statement pair, List<Statement> others) {
    return isCovered(List.of(pair), overlapping(pair, List.of(others)));
  }

  private static Statement pair(Term action, Term on, Statement grant) {
    return new Statement(
        Effect.ALLOW, terms(List.of(action)), terms(List.of(on)), grant.condition());
  }

  private static Terms terms(List<Term> terms) {
    return new Terms(
        terms.get(0).inverted(), terms.stream().flatMap(term -> term.patterns().stream()).toList());
  }

  /** Returns whether each request that all of some statements are about is about others, too. */
  private boolean isCovered(List<Statement> all, List<Statement> others) {
    boolean hasVariable = all.stream().anyMatch(statement -> hasVariable(statement.resources()));
    if (hasVariable && all.size() > 1) {
      return false; // a variable of one may stand for what another names
    }
    List<Statement> certain =
        others.stream()
            .filter(
                other -> all.stream().anyMatch(each -> each.condition().implies(other.condition())))
            // What a variable stands for may be just what an exception names.
            .filter(
                other ->
                    !other.resources().inverted()
                        || !(hasVariable || hasVariable(other.resources())))
            .toList();
    return isCovered(
        all.stream().map(each -> TextSet.of(each.actions())).toList(),
        all.stream().map(each -> TextSet.of(each.resources())).toList(),
        certain);
  }

  private static boolean hasVariable(Terms terms) {
    return terms.patterns().stream().anyMatch(Glob::hasVariable);
  }

  /**
   * Returns whether the actions on the resources are covered by some statements: none are left, or
   * both those outside of the first one's actions and those outside of its resources are covered by
   * the others.
   */
  private boolean isCovered(
      List<TextSet> actions, List<TextSet> resources, List<Statement> others) {
    if (TextSets.haveNothingInCommon(actions, work)
        || TextSets.haveNothingInCommon(resources, work)) {
      return true;
    }
    if (others.isEmpty()) {
      return false;
    }
    Statement first = others.get(0);
    List<Statement> rest = others.subList(1, others.size());
    TextSet ofActions = TextSet.of(first.actions());
    TextSet ofResources = TextSet.of(first.resources());
    return isCovered(with(actions, ofActions.others()), resources, rest)
        && isCovered(with(actions, ofActions), with(resources, ofResources.others()), rest);
  }

  private static List<TextSet> with(List<TextSet> sets, TextSet one) {
    List<TextSet> more = new ArrayList<>(sets);
    more.add(one);
    return more;
  }
}
