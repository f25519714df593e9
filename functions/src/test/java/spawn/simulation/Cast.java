package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import spawn.workflow.Outcome;

/** Draws who acts in a schedule, and when. */
final class Cast {
  /** Around these moments everything happens, so that things meet: leases end, marks ripen. */
  private static final int[] MOMENTS_IN_SECONDS = {
    0, 0, 0, 15 * 60, 16 * 60, 31 * 60, 62 * 60, 78 * 60, 94 * 60
  };

  private final World world;
  private final SplittableRandom random;
  private final Scheduler scheduler;
  private final People people;
  private final Executions executions;
  private final LaunchActors launches;
  private final SweepActors sweeps;
  private final Duration rendezvous;
  private final int rendezvousMillis;
  private final RequestedRole favourite;

  Cast(World world, SplittableRandom random, RarePaths rarePaths) {
    this.world = world;
    this.random = random;
    this.scheduler = world.scheduler();
    this.people = new People(world, random);
    this.executions = new Executions(world, people);
    this.launches = new LaunchActors(world, executions, rarePaths);
    this.sweeps = new SweepActors(world, rarePaths);
    this.rendezvous = anyMoment();
    this.rendezvousMillis =
        world.setting().isCrowded()
            ? 20_000
            : new int[] {1_000, 10_000, 60_000, 7_200_000}[random.nextInt(4)];
    this.favourite = anyRequested();
  }

  /**
   * Adds all actors of the schedule.
   *
   * @param open the existing instances that are open to spawn
   * @param sets what happens to a role set, in accounts that have one
   */
  void enter(List<String> open, Optional<RoleSetActors> sets) {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      RequestedRole requested = random.nextInt(3) == 0 ? anyRequested() : favourite;
      launches.add(requested, requested.payload(world.subnets(), random), random.split(), moment());
    }
    if (random.nextInt(4) == 0) {
      addMended();
    }
    for (String instance : open) {
      RequestedRole requested =
          sets.isPresent() && random.nextBoolean()
              ? RoleSetActors.launch()
              : random.nextBoolean() ? favourite : anyRequested();
      launches.add(requested, requested.payloadFor(instance), random.split(), moment());
    }
    sets.ifPresent(this::addRoleSetActors);
    int count = world.setting().isCrowded() ? 3 : 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      sweeps.add("sweep-" + i, random.split(), moment());
    }
    if (world.setting() == Setting.PATROLLED) {
      scheduler.add("patrol", moment(), sweeps::patrol);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      scheduler.add("terminator-" + i, moment(), people::terminateOne);
    }
    if (world.setting() == Setting.CLUMSY || random.nextInt(3) == 0) {
      world.faultInjector().disturb();
      scheduler.add("person", moment(), () -> people.edit(favourite.roleName()));
    }
    if (random.nextInt(world.setting() == Setting.PATROLLED ? 2 : 8) == 0) {
      world.faultInjector().disturb();
      scheduler.add("outage", random.nextBoolean() ? Duration.ZERO : moment(), people::outage);
    }
  }

  /** Adds a launch by other chances. */
  void addLaunch(RequestedRole requested, SplittableRandom chances) {
    addLaunch(requested, chances, moment(chances));
  }

  /** Adds a launch by other chances at a moment. */
  void addLaunch(RequestedRole requested, SplittableRandom chances, Duration start) {
    launches.add(requested, requested.payload(world.subnets(), chances), chances, start);
  }

  /** Checks that every launch has come to an end. */
  void checkAllLaunchesEnded() {
    launches.checkAllEnded();
  }

  private void addRoleSetActors(RoleSetActors runs) {
    Duration removal = moment();
    runs.actors()
        .forEach(
            (name, payload) -> {
              RoleSetActors.allowRemovalBy(name, world.invariants());
              SplittableRandom own = random.split();
              Duration start =
                  name.startsWith(RoleSetActors.REMOVER)
                      ? removal.plusMillis(random.nextInt(20_000))
                      : moment();
              scheduler.add(name, start, () -> run(runs, name, payload, own));
            });
    RequestedRole requested = RoleSetActors.launch();
    for (int i = runs.launches(); i > 0; i--) {
      launches.add(
          requested,
          requested.payload(world.subnets(), random),
          random.split(),
          runs.isRemoved() && random.nextBoolean() ? duringRemoval(removal) : moment());
    }
  }

  private void run(RoleSetActors runs, String name, JsonNode payload, SplittableRandom own) {
    Outcome outcome =
        executions.toItsEnd(
            world
                .stack()
                .roleSetExecution(name, payload, executions.timeline(own, Optional.empty())),
            RoleSetActors.ROLES.get(0),
            own);
    world.statistics().countOutcome("set: " + outcome.error().orElse("success"));
    runs.ended(outcome, name, world.faultInjector().isFaultless());
  }

  /** A removal marks its roles at its beginning, and deletes them a quarter of an hour later. */
  private Duration duringRemoval(Duration removal) {
    return random.nextBoolean()
        ? removal.plusMillis(random.nextInt(30_000))
        : removal.plusMillis(random.nextInt(17 * 60_000));
  }

  /**
   * Somebody launches what IAM refuses, mends the payload and launches again under the same name;
   * often others do so too, in other ways.
   */
  private void addMended() {
    List<RequestedRole> ofTheName = ofTheRefusedName();
    RequestedRole wrong =
        ofTheName.stream().filter(RequestedRole::isRefusedByIam).findFirst().orElseThrow();
    List<RequestedRole> mended =
        ofTheName.stream()
            .filter(requested -> requested.described() && !requested.isRefusedByIam())
            .toList();
    Duration start = moment();
    launches.add(wrong, wrong.payload(), random.split(), start);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      RequestedRole next = mended.get(random.nextInt(mended.size()));
      launches.add(
          next,
          next.payload(),
          random.split(),
          start.plusMillis(random.nextInt(random.nextBoolean() ? 10_000 : 400_000)));
    }
    if (random.nextBoolean()) {
      launches.add(
          wrong, wrong.payload(), random.split(), start.plusMillis(random.nextInt(300_000)));
    }
  }

  private List<RequestedRole> ofTheRefusedName() {
    String name =
        world.requestedRoles().stream()
            .filter(RequestedRole::isRefusedByIam)
            .findFirst()
            .orElseThrow()
            .roleName();
    return world.requestedRoles().stream()
        .filter(requested -> requested.roleName().equals(name))
        .toList();
  }

  /** Returns the people of the account. */
  People people() {
    return people;
  }

  /** Returns what most launches ask for. */
  RequestedRole favourite() {
    return favourite;
  }

  private RequestedRole anyRequested() {
    return world.requestedRoles().get(random.nextInt(world.requestedRoles().size()));
  }

  private Duration anyMoment() {
    return anyMoment(random);
  }

  private static Duration anyMoment(SplittableRandom random) {
    int base = MOMENTS_IN_SECONDS[random.nextInt(MOMENTS_IN_SECONDS.length)];
    int spread = new int[] {1, 10, 90, 600}[random.nextInt(4)];
    return Duration.ofMillis(base * 1_000L + random.nextInt(spread * 1_000));
  }

  /** In many schedules most meet at one moment, a few seconds apart; in a crowded one all do. */
  private Duration moment() {
    return moment(random);
  }

  /** Draws the same by other chances. */
  Duration moment(SplittableRandom random) {
    return !world.setting().isCrowded() && random.nextInt(3) == 0
        ? anyMoment(random)
        : rendezvous.plusMillis(random.nextInt(rendezvousMillis));
  }
}
