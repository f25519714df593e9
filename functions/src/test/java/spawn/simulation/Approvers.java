package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import spawn.aws.Call;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.simulation.Statistics.RarePath;
import spawn.workflow.Outcome;
import spawn.workflow.Workflow;

/**
 * In some accounts every launch asks, and approvers answer: mostly with a yes, sometimes with a no,
 * twice, two of them contrarily, for another plan, too late, or not at all. In half of these
 * accounts somebody changes the user's own role while launches wait.
 */
final class Approvers {
  static final String APPROVAL_MACHINE =
      "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-approval";
  private static final String ANSWERS_MACHINE =
      "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-answers";

  /** How long a launch waits for an answer. */
  private static final Duration TIMEOUT = Duration.ofHours(1);

  /** Longer than IAM's reads lag. */
  private static final Duration SEEN = Duration.ofSeconds(31);

  private static final String APPROVE = "approve";
  private static final String DENY = "deny";

  private final SimulatedAws aws;
  private final SplittableRandom random;
  private final Statistics statistics;
  private final boolean asking;
  private final boolean changing;
  private final Set<String> ofTheUsersOwn = new HashSet<>();
  private final Set<String> approved = new HashSet<>();
  private final Map<String, Instant> asked = new HashMap<>();
  private final Map<String, Instant> plannedAgain = new HashMap<>();
  private Optional<Instant> changed = Optional.empty();
  private int actors;

  /**
   * Creates the approvers of one account.
   *
   * @param random chances of their own, so that a schedule without them is what it would be
   */
  Approvers(SimulatedAws aws, SplittableRandom random, Statistics statistics) {
    this.aws = aws;
    this.random = random;
    this.statistics = statistics;
    this.asking = random.nextInt(10) == 0;
    this.changing = asking && random.nextBoolean();
  }

  /**
   * What a launch asks.
   *
   * @param name the name by which it is answered
   * @param input what is asked
   */
  private record Question(String name, JsonNode input) {
    String answer(Map<String, String> answers) {
      return Optional.ofNullable(answers.get(input.path("approval").asText()))
          .map(RequestedRole::json)
          .map(answer -> answer.path("answer").asText())
          .orElse("");
    }
  }

  /** Returns the workflow of stacks in which every launch asks, sharing what it evaluates with. */
  static Workflow workflow(Workflow free) {
    Workflow asking =
        Workflow.with(
            Map.of(
                "PassableRoleArns",
                "arn:aws:iam::123456789012:role/*",
                "ApproveLaunches",
                "all",
                "ApprovalTimeout",
                Long.toString(TIMEOUT.toSeconds()),
                "ApprovalTopicArn",
                "arn:aws:sns:us-east-1:123456789012:approvers"));
    return new Workflow(
        asking.template(),
        asking.launch(),
        asking.roleSet(),
        asking.approval(),
        asking.answers(),
        free.expressions());
  }

  /** Returns whether launches ask in this account. */
  boolean isAsking() {
    return asking;
  }

  /** Adds a launch with the role that somebody changes, where somebody does. */
  void enter(World world, Cast cast) {
    if (changing) {
      world.faultInjector().disturb();
      RequestedRole own =
          world.requestedRoles().stream()
              .filter(requested -> requested.roleName().equals(RequestedRole.OWN_ROLE))
              .findFirst()
              .orElseThrow();
      cast.addLaunch(own, random.split());
    }
  }

  /** Notes what a launch asks for. */
  void expect(String launch, RequestedRole requested) {
    if (requested.roleName().equals(RequestedRole.OWN_ROLE)) {
      ofTheUsersOwn.add(launch);
    }
  }

  /** Looks at a launch that enters a state; where it asks, somebody will answer. */
  void entering(World world, String state) {
    if (!asking) {
      return;
    }
    String launch = world.actor();
    Instant now = aws.clock().instant();
    switch (state) {
      case "RecallAnswer" -> {
        asked.putIfAbsent(launch, now);
        changePerhaps(world, launch);
        willAnswer(world, launch);
      }
      case "PlanAgain" -> plannedAgain.put(launch, now);
      case "WhichTarget?" -> checkPlanHolds(launch);
      default -> {}
    }
  }

  private void changePerhaps(World world, String launch) {
    if (changing && ofTheUsersOwn.contains(launch) && random.nextInt(3) > 0) {
      act(world, "changer", waited(), () -> change(world));
    }
  }

  private void change(World world) {
    if (changed.isEmpty()) {
      changed = Optional.of(aws.clock().instant());
      aws.personsIam()
          .putRolePolicy(
              put ->
                  put.roleName(RequestedRole.OWN_ROLE)
                      .policyName("changed-while-launches-wait")
                      .policyDocument(GivenRole.POLICY));
      world.invariants().rememberWhatIsNotOurs();
    }
  }

  private void checkPlanHolds(String launch) {
    Violation.unless(
        !ofTheUsersOwn.contains(launch)
            || changed
                .filter(asked.getOrDefault(launch, Instant.MAX)::isBefore)
                .filter(at -> at.plus(SEEN).isBefore(plannedAgain.get(launch)))
                .isEmpty(),
        () -> "%s goes on, though its role is not what was approved.".formatted(launch));
  }

  private void willAnswer(World world, String launch) {
    Duration at = waited();
    switch (random.nextInt(20)) {
      case 0, 1 -> answers(world, launch, DENY, at);
      case 2 -> {
        answers(world, launch, APPROVE, at);
        answers(world, launch, APPROVE, at.plusMillis(random.nextInt(2_000)));
      }
      case 3 -> {
        answers(world, launch, APPROVE, at);
        answers(world, launch, DENY, at.plusMillis(random.nextInt(2_000)));
      }
      case 4 -> act(world, "approver", at, () -> answerWrongly(world, launch));
      case 5 -> answers(world, launch, APPROVE, TIMEOUT.plusSeconds(70).plusMillis(at.toMillis()));
      case 6 -> {} // nobody answers
      case 7 ->
          answers(
              world,
              launch,
              random.nextBoolean() ? APPROVE : DENY,
              TIMEOUT.minusSeconds(5).plusMillis(random.nextInt(70_000)));
      default -> answers(world, launch, APPROVE, at);
    }
  }

  private Duration waited() {
    return Duration.ofMillis(500 + random.nextInt(random.nextBoolean() ? 20_000 : 30 * 60_000));
  }

  private void answers(World world, String launch, String word, Duration after) {
    act(world, "approver", after, () -> answer(world, launch, word));
  }

  private void act(World world, String who, Duration after, Runnable what) {
    world.scheduler().add(who + "-" + actors++, after, what);
  }

  /** Whoever answers calls again if it fails; an answer that is refused is refused again. */
  private void answer(World world, String launch, String word) {
    Optional<JsonNode> given = Optional.empty();
    for (int tries = 0; tries < 3 && given.isEmpty(); tries++) {
      world.scheduler().sleep(Duration.ofMillis(random.nextInt(tries * 5_000 + 1)));
      given =
          published(launch)
              .flatMap(
                  question -> world.stack().answerApproval(line(question).put("answer", word)));
    }
  }

  private void answerWrongly(World world, String launch) {
    published(launch)
        .flatMap(
            question ->
                world
                    .stack()
                    .answerApproval(
                        line(question).put("answer", APPROVE).put("planHash", "0".repeat(64))))
        .ifPresent(
            given ->
                Violation.unless(
                    false, () -> "%s is approved by another plan's hash.".formatted(launch)));
  }

  private static ObjectNode line(Question question) {
    return ((ObjectNode) RequestedRole.json("{\"reason\":\"because\"}"))
        .put("approval", question.name())
        .put("planHash", question.input().path("planHash").asText());
  }

  /** Returns what a launch asked last, once its message is out. */
  private Optional<Question> published(String launch) {
    return asked(launch)
        .filter(
            question ->
                aws.published().stream()
                    .anyMatch(message -> message.message().contains(question.name())));
  }

  private Optional<Question> asked(String launch) {
    String end = ":execution:launch:" + launch + "\"";
    return aws.stepFunctions().inputs(APPROVAL_MACHINE).entrySet().stream()
        .filter(each -> each.getValue().contains(end))
        .map(each -> new Question(each.getKey(), RequestedRole.json(each.getValue())))
        .reduce((earlier, later) -> later);
  }

  private String answerOf(String launch) {
    return asked(launch)
        .map(question -> question.answer(aws.stepFunctions().inputs(ANSWERS_MACHINE)))
        .orElse("");
  }

  /** Checks that a launch which nobody has approved makes nothing. */
  void before(Call call, String actor) {
    if (!asking
        || !actor.startsWith(LaunchActors.LAUNCH)
        || !call.isWrite()
        || !(call.service().equals("iam") || call.service().equals("ec2"))) {
      return;
    }
    String launch = actor.replace("'", "");
    if (!approved.contains(launch)) {
      Violation.unless(
          answerOf(launch).equals(APPROVE),
          () -> "%s is made by %s, which nobody has approved.".formatted(call, launch));
      approved.add(launch);
    }
  }

  /** Checks that the end of a launch follows from the answer on record, and counts it. */
  void ended(String launch, Outcome outcome, boolean faultless) {
    if (!asking) {
      return;
    }
    String answer = answerOf(launch);
    String cause = outcome.cause().orElse("");
    switch (outcome.error().orElse("")) {
      case "" -> {
        must(answer.equals(APPROVE), launch, outcome, answer);
        statistics.count(RarePath.LAUNCH_APPROVED);
      }
      case "spawn.error.ApprovalTimeout" -> {
        must(answer.isEmpty() || !faultless, launch, outcome, answer);
        statistics.count(RarePath.APPROVAL_TIMED_OUT);
      }
      case "spawn.error.ApprovalDenied" -> {
        boolean stale = cause.contains("stale");
        must(answer.equals(stale ? APPROVE : DENY), launch, outcome, answer);
        must(!stale || !faultless || !ofTheUsersOwn.contains(launch), launch, outcome, answer);
        statistics.count(stale ? RarePath.APPROVAL_STALE : RarePath.LAUNCH_DENIED);
      }
      default -> {}
    }
  }

  private static void must(boolean holds, String launch, Outcome outcome, String answer) {
    Violation.unless(
        holds,
        () ->
            "%s was answered \"%s\", but ended with %s: %s"
                .formatted(launch, answer, outcome.error(), outcome.cause()));
  }

  /** Returns whether a launch may end with an error though nothing fails. */
  boolean explains(String error) {
    return asking
        && (error.equals("spawn.error.ApprovalDenied")
            || error.equals("spawn.error.ApprovalTimeout"));
  }
}
