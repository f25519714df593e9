package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.role.Tags;
import spawn.simulation.Tally.Fault;
import spawn.simulation.Tally.RarePath;
import spawn.workflow.Execution;
import spawn.workflow.Outcome;
import spawn.workflow.Stack;
import spawn.workflow.Timeline;
import spawn.workflow.Workflow;

/**
 * One schedule: a few launches, sweeps and people in one account, all of it drawn from one seed.
 */
final class Schedule {
  /** Around these moments everything happens, so that things meet: leases end, marks ripen. */
  private static final int[] MOMENTS_IN_SECONDS = {
    0, 0, 0, 15 * 60, 16 * 60, 31 * 60, 62 * 60, 78 * 60, 94 * 60
  };

  /** Whoever is about to end may end in any way. */
  private static final Set<InstanceStateName> REMAINING =
      Set.of(InstanceStateName.RUNNING, InstanceStateName.STOPPED);

  private final Tally tally;
  private final List<Wish> wishes;
  private final SplittableRandom random;
  private final SimulatedAws aws;
  private final Watch watch;
  private final Scheduler scheduler;
  private final Stack stack;
  private final Weather weather;
  private final boolean traced;
  private final List<String> trace = new ArrayList<>();
  private final Map<String, Outcome> outcomes = new TreeMap<>();
  private final Map<String, String> lastOperations = new TreeMap<>();
  private final Map<String, String> rolesInHand = new TreeMap<>();
  private final Set<String> launched = new TreeSet<>();
  private Set<String> collided = Set.of();
  private int launches;
  private Duration rendezvous = Duration.ZERO;
  private int rendezvousMillis;
  private Wish favourite;
  private boolean crowded;
  private boolean clumsy;
  private boolean patrolled;
  private boolean disturbed;
  private boolean over;
  private String afterwards = "afterwards";
  private Optional<SetRuns> sets = Optional.empty();

  Schedule(
      long seed,
      Mutation mutation,
      List<Wish> wishes,
      Workflow workflow,
      ExecutorService threads,
      Tally tally,
      boolean traced) {
    this.traced = traced;
    this.wishes = wishes;
    this.tally = tally;
    // Neighbouring seeds give unlike schedules only after they have been mixed.
    this.random = new SplittableRandom(new SplittableRandom(seed).nextLong());
    this.aws = SimulatedAws.seeded(random.nextLong());
    this.watch = new Watch(aws, wishes);
    this.scheduler = new Scheduler(aws, random.split(), threads);
    this.stack =
        Stack.deployed(
            workflow,
            aws,
            new Mutant(mutation, aws, new SkewedClock(), wishes),
            scheduler::sleep,
            random.split());
    this.weather = new Weather(aws, scheduler, stack, random.split(), tally);
  }

  /** The end of an execution that a person has aborted; it may be redriven. */
  private static final class Aborted extends Error {
    private static final long serialVersionUID = 1L;

    Aborted() {
      super("aborted", null, false, false);
    }
  }

  /** Each machine's clock is a little off. */
  private final class SkewedClock extends Clock {
    private final int[] skews = random.ints(7, -20_000, 20_001).toArray();

    @Override
    public Instant instant() {
      int machine =
          stack == null || stack.runningUntil().isEmpty()
              ? 0
              : Math.floorMod(stack.runningUntil().get().toEpochMilli(), skews.length);
      return aws.clock().instant().plusMillis(skews[machine]);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  /** Runs the schedule; returns what was violated. */
  Optional<Throwable> run() {
    Optional<Throwable> violation = Optional.empty();
    try {
      crowded = random.nextInt(4) == 0;
      clumsy = crowded && random.nextInt(3) == 0;
      if (clumsy) {
        weather.crashAfterTheFirst("CreateRole");
      }
      patrolled = !crowded && random.nextInt(5) == 0;
      GivenAccount account = new GivenAccount(aws, random, wishes, crowded);
      aws.givenRole(Wish.OWN_ROLE, role -> role.inProfile(Wish.OWN_ROLE));
      List<String> open = account.openInstances();
      collided = account.populate();
      if (random.nextInt(4) == 0) {
        sets = Optional.of(new SetRuns(aws, random.split(), tally));
        sets.get().populate();
      }
      aws.givenSubnet(Wish.SUBNET_A, "us-east-1a").givenSubnet(Wish.SUBNET_B, "us-east-1b");
      watch.rememberWhatIsNotOurs();
      lag();
      Faults failing = stack.limited(weather);
      aws.faults(watched(failing));
      cast(open);
      violation = scheduler.run();
      over = true;
      if (violation.isEmpty()) {
        aws.faults(watched(Faults.NONE));
        afterwards();
      }
    } catch (Violation violated) {
      violation = Optional.of(violated);
    }
    tally.countSchedule(scheduler.steps());
    return violation;
  }

  /** Returns every call that took effect: when, whose, and what was asked. */
  List<String> trace() {
    return trace;
  }

  private Faults watched(Faults failing) {
    return new Faults() {
      @Override
      public void before(Call call) {
        tally.countCall();
        failing.before(call);
        watch.before(call, actor());
        if (traced) {
          trace.add("%s  %s  %s".formatted(aws.clock().instant(), actor(), call.request()));
        }
      }

      @Override
      public void after(Call call) {
        watch.after(call, actor());
        countRarePaths(call);
        failing.after(call);
      }
    };
  }

  private String actor() {
    return over ? afterwards : scheduler.current().name();
  }

  private void lag() {
    int iamSeconds = new int[] {0, 2, 10, 30}[crowded ? 2 + random.nextInt(2) : random.nextInt(4)];
    int ec2Seconds = new int[] {0, 10, 40, 120}[random.nextInt(4)];
    int instanceSeconds = new int[] {0, 10, 60, 120}[random.nextInt(4)];
    aws.iamReadsLagUpTo(Duration.ofSeconds(iamSeconds))
        .ec2SeesIamWithin(Duration.ofSeconds(ec2Seconds))
        .ec2ReadsLagUpTo(Duration.ofSeconds(instanceSeconds));
    if (random.nextInt(4) == 0) {
      aws.shortPages(2);
    }
  }

  private void cast(List<String> open) {
    rendezvous = anyMoment();
    rendezvousMillis =
        crowded ? 20_000 : new int[] {1_000, 10_000, 60_000, 7_200_000}[random.nextInt(4)];
    favourite = wishes.get(random.nextInt(wishes.size()));
    launches = 1 + random.nextInt(4);
    for (int i = 0; i < launches; i++) {
      Wish wish = random.nextInt(3) == 0 ? wishes.get(random.nextInt(wishes.size())) : favourite;
      launch("launch-" + i, wish, wish.payload());
    }
    for (String instance : open) {
      Wish wish = random.nextBoolean() ? favourite : wishes.get(random.nextInt(wishes.size()));
      launch("launch-" + launches++, wish, wish.payloadFor(instance));
    }
    sets.ifPresent(this::castSets);
    int sweeps = crowded ? 3 : 1 + random.nextInt(3);
    for (int i = 0; i < sweeps; i++) {
      sweeper("sweep-" + i);
    }
    if (patrolled) {
      scheduler.add("patrol", moment(), this::patrol);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      scheduler.add("terminator-" + i, moment(), this::terminateOne);
    }
    if (clumsy || random.nextInt(3) == 0) {
      disturbed = true;
      scheduler.add("person", moment(), this::edit);
    }
    if (random.nextInt(patrolled ? 2 : 8) == 0) {
      disturbed = true;
      scheduler.add("outage", random.nextBoolean() ? Duration.ZERO : moment(), this::outage);
    }
  }

  private void castSets(SetRuns runs) {
    runs.actors()
        .forEach(
            (name, payload) -> {
              allowRemovalBy(name);
              SplittableRandom own = random.split();
              scheduler.add(
                  name,
                  moment(),
                  () -> {
                    Outcome outcome =
                        toItsEnd(
                            stack.roleSetExecution(name, payload, timeline(own, Optional.empty())),
                            "nightly-import",
                            own);
                    tally.countOutcome("set: " + outcome.error().orElse("success"));
                    runs.ended(outcome, name, weather.isCalm() && !disturbed);
                  });
            });
    if (random.nextBoolean()) {
      Wish wish = SetRuns.launch();
      launch("launch-" + launches++, wish, wish.payload());
    }
  }

  /** Some accounts are swept so often that each mark is followed up as soon as it may be. */
  private void patrol() {
    for (int round = 0; round < 8; round++) {
      reported(stack.sweep(Stack.event("nightly")));
      scheduler.sleep(Duration.ofMinutes(16));
    }
  }

  private Duration anyMoment() {
    int base = MOMENTS_IN_SECONDS[random.nextInt(MOMENTS_IN_SECONDS.length)];
    int spread = new int[] {1, 10, 90, 600}[random.nextInt(4)];
    return Duration.ofMillis(base * 1_000L + random.nextInt(spread * 1_000));
  }

  /** In many schedules most meet at one moment, a few seconds apart; in a crowded one all do. */
  private Duration moment() {
    return !crowded && random.nextInt(3) == 0
        ? anyMoment()
        : rendezvous.plusMillis(random.nextInt(rendezvousMillis));
  }

  // Launches

  private void launch(String name, Wish wish, JsonNode payload) {
    watch.expect(name, wish);
    SplittableRandom own = random.split();
    scheduler.add(
        name,
        moment(),
        () -> {
          Optional<SimulatedInstance> target = aws.instance(payload.path("instanceId").asText());
          Execution execution = stack.execution(name, payload, timeline(own, target));
          Outcome outcome = toItsEnd(execution, wish.roleName(), own);
          outcomes.put(name, outcome);
          tally.countOutcome(outcome.error().orElse("success"));
          execution.failures().forEach(this::countFailure);
          checkEnd(name, wish, outcome);
        });
  }

  private Outcome toItsEnd(Execution execution, String role, SplittableRandom own) {
    while (true) {
      try {
        return execution.run();
      } catch (Aborted aborted) {
        tally.count(Fault.EXECUTION_STOPPED_AND_REDRIVEN);
        if (watch.hasLaunched(execution.name()) && own.nextBoolean()) {
          markByHand(execution.name());
        }
        if (patrolled || own.nextInt(4) == 0) {
          sleepUntilTheSweepTakes(role);
          continue;
        }
        scheduler.sleep(
            switch (own.nextInt(4)) {
              case 0 -> Duration.ofMillis(own.nextInt(600_000));
              case 1 -> Duration.ofMillis(50 * 60_000 + own.nextInt(45 * 60_000));
              case 2 -> Duration.ofMillis(10 * 60_000 + own.nextInt(25 * 60_000));
              default -> Duration.ofMillis(own.nextInt(24 * 3_600_000));
            });
      }
    }
  }

  /**
   * The worst moment to go on: the sweep has looked for the last time, and the first call of the
   * deletion has taken the lease off.
   */
  private void sleepUntilTheSweepTakes(String role) {
    scheduler.sleep(Duration.ofMinutes(20));
    for (int polls = 0; polls < 400 && isLeased(role); polls++) {
      scheduler.sleep(Duration.ofSeconds(20));
    }
  }

  private boolean isLeased(String role) {
    return aws.role(role).flatMap(found -> found.tag(Tags.LEASE_UNTIL)).isPresent();
  }

  /** Somebody wants the role gone while its launch, which has taken effect, is not yet over. */
  private void markByHand(String execution) {
    aws.instances().stream()
        .filter(instance -> execution.equals(instance.tags().get(Tags.EXECUTION)))
        .flatMap(instance -> aws.role(instance.tags().get(Tags.ROLE)).stream())
        .findFirst()
        .ifPresent(this::markByHand);
    watch.rememberWhatIsNotOurs();
  }

  /** In calm weather an instance never is without a profile between two states if it had one. */
  private void checkNotStripped(Optional<SimulatedInstance> before) {
    before
        .filter(had -> had.profile().isPresent() && weather.isCalm() && !disturbed)
        .flatMap(had -> aws.instance(had.id()))
        .filter(now -> REMAINING.contains(now.state(aws.clock().instant())))
        .ifPresent(
            now ->
                Violation.unless(
                    now.profile().isPresent(),
                    () -> "Instance %s has lost its profile.".formatted(now.id())));
  }

  private Timeline timeline(SplittableRandom own, Optional<SimulatedInstance> target) {
    return new Timeline() {
      @Override
      public void pause(Duration length) {
        scheduler.sleep(length);
      }

      private boolean late = patrolled && own.nextBoolean();

      @Override
      public void entering(String state) {
        scheduler.sleep(Duration.ofMillis(10 + own.nextInt(100)));
        checkNotStripped(target);
        if (late && state.equals("RunInstance")) {
          late = false;
          throw new Aborted();
        }
        abortPerhaps();
        if (state.equals("WaitAgain")) {
          tally.count(RarePath.DENIED_AFTER_THE_PROOF);
        }
      }

      @Override
      public boolean losing(Runnable call) {
        if (!weather.strikes()) {
          return false;
        }
        tally.count(Fault.FUNCTION_RUN_TWICE_AT_ONCE);
        scheduler.add(actor() + "'", Duration.ofMillis(own.nextInt(5_000)), call);
        return true;
      }

      @Override
      public void answered() {
        abortPerhaps();
      }

      private void abortPerhaps() {
        if (weather.strikes() && own.nextInt(3) == 0) {
          throw new Aborted();
        }
      }
    };
  }

  private void checkEnd(String name, Wish wish, Outcome outcome) {
    outcome
        .error()
        .ifPresent(
            error -> {
              Violation.unless(
                  error.startsWith("spawn.error.")
                      || error.equals("States.Timeout")
                      || error.equals("Sandbox.Timedout")
                      || error.startsWith("Lambda."),
                  () ->
                      "%s (%s) ended with %s: %s"
                          .formatted(name, wish.label(), error, outcome.cause()));
              Violation.unless(
                  !weather.isCalm() || disturbed || isExpected(wish, error),
                  () ->
                      "%s (%s) ended in calm weather with %s: %s"
                          .formatted(name, wish.label(), error, outcome.cause()));
            });
    outcome
        .output()
        .ifPresent(
            output -> {
              Violation.unless(
                  !output.path("instances").isEmpty(),
                  () -> "%s succeeded without instances.".formatted(name));
              countRareSuccess(wish, output);
            });
  }

  /** What a launch may end with though nothing fails: the account itself stands in its way. */
  private static boolean isExpected(Wish wish, String error) {
    return switch (error) {
      case "spawn.error.RoleConflict", "spawn.error.ProfileConflict" -> true;
      case "spawn.error.RoleBeingDeleted" -> !wish.isGenerated();
      case "spawn.error.NotVisibleYet", "spawn.error.PropagationTimeout" -> true;
      case "spawn.error.LaunchRejected" -> true;
      // The instance that is to get a role has been terminated.
      case "spawn.error.InvalidRequest" -> true;
      default -> false;
    };
  }

  // Sweeps

  private void sweeper(String name) {
    SplittableRandom own = random.split();
    Duration start = moment();
    int kind = own.nextInt(crowded ? 6 : 8);
    if (kind < 3) {
      scheduler.add(name, start, () -> reported(persistently(Stack.event("nightly"), own)));
    } else if (kind < 6) {
      scheduler.add(name, start, () -> deliver(Stack.event("termination-batch")));
    } else if (kind == 6) {
      scheduler.add(name, start, () -> stack.sweep(Wish.json("{\"dryRun\":true}")));
    } else {
      Wish wish = wishes.get(own.nextInt(wishes.size()));
      watch.allowRemoval(wish.roleName());
      JsonNode request = Wish.json("{\"roleNames\":[\"" + wish.roleName() + "\"]}");
      scheduler.add(
          name,
          start,
          () -> {
            persistently(request, own);
            scheduler.sleep(Duration.ofMinutes(16));
            persistently(request, own);
          });
    }
  }

  /**
   * What is throttled, since another sweep runs, or fails, is called again: by Lambda itself when
   * the schedule calls (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html">errors
   * of asynchronous invocations</a>), or by the person who calls.
   */
  private Optional<JsonNode> persistently(JsonNode request, SplittableRandom own) {
    Optional<JsonNode> report = stack.sweep(request);
    for (int again = 1; again <= 6 && report.isEmpty(); again++) {
      scheduler.sleep(Duration.ofMillis(own.nextInt(again * 5_000)));
      report = stack.sweep(request);
    }
    return report;
  }

  /** A message comes again after the queue's visibility timeout until it is not given back. */
  private void deliver(JsonNode batch) {
    for (int receive = 1; receive <= 4; receive++) {
      Optional<JsonNode> answer = stack.sweep(batch);
      if (answer.isPresent() && answer.get().path("batchItemFailures").isEmpty()) {
        return;
      }
      scheduler.sleep(Duration.ofMinutes(20));
    }
  }

  // Others

  private void terminateOne() {
    List<SimulatedInstance> alive = aws.aliveInstances();
    if (!alive.isEmpty()) {
      aws.terminate(alive.get(random.nextInt(alive.size())).id());
    }
  }

  private void outage() {
    if (random.nextBoolean()) {
      String region = random.nextInt(4) > 0 ? "eu-west-1" : "us-west-2";
      tally.count(Fault.REGION_DOWN);
      aws.breakRegion(region);
      scheduler.sleep(
          random.nextBoolean()
              ? Duration.ofMillis(random.nextInt(30 * 60_000))
              : Duration.ofMinutes(random.nextInt(5 * 60)));
      aws.mendRegion(region);
    } else {
      tally.count(Fault.CAPACITY_MISSING);
      aws.capacity("us-east-1a", 0);
      scheduler.sleep(Duration.ofMillis(random.nextInt(5 * 60_000)));
      aws.capacity("us-east-1a", Integer.MAX_VALUE);
    }
  }

  private void edit() {
    tally.count(Fault.EDITED_BY_PEOPLE);
    List<SimulatedRole> ours =
        aws.roles().stream().filter(role -> role.path().equals(Tags.PATH)).toList();
    if (ours.isEmpty()) {
      return;
    }
    SimulatedRole role =
        ours.stream()
            .filter(each -> clumsy && each.name().equals(favourite.roleName()))
            .findFirst()
            .orElse(ours.get(random.nextInt(ours.size())));
    List<SimulatedProfile> profiles =
        aws.profiles().stream()
            .filter(profile -> profile.roleName().equals(Optional.of(role.name())))
            .toList();
    switch (clumsy ? 1 : random.nextInt(8)) {
      case 0 -> {
        handOver(role, profiles);
        aws.deleteRole(role.name());
      }
      case 1 -> {
        handOver(role, profiles);
        aws.deleteRole(role.name());
        profiles.forEach(profile -> aws.deleteProfile(profile.name()));
      }
      case 2 -> {
        handOver(role, profiles);
        profiles.forEach(profile -> aws.deleteProfile(profile.name()));
      }
      case 3 -> tag(role, Tags.KEEP, "true");
      case 4 -> {
        watch.handOver(role.id());
        tag(role, Tags.LEASE_UNTIL, "soon");
      }
      case 5 -> markByHand(role);
      case 6 -> {
        aws.personsIam()
            .putRolePolicy(
                put ->
                    put.roleName(Wish.OWN_ROLE)
                        .policyName("own")
                        .policyDocument(
                            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"));
      }
      default -> {
        if (role.tag(Tags.DELETING).isEmpty() && !profiles.isEmpty()) {
          launchByHand(profiles.get(0));
        }
      }
    }
    watch.rememberWhatIsNotOurs();
  }

  private void handOver(SimulatedRole role, List<SimulatedProfile> profiles) {
    watch.handOver(role.id());
    profiles.forEach(profile -> watch.handOver(profile.id()));
  }

  private void markByHand(SimulatedRole role) {
    watch.markedByHand(role.id());
    tag(role, Tags.DELETING, aws.clock().instant().toString());
  }

  private void tag(SimulatedRole role, String key, String value) {
    aws.personsIam()
        .tagRole(
            request ->
                request.roleName(role.name()).tags(Tag.builder().key(key).value(value).build()));
  }

  /** People may use spawn's profiles too, in whatever region; no lease tells of it. */
  private void launchByHand(SimulatedProfile profile) {
    try {
      aws.personsEc2("eu-west-1")
          .runInstances(
              RunInstancesRequest.builder()
                  .imageId("ami-00000000000000001")
                  .minCount(1)
                  .maxCount(1)
                  .iamInstanceProfile(held -> held.name(profile.name()))
                  .build());
    } catch (Ec2Exception notVisibleYet) {
      return;
    }
  }

  // The end

  private void afterwards() {
    Violation.unless(
        outcomes.size() == launches, () -> "A launch has no end: %s".formatted(outcomes.keySet()));
    aws.mendRegion("eu-west-1").mendRegion("us-west-2");
    aws.advance(Duration.ofMinutes(5));
    // An instance whose profile was made again under its name has lost it, and keeps no role.
    Set<SimulatedInstance> lost = new HashSet<>(aws.instancesWithoutCredentials());
    aws.aliveInstances().stream()
        .filter(instance -> !lost.contains(instance))
        .forEach(instance -> aws.terminate(instance.id()));
    aws.advance(Duration.ofMinutes(130));
    for (int i = 0; i < 4; i++) {
      stack.sweep(Stack.event("nightly"));
      aws.advance(Duration.ofMinutes(17));
    }
    watch.checkNoGarbage();
    if (!disturbed) {
      sets.ifPresent(runs -> runs.checkTheEnd(this::runAfterwards));
    }
  }

  private void allowRemovalBy(String actor) {
    if (actor.startsWith(SetRuns.REMOVER)) {
      SetRuns.ROLES.forEach(watch::allowRemoval);
    }
  }

  private Outcome runAfterwards(String actor, JsonNode payload) {
    afterwards = actor;
    allowRemovalBy(actor);
    return stack.roleSetExecution(actor, payload, aws::advance).run();
  }

  // What is counted

  private void reported(Optional<JsonNode> report) {
    report
        .filter(sweep -> !sweep.path("unreadableRegions").isEmpty())
        .ifPresent(sweep -> tally.count(RarePath.SWEEP_KEPT_FOR_AN_UNREADABLE_REGION));
  }

  private void countFailure(String error) {
    switch (error) {
      case "spawn.error.RoleVanished" -> tally.count(RarePath.ROLE_VANISHED_AND_MADE_ANEW);
      case "spawn.error.LeaseEnding" -> tally.count(RarePath.LEASE_ENDING_AND_TAKEN_AGAIN);
      case "spawn.error.ProfileConflict" -> tally.count(RarePath.PROFILE_HOLDS_ANOTHER_ROLE);
      case "spawn.error.RoleConflict" -> tally.count(RarePath.ROLE_OF_ANOTHER_REFUSED);
      case "spawn.error.RoleBeingDeleted" -> tally.count(RarePath.NAMED_ROLE_BEING_DELETED);
      case "spawn.error.NotVisibleYet" -> tally.count(RarePath.NAME_TAKEN_BUT_NOT_SHOWN);
      case "spawn.error.CapacityUnavailable" -> tally.count(RarePath.CAPACITY_MISSING);
      default -> {}
    }
  }

  private void countRareSuccess(Wish wish, JsonNode output) {
    String name = output.at("/role/name").asText();
    if (wish.isGenerated() && name.length() > wish.roleName().length()) {
      tally.count(
          collided.contains(wish.roleName())
              ? RarePath.DIGITS_COLLIDE
              : RarePath.MARKED_ROLE_LEFT_FOR_THE_NEXT_NAME);
    }
    if (wish.payload().path("iam").has("roleTags")
        && output.at("/role/outcome").asText().equals("reused")) {
      tally.count(RarePath.TAGS_DIFFER_ON_REUSED_ROLE);
    }
    if (output.at("/instances/0/availabilityZone").asText().equals("us-east-1b")) {
      tally.count(RarePath.ANOTHER_SUBNET_TAKEN);
    }
  }

  private void countRarePaths(Call call) {
    String actor = actor();
    String last = lastOperations.put(actor, call.operation());
    switch (call.operation()) {
      case "AddRoleToInstanceProfile" -> {
        if ("GetInstanceProfile".equals(last)) {
          tally.count(RarePath.PROFILE_FOUND_EMPTY_AND_FILLED);
        }
      }
      case "PutRolePolicy" -> {
        if ("GetRole".equals(last)) {
          tally.count(RarePath.HALF_MADE_ROLE_COMPLETED);
        }
      }
      case "TagRole" -> {
        if (actor.startsWith("launch") && "GetRole".equals(last)) {
          tally.count(RarePath.LEASE_RENEWED);
        }
      }
      case "UntagRole" -> {
        if (((UntagRoleRequest) call.request()).tagKeys().contains(Tags.DELETING)) {
          tally.count(RarePath.SWEEP_UNMARKED);
        }
      }
      case "GetRole" -> {
        if (actor.startsWith("launch")) {
          rolesInHand.put(actor, ((GetRoleRequest) call.request()).roleName());
        }
      }
      case "DetachRolePolicy" -> {
        if (actor.startsWith(SetRuns.CHANGER)) {
          tally.count(RarePath.SET_POLICY_DETACHED);
        }
      }
      case "DeleteRole" -> {
        tally.count(RarePath.SWEEP_DELETED);
        String deleted = ((DeleteRoleRequest) call.request()).roleName();
        if (rolesInHand.entrySet().stream()
            .anyMatch(
                hand -> hand.getValue().equals(deleted) && !outcomes.containsKey(hand.getKey()))) {
          tally.count(RarePath.SWEPT_UNDER_A_LAUNCH);
        }
      }
      case "DeleteInstanceProfile" -> {
        if (!"RemoveRoleFromInstanceProfile".equals(last)) {
          tally.count(RarePath.ORPHAN_PROFILE_REMOVED);
        }
      }
      case "DescribeInstances" -> {
        if (actor.startsWith("launch")) {
          tally.count(RarePath.PARAMETERS_MISMATCH_AND_FOUND_BY_TOKEN);
        }
      }
      case "ReplaceIamInstanceProfileAssociation" -> tally.count(RarePath.PROFILE_REPLACED);
      case "AssociateIamInstanceProfile" -> {
        if ("DisassociateIamInstanceProfile".equals(last)) {
          tally.count(RarePath.PROFILE_CHANGED_WHILE_STOPPED);
        }
        if ("AssociateIamInstanceProfile".equals(last)) {
          tally.count(RarePath.OLD_PROFILE_PUT_BACK);
        }
      }
      case "RunInstances" -> {
        if (call.isWrite() && watch.hasLaunched(actor) && !launched.add(actor)) {
          tally.count(RarePath.LAUNCH_REPEATED_AND_FOUND_BY_TOKEN);
        }
      }
      default -> {}
    }
  }
}
