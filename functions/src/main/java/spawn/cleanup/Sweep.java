package spawn.cleanup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.inventory.UsageScan;
import spawn.role.IamAnswers;
import spawn.role.Owner;

/**
 * Looks at every role under the stack's path, marks those that nothing uses, and deletes those that
 * have stayed so since they were marked.
 *
 * <p>Launches and sweeps never lock each other: a launch leaves a lease of an hour, a sweep leaves
 * a mark for a quarter of an hour, and both are far longer than IAM takes to show what the other
 * has written. A launch that read the role before the mark was visible has written its lease long
 * before the deletion looks for one; a launch that saw the mark has taken another role.
 */
public final class Sweep {
  /** Longer than one call may take with all its attempts. */
  private static final Duration RESERVE = Duration.ofSeconds(30);

  private final IamClient iam;
  private final Owner owner;
  private final UsageScan scan;
  private final Clock clock;
  private final SweepTerms terms;
  private final SweepLimits limits;
  private final Supplier<Crew> crews;
  private final Consumer<ObjectNode> log;

  /**
   * Creates the sweep of one stack.
   *
   * @param iam must wait patiently when AWS asks to slow down
   * @param scan asks the regions who uses what
   * @param crews does the work of one run side by side
   * @param log takes each role, with a payload that makes it again, before it is deleted
   */
  public Sweep(
      IamClient iam,
      Owner owner,
      UsageScan scan,
      Clock clock,
      SweepTerms terms,
      SweepLimits limits,
      Supplier<Crew> crews,
      Consumer<ObjectNode> log) {
    this.iam = IamAnswers.ofTheSweep(iam);
    this.owner = owner;
    this.scan = scan;
    this.clock = clock;
    this.terms = terms;
    this.limits = limits;
    this.crews = crews;
    this.log = log;
  }

  /**
   * Sweeps once. Nothing but AWS's present state decides; one role's failure does not stop the
   * others.
   *
   * @param timeLeft after which the caller is cut off; the run stops in good order half a minute
   *     before that, and the next one goes on
   * @throws spawn.error.InvalidRequest if the request names a region that the account has not
   *     enabled
   */
  public SweepReport sweep(SweepRequest request, Duration timeLeft) {
    Instant now = clock.instant();
    return new SweepRun(
            iam,
            owner,
            scan,
            clock,
            limits,
            request,
            new Verdicts(owner, terms, request, now),
            new RunBudget(clock, now.plus(timeLeft).minus(RESERVE)),
            new RoleDeletion(iam, owner, log),
            crews.get())
        .report();
  }

  /** Returns how long after a sweep the next one may delete what it has marked. */
  public Duration delayUntilDeletion() {
    return terms.mark().plus(terms.clockSkew());
  }
}
