package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.role.RoleRequests;
import spawn.role.Tags;
import spawn.simulation.Statistics.RarePath;
import spawn.workflow.Outcome;
import spawn.workflow.Stack;

/**
 * What happens to one role set in a schedule: runs that ask for different contents, removals,
 * launches that name one of its roles; and at the end one run that has to leave exactly what it
 * asks for.
 */
final class RoleSetActors {
  /** The name of the set. */
  static final String SET = "nightly";

  /** The names of its roles. */
  static final List<String> ROLES = List.of("nightly-import", "nightly-report");

  /** What the names of those begin with that make and change the set. */
  static final String CHANGER = "set-";

  /** What the names of those begin with that remove it. */
  static final String REMOVER = "unset-";

  private static final List<JsonNode> VERSIONS =
      List.of(
          version(
              "'policies':['sqs:ReadWrite'],'managedPolicies':['AmazonSSMManagedInstanceCore']",
              "'policies':['s3:ReadOnly']"),
          version(
              "'policies':['sqs:ReadOnly'],'managedPolicies':['AmazonS3ReadOnlyAccess'],'maxSessionDuration':7200",
              "'managedPolicies':['AmazonDynamoDBReadOnlyAccess'],'roleTags':{'team':'data'}"),
          version("'managedPolicies':['AmazonS3ReadOnlyAccess']", "'policies':['s3:ReadWrite']"));

  private static final JsonNode REMOVAL = json("{'namePrefix':'nightly','delete':true}");
  private static final List<Map<String, String>> CONTENTS =
      VERSIONS.stream().map(RoleSetActors::contentOf).toList();

  /** A launch that names a role of the set and says nothing of its content. */
  private static final RequestedRole OF_THE_SET = RequestedRole.naming(ROLES.get(0));

  private final SimulatedAws aws;
  private final SplittableRandom random;
  private final Statistics statistics;
  private boolean removed;

  RoleSetActors(SimulatedAws aws, SplittableRandom random, Statistics statistics) {
    this.aws = aws;
    this.random = random;
    this.statistics = statistics;
  }

  private static JsonNode version(String imports, String reports) {
    return json(
        ("{'namePrefix':'nightly','roles':[{'role':'nightly-import',%s},"
                + "{'role':'nightly-report','trustServices':['ecs-tasks'],%s}]}")
            .formatted(imports, reports));
  }

  private static JsonNode json(String text) {
    return RequestedRole.json(text.replace('\'', '"'));
  }

  private static Map<String, String> contentOf(JsonNode version) {
    SimulatedAws alone = SimulatedAws.create();
    Outcome outcome = Stack.on(alone).roleSet("alone", version);
    if (!outcome.succeeded()) {
      throw new IllegalStateException(outcome.toString());
    }
    return content(alone);
  }

  /** What the roles of the set hold, by their names. */
  private static Map<String, String> content(SimulatedAws account) {
    Map<String, String> content = new TreeMap<>();
    account.roles().stream()
        .filter(RoleSetActors::isOfTheSet)
        .forEach(
            role ->
                content.put(
                    role.name(),
                    "%s %s %s %s team=%s in a profile: %s"
                        .formatted(
                            role.trustPolicy(),
                            role.inlinePolicies(),
                            role.attachedPolicies(),
                            role.role().maxSessionDuration(),
                            role.tag("team"),
                            account
                                .profile(role.name())
                                .flatMap(profile -> profile.roleName())
                                .isPresent())));
    return content;
  }

  static boolean isOfTheSet(SimulatedRole role) {
    return role.tag(Tags.SET).filter(SET::equals).isPresent();
  }

  /** What earlier times, other launches or other people have left under the names of the set. */
  void populate() {
    switch (random.nextInt(6)) {
      case 0 -> aws.givenRole("nightly-report");
      case 1 ->
          aws.givenRole(
              "nightly-import",
              role -> ours(role).attachedPolicy("arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"));
      case 2 ->
          aws.givenRole(
              "nightly-import",
              role ->
                  ours(role)
                      .tag(Tags.SET, SET)
                      .tag(Tags.LEASED_ID, "changing")
                      .attachedPolicy("arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"));
      default -> {}
    }
  }

  private static GivenRole ours(GivenRole role) {
    return role.path(RoleRequests.OWNER.path()).boundary(Stack.BOUNDARY).tag(Tags.MANAGED, "true");
  }

  /** Who acts on the set, and what each asks for. */
  Map<String, JsonNode> actors() {
    Map<String, JsonNode> actors = new TreeMap<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      actors.put(CHANGER + i, VERSIONS.get(random.nextInt(VERSIONS.size())));
    }
    removed = random.nextInt(2) == 0;
    if (removed) {
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        actors.put(REMOVER + i, REMOVAL);
      }
    }
    return actors;
  }

  /** Returns how many launches use a role of the set; there always is one if the set is removed. */
  int launches() {
    return removed ? 1 + random.nextInt(3) : random.nextInt(2);
  }

  /** Returns whether the set is removed in this schedule. */
  boolean isRemoved() {
    return removed;
  }

  /** Returns what a launch asks for that uses a role of the set. */
  static RequestedRole launch() {
    return OF_THE_SET;
  }

  /** Notes that an actor may remove the roles of the set, if it is one that removes it. */
  static void allowRemovalBy(String actor, Invariants invariants) {
    if (actor.startsWith(REMOVER)) {
      ROLES.forEach(invariants::allowRemoval);
    }
  }

  void ended(Outcome outcome, String actor, boolean untroubled) {
    String error = outcome.error().orElse("");
    if (actor.startsWith(REMOVER) && outcome.succeeded()) {
      statistics.count(RarePath.SET_REMOVED);
    }
    if (error.equals("spawn.error.RoleSetInUse")) {
      statistics.count(RarePath.SET_SPARED_FOR_ITS_USE);
    }
    Violation.unless(
        outcome.succeeded()
            || error.startsWith("spawn.error.")
            || error.equals("States.Timeout")
            || error.equals("Sandbox.Timedout")
            || error.startsWith("Lambda."),
        () -> "%s ended with %s: %s".formatted(actor, error, outcome.cause()));
    Violation.unless(
        outcome.succeeded() || !untroubled || isExpected(error),
        () -> "%s ended without any fault with %s: %s".formatted(actor, error, outcome.cause()));
  }

  private static boolean isExpected(String error) {
    return switch (error) {
      case "spawn.error.RoleConflict",
          "spawn.error.ProfileConflict",
          "spawn.error.RoleBeingDeleted",
          "spawn.error.RoleSetInUse",
          "spawn.error.RoleVanished",
          "spawn.error.NotVisibleYet",
          "Lambda.TooManyRequestsException" ->
          true;
      default -> false;
    };
  }

  /**
   * Checks, when nothing else runs any more, that a run leaves exactly what it asks for, and the
   * next one changes nothing; and that a set which was being removed can be.
   *
   * @param run runs the payload under an actor's name
   */
  void checkTheEnd(BiFunction<String, JsonNode, Outcome> run) {
    boolean abandoned =
        aws.roles().stream()
            .anyMatch(role -> isOfTheSet(role) && role.tag(Tags.DELETING).isPresent());
    if (removed || abandoned) {
      Outcome gone = run.apply(REMOVER + "final", REMOVAL);
      Violation.unless(
          gone.succeeded(), () -> "The set cannot be removed: %s".formatted(gone.cause()));
      Violation.unless(
          content(aws).isEmpty(), () -> "Of the set there is left: %s".formatted(content(aws)));
    }
    aws.advance(Duration.ofMinutes(5));
    int last = random.nextInt(VERSIONS.size());
    Outcome outcome = run.apply(CHANGER + "final", VERSIONS.get(last));
    boolean stolen =
        ROLES.stream().flatMap(name -> aws.role(name).stream()).anyMatch(role -> !isOfTheSet(role));
    Violation.unless(
        outcome.succeeded() || stolen,
        () -> "The set cannot be run: %s".formatted(outcome.cause()));
    if (stolen) {
      statistics.count(RarePath.SET_ROLE_REFUSED);
      return;
    }
    Violation.unless(
        content(aws).equals(CONTENTS.get(last)),
        () -> "The set holds %s, not %s.".formatted(content(aws), CONTENTS.get(last)));
    aws.advance(Duration.ofMinutes(5));
    aws.forgetCalls();
    Outcome again = run.apply(CHANGER + "again", VERSIONS.get(last));
    Violation.unless(
        again.succeeded() && aws.writes().isEmpty(),
        () -> "A second run ended so: %s, and wrote: %s".formatted(again, aws.writes()));
  }
}
