package spawn.role;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.SpawnException;

/**
 * Puts a role of a launch back to what it was made with: its policies, the caller's tags and its
 * longest session.
 *
 * <p>What it was made with is known only if something has the whole hash in the role's tag: its
 * record, or what it still holds but for one part. So nothing is ever put that the hash does not
 * say. Whom a role trusts and its boundary are never changed: a role of which either was changed is
 * left for people, with everything in it.
 *
 * <p>What is too much is taken before anything is put, so that a repair which stops anywhere leaves
 * a role that may do no more than before; the next one goes on. Two at once make the same calls. A
 * whole role's content is final, however old the read that shows it; so only a role that a person
 * deletes, and a launch makes again under the same name of its own within the half minute in which
 * IAM may still show the former, can get what was meant for that. IAM itself keeps one that is
 * still being made: these calls are allowed on leased roles only.
 */
public final class RoleRepair {
  /** As long as IAM may show less of a new role than was written. */
  private static final Duration SETTLED = Duration.ofMinutes(2);

  private final IamRoles iam;
  private final RoleContent content;
  private final Owner owner;
  private final Drifts drifts;
  private final RoleRepairChanges changes;
  private final Clock clock;
  private final Consumer<ObjectNode> log;

  /**
   * Creates the repair of one stack's roles.
   *
   * @param boundaries the ARNs of the boundaries that its roles may have
   * @param log takes each role, with a payload that makes it again, before its first change
   */
  public RoleRepair(
      IamClient iam, Owner owner, List<String> boundaries, Clock clock, Consumer<ObjectNode> log) {
    IamClient bound = IamAnswers.ofMakers(iam, clock);
    this.iam = new IamRoles(bound, owner, new AccountQuotas(bound));
    this.content = new RoleContent(bound);
    this.owner = owner;
    this.drifts = new Drifts(owner, boundaries);
    this.changes = new RoleRepairChanges(this.iam, new IamSetRoles(bound));
    this.clock = clock;
    this.log = log;
  }

  /**
   * Repairs a role, or tells what that would change.
   *
   * @param act whether to change anything
   * @return what became of it; nothing if it has not drifted, or is gone
   * @throws SdkException if AWS asks to slow down; the next call goes on
   */
  public Optional<RepairedRole> repair(String name, boolean act) {
    return iam.find(name).map(content::of).flatMap(held -> repair(held, act));
  }

  private Optional<RepairedRole> repair(FullRole held, boolean act) {
    List<Drift> found = drifts.of(held);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<Made> made = drifts.proven(held);
    Optional<String> reason = whyLeft(held.role(), found);
    List<Change> calls =
        reason.isPresent() ? List.of() : made.map(was -> changes.of(held, was)).orElse(List.of());
    if (calls.isEmpty()) {
      return result(
          held, RepairOutcome.LEFT, found, List.of(), reason.orElse(whyUnknown(made.isPresent())));
    }
    return act
        ? run(held, found, calls)
        : result(held, RepairOutcome.WOULD_REPAIR, found, Change.descriptions(calls), "");
  }

  private static Optional<RepairedRole> result(
      FullRole held,
      RepairOutcome outcome,
      List<Drift> found,
      List<String> changes,
      String detail) {
    return Optional.of(new RepairedRole(held.role().name(), outcome, found, changes, detail));
  }

  private static String whyUnknown(boolean isKnown) {
    return isKnown
        ? "no function may put back the tags by which spawn knows a role"
        : "nothing records what it was made with";
  }

  /** Returns why a role is not to be touched; nothing if it may be. */
  private Optional<String> whyLeft(KnownRole role, List<Drift> found) {
    if (!owner.manages(role)) {
      return Optional.of("it lacks the tag %s=true".formatted(Tags.MANAGED));
    }
    if (found.stream().anyMatch(drift -> drift.kind().isWorst())) {
      return Optional.of(
          "no function of spawn may change whom a role trusts, or its boundary: put that back yourself, or end what uses the role; launches do not use it any more");
    }
    if (role.tag(Tags.REVOKED).isPresent()) {
      return Optional.of("it is revoked");
    }
    if (role.isMarked()) {
      return Optional.of("the sweep is about to remove it");
    }
    if (role.set().isPresent()) {
      return Optional.of(
          "it belongs to the role set \"%s\": run the set again".formatted(role.set().get()));
    }
    boolean isNew = role.created().isAfter(clock.instant().minus(SETTLED));
    return isNew || RoleStage.of(role, owner) != RoleStage.WHOLE
        ? Optional.of("a launch or the sweep has it in hand")
        : Optional.empty();
  }

  private Optional<RepairedRole> run(FullRole held, List<Drift> found, List<Change> calls) {
    KnownRole role = held.role();
    List<String> done = new ArrayList<>();
    try {
      Optional<KnownRole> now = iam.find(role.name());
      if (now.filter(shown -> isStill(role, shown)).isEmpty()) {
        return result(held, RepairOutcome.LEFT, found, done, "it was changed meanwhile");
      }
      log.accept(export(held));
      for (Change call : calls) {
        call.call().run();
        call.description().ifPresent(done::add);
      }
      return result(held, RepairOutcome.REPAIRED, found, done, "");
    } catch (SdkException refused) {
      if (AwsErrors.kind(refused) == AnswerKind.THROTTLED) {
        throw refused;
      }
      return result(held, RepairOutcome.FAILED, found, done, refused.getMessage());
    } catch (SpawnException refused) {
      return result(held, RepairOutcome.FAILED, found, done, refused.getMessage());
    }
  }

  private static boolean isStill(KnownRole role, KnownRole shown) {
    return shown.id().equals(role.id())
        && shown.isWhole()
        && !shown.isMarked()
        && shown.tag(Tags.REVOKED).isEmpty()
        && shown.set().isEmpty();
  }

  private ObjectNode export(FullRole held) {
    return new RoleExport(
            owner, held.role(), held.policies().inline(), held.policies().managed(), List.of())
        .document();
  }
}
