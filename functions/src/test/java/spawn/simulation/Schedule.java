package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.cleanup.SweepLimits;
import spawn.inventory.SideBySide;
import spawn.role.Tags;
import spawn.workflow.Outcome;
import spawn.workflow.Stack;
import spawn.workflow.Workflow;

/**
 * One schedule: a few launches, sweeps and people in one account, all of it drawn from one seed.
 */
final class Schedule {
  /** What an operator asks for when so many roles are left unused that a sweep hesitates. */
  private static final JsonNode SWEEP_OF_ALL =
      JsonNodeFactory.instance.objectNode().put("mayDeleteMost", true);

  private final long seed;
  private final Mutation bug;
  private final Statistics statistics;
  private final List<RequestedRole> requestedRoles;
  private final SplittableRandom random;
  private final SimulatedAws aws;
  private final Invariants invariants;
  private final Scheduler scheduler;
  private final Stack stack;
  private final Workflow workflow;
  private final Approvers approvers;
  private final Clock clock;
  private final Territories territories;
  private final SweepLimits limits;
  private final Neighbours neighbours;
  private final SplittableRandom ofNeighbours;
  private final SplittableRandom ofOperators;
  private final FaultInjector faultInjector;
  private final boolean traced;
  private final List<String> trace = new ArrayList<>();
  private boolean over;
  private String afterwards = "afterwards";

  Schedule(
      long seed,
      Mutation mutation,
      List<RequestedRole> requestedRoles,
      Workflows workflows,
      ExecutorService threads,
      Statistics statistics,
      boolean traced) {
    this.seed = seed;
    this.bug = mutation;
    this.traced = traced;
    this.requestedRoles = requestedRoles;
    this.statistics = statistics;
    // Neighbouring seeds give unlike schedules only after they have been mixed.
    this.random = new SplittableRandom(new SplittableRandom(seed).nextLong());
    this.aws =
        SimulatedAws.seeded(random.nextLong()).refusesPoliciesWith(RequestedRole.REFUSED_BY_IAM);
    this.invariants = new Invariants(aws, requestedRoles);
    this.scheduler = new Scheduler(aws, random.split(), threads);
    this.approvers =
        new Approvers(
            aws,
            new SplittableRandom(new SplittableRandom(seed ^ 0xA9904E).nextLong()),
            statistics);
    this.workflow = approvers.isAsking() ? workflows.asking() : workflows.free();
    this.clock = new SkewedClock(aws.clock(), random, this::runningUntil);
    this.territories = new Territories(aws, statistics);
    // In every second account each region with more than a page of instances is too large.
    this.limits =
        new SweepLimits(
            SweepLimits.STANDARD.deletions(),
            new SplittableRandom(new SplittableRandom(seed * 17).nextLong()).nextBoolean()
                ? 1
                : SweepLimits.STANDARD.pages());
    this.stack = deployed(Site.FIRST, requestedRoles, random.split());
    this.faultInjector = new FaultInjector(aws, scheduler, stack, random.split(), statistics);
    // Chances of their own: a schedule with one stack is what it would be without this.
    this.ofNeighbours = new SplittableRandom(new SplittableRandom(~seed).nextLong());
    this.ofOperators = new SplittableRandom(new SplittableRandom(seed * -31).nextLong());
    this.neighbours =
        new Neighbours(
            ofNeighbours.split(),
            site -> deployed(site, site.requestedRoles(), ofNeighbours.split()));
    invariants.know(neighbours.requestedRoles());
  }

  private Stack deployed(Site site, List<RequestedRole> requested, SplittableRandom chances) {
    Stack deployed =
        Stack.deployed(
            workflow,
            aws,
            new BuggyClients(bug, aws, clock, requested, site, this::sideBySide, limits),
            scheduler::sleep,
            chances);
    territories.deployed(deployed, site);
    return deployed;
  }

  /** A sweep that runs when the schedule is over has nobody beside it. */
  private void sideBySide(List<SideBySide.Task> tasks, Duration limit) {
    Instant end = aws.clock().instant().plus(limit);
    List<Runnable> parts =
        tasks.stream()
            .map(task -> Stack.onBehalf(() -> task.run(() -> aws.clock().instant().isBefore(end))))
            .toList();
    if (over) {
      parts.forEach(Runnable::run);
    } else {
      scheduler.sideBySide(parts);
    }
  }

  private Optional<Instant> runningUntil() {
    return stack.runningUntil();
  }

  /** Runs the schedule; returns what was violated. */
  Optional<Throwable> run() {
    Optional<Throwable> violation = Optional.empty();
    try {
      Setting setting = Setting.drawn(random);
      if (setting == Setting.CLUMSY) {
        faultInjector.crashAfterTheFirst("CreateRole");
      }
      GivenAccount account =
          new GivenAccount(
              aws,
              random,
              requestedRoles,
              setting.isCrowded(),
              Site.FIRST,
              Optional.of(ofNeighbours.split()).filter(chances -> chances.nextInt(6) == 0));
      aws.givenRole(RequestedRole.OWN_ROLE, role -> role.inProfile(RequestedRole.OWN_ROLE));
      List<String> open = account.openInstances();
      Set<String> collided = account.populate();
      Optional<RoleSetActors> sets = sets();
      neighbours.populate(this::leftOf);
      Subnets subnets = new Subnets(aws, random);
      invariants.rememberWhatIsNotOurs();
      lag(setting);
      RarePaths rarePaths = new RarePaths(statistics, invariants, subnets, collided);
      World world =
          new World(
              aws,
              bug,
              scheduler,
              stack,
              faultInjector,
              invariants,
              statistics,
              setting,
              subnets,
              new SplittableRandom(~seed),
              requestedRoles,
              Site.FIRST,
              territories,
              approvers);
      Repairs repairs =
          new Repairs(
              world, new SplittableRandom(new SplittableRandom(seed ^ 0x4E9A12).nextLong()));
      repairs.widenOne();
      aws.faults(checked(stack.limited(faultInjector), rarePaths));
      Cast cast = new Cast(world, random, rarePaths);
      cast.enter(open, sets);
      neighbours.enter(world, rarePaths, cast.people(), cast.favourite(), cast::moment);
      new Operators(world, ofOperators).enter(cast, sets);
      repairs.enter(cast::moment);
      approvers.enter(world, cast);
      violation = scheduler.run();
      over = true;
      if (violation.isEmpty()) {
        aws.faults(checked(Faults.NONE, rarePaths));
        cast.checkAllLaunchesEnded();
        neighbours.checkAllLaunchesEnded();
        repairs.checkTheEnd();
        afterwards(sets);
      }
    } catch (Violation violated) {
      violation = Optional.of(violated);
    }
    statistics.countSchedule(scheduler.steps());
    return violation;
  }

  /** Returns every call that took effect: when, whose, and what was asked. */
  List<String> trace() {
    return trace;
  }

  private GivenAccount leftOf(Site site, SplittableRandom chances) {
    return new GivenAccount(
        aws, chances, site.requestedRoles(), false, site, Optional.of(chances.split()));
  }

  private Optional<RoleSetActors> sets() {
    if (random.nextInt(4) > 0) {
      return Optional.empty();
    }
    RoleSetActors sets = new RoleSetActors(aws, random.split(), statistics);
    sets.populate();
    return Optional.of(sets);
  }

  private void lag(Setting setting) {
    int[] iamSeconds = {0, 2, 10, 30};
    int iam =
        iamSeconds[setting.isCrowded() ? 2 + random.nextInt(2) : random.nextInt(iamSeconds.length)];
    int ec2 = new int[] {0, 10, 40, 120}[random.nextInt(4)];
    int instances = new int[] {0, 10, 60, 120}[random.nextInt(4)];
    aws.iamReadsLagUpTo(Duration.ofSeconds(iam))
        .ec2SeesIamWithin(Duration.ofSeconds(ec2))
        .ec2ReadsLagUpTo(Duration.ofSeconds(instances));
    if (ec2 > 0 && seed % 8 == 0) {
      aws.launchingHostsSeeIamLast();
    }
    if (random.nextInt(4) == 0) {
      aws.shortPages(2);
    }
    Starts.draw(aws, new SplittableRandom(~seed));
  }

  private Faults checked(Faults failing, RarePaths rarePaths) {
    return new Faults() {
      @Override
      public void before(Call call) {
        statistics.countCall();
        failing.before(call);
        territories.before(call);
        invariants.before(call, actor());
        approvers.before(call, actor());
        if (traced) {
          trace.add("%s  %s  %s".formatted(aws.clock().instant(), actor(), call.request()));
        }
      }

      @Override
      public void after(Call call) {
        territories.after(call);
        invariants.after(call, actor());
        rarePaths.after(call, actor());
        failing.after(call);
      }
    };
  }

  private String actor() {
    return over ? afterwards : scheduler.current().name();
  }

  /** What must hold when nothing runs any more: a few sweeps leave nothing behind. */
  private void afterwards(Optional<RoleSetActors> sets) {
    aws.mendRegion("eu-west-1").mendRegion("us-west-2");
    aws.advance(Duration.ofMinutes(5));
    // An instance whose profile was deleted and recreated has lost it, and keeps no role.
    Set<SimulatedInstance> lost = new HashSet<>(aws.instancesWithoutCredentials());
    aws.aliveInstances().stream()
        .filter(instance -> !lost.contains(instance))
        .forEach(instance -> aws.terminate(instance.id()));
    aws.endWhatCanStartInstances();
    aws.advance(Duration.ofMinutes(130));
    for (int i = 0; i < 4; i++) {
      stack.sweep(SWEEP_OF_ALL);
      neighbours.sweep(invariants, territories, statistics, i);
      aws.advance(Duration.ofMinutes(17));
    }
    invariants.checkNoGarbage();
    neighbours.checkNothingIsLeft(invariants, territories);
    if (!faultInjector.isDisturbed()) {
      sets.ifPresent(runs -> runs.checkTheEnd(this::runAfterwards));
      if (!approvers.isAsking()) {
        checkNoNameIsLost();
      }
    }
  }

  /**
   * A named role that was never finished, and holds nothing, becomes whatever the next payload asks
   * for: nobody has to find another name because IAM has refused the first one.
   */
  private void checkNoNameIsLost() {
    RequestedRole mended =
        requestedRoles.stream()
            .filter(requested -> requested.label().equals("named otherwise"))
            .findFirst()
            .orElseThrow();
    boolean bare =
        aws.role(mended.roleName())
            .filter(Ownership::isOurs)
            .filter(role -> role.path().equals(Site.FIRST.owner().path()))
            // A launch only says how a role behind an earlier boundary is brought under this one.
            .filter(role -> role.permissionsBoundary().equals(Optional.of(Site.FIRST.boundary())))
            .filter(role -> role.tag(Tags.LEASED_ID).isEmpty())
            .filter(role -> role.tag(Tags.DELETING).isEmpty())
            .filter(role -> role.inlinePolicies().isEmpty() && role.attachedPolicies().isEmpty())
            .isPresent();
    boolean profileIsFree =
        aws.profile(mended.roleName())
            .flatMap(SimulatedProfile::roleName)
            .map(mended.roleName()::equals)
            .orElse(aws.profile(mended.roleName()).isEmpty());
    if (bare && profileIsFree) {
      afterwards = LaunchActors.LAUNCH + "afterwards";
      invariants.expect(afterwards, mended);
      aws.iamReadsLagUpTo(Duration.ZERO).ec2SeesIamWithin(Duration.ZERO).settle();
      Outcome outcome = stack.execution(afterwards, mended.payload(), this::pass).run();
      statistics.count(Statistics.RarePath.LOST_NAME_USED_AGAIN);
      // An instance may end while it starts, whatever its role.
      boolean launched = outcome.succeeded() || outcome.error().get().endsWith(".LaunchFailed");
      Violation.unless(launched, () -> "A name is lost: %s".formatted(outcome.cause()));
    }
  }

  /** A function whose clock is ahead may ask for a wait that is over already. */
  private void pass(Duration wait) {
    aws.advance(wait.isNegative() ? Duration.ZERO : wait);
  }

  private Outcome runAfterwards(String actor, JsonNode payload) {
    afterwards = actor;
    RoleSetActors.allowRemovalBy(actor, invariants);
    return stack.roleSetExecution(actor, payload, aws::advance).run();
  }
}
