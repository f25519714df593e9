package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.role.RoleRequests;
import spawn.role.Tags;
import spawn.simulation.Statistics.RarePath;

/**
 * Audits and repairs among the other actors, in some accounts, and people who change what roles
 * hold: what they have changed is put back in the end, unless the role is gone or in other hands.
 */
final class Repairs {
  private static final String ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
  private static final JsonNode ACT = RequestedRole.json("{\"repair\":true}");
  private static final JsonNode ALL = RequestedRole.json("{}");

  /** What a repair has to mend. */
  private static final Set<String> MENDED =
      Set.of(
          "INLINE_ADDED",
          "INLINE_CHANGED",
          "INLINE_REMOVED",
          "POLICY_ATTACHED",
          "POLICY_DETACHED",
          "SESSION",
          "TAGS");

  private final World world;
  private final SimulatedAws aws;
  private final SplittableRandom random;
  private final Map<String, String> changed = new HashMap<>();
  private final boolean acting;

  /**
   * Creates the actors of one account.
   *
   * @param random chances of their own, so that a schedule without them is what it would be
   */
  Repairs(World world, SplittableRandom random) {
    this.world = world;
    this.aws = world.aws();
    this.random = random;
    this.acting = random.nextInt(5) == 0;
  }

  /** Lets others assume a role that is there before anybody acts: no launch may use it. */
  void widenOne() {
    if (random.nextInt(4) > 0) {
      return;
    }
    List<SimulatedRole> roles =
        ours().stream().filter(role -> RoleRequests.OWNER.isGenerated(role.name())).toList();
    if (!roles.isEmpty()) {
      SimulatedRole role = roles.get(random.nextInt(roles.size()));
      world.faultInjector().disturb();
      aws.personsIam()
          .updateAssumeRolePolicy(
              update ->
                  update
                      .roleName(role.name())
                      .policyDocument(
                          GivenRole.TRUSTS_EC2.replace(
                              "\"ec2.amazonaws.com\"",
                              "[\"ec2.amazonaws.com\",\"lambda.amazonaws.com\"]")));
      aws.settle();
      world.invariants().widened(role.id());
    }
  }

  /** Adds the actors, in some accounts. */
  void enter(Function<SplittableRandom, Duration> moment) {
    if (!acting) {
      return;
    }
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      world.scheduler().add("repair-" + i, moment.apply(random), () -> world.stack().repair(ACT));
    }
    world.scheduler().add("audit", moment.apply(random), () -> world.stack().audit(ALL));
    if (random.nextBoolean()) {
      world.faultInjector().disturb();
      world.scheduler().add("meddler", moment.apply(random), this::meddle);
    }
  }

  /** Whole roles of launches that nobody else has in hand. */
  private List<SimulatedRole> ours() {
    return aws.roles().stream()
        .filter(role -> role.path().equals(RoleRequests.OWNER.path()))
        .filter(role -> role.tag(Tags.MANAGED).equals(Optional.of("true")))
        .filter(role -> role.tag(Tags.LEASED_ID).equals(Optional.of(role.id())))
        .filter(role -> role.tag(Tags.LEASE_UNTIL).isPresent())
        .filter(role -> role.tag(Tags.SET).isEmpty() && role.tag(Tags.DELETING).isEmpty())
        .toList();
  }

  private void meddle() {
    List<SimulatedRole> roles = ours();
    if (roles.isEmpty()) {
      return;
    }
    SimulatedRole role = roles.get(random.nextInt(roles.size()));
    world.invariants().handOver(role.id());
    changed.put(role.name(), role.id());
    String name = role.name();
    IamClient person = aws.personsIam();
    boolean recorded = role.tag(Tags.RECORD + 0).isPresent();
    switch (random.nextInt(recorded ? 6 : 4)) {
      case 0 -> person.attachRolePolicy(attach -> attach.roleName(name).policyArn(ADMIN));
      case 1 ->
          person.putRolePolicy(
              put -> put.roleName(name).policyName("more").policyDocument(GivenRole.POLICY));
      case 2 -> person.updateRole(update -> update.roleName(name).maxSessionDuration(43_200));
      case 3 ->
          person.tagRole(
              tag -> tag.roleName(name).tags(Tag.builder().key("admin").value("yes").build()));
      default ->
          person.putRolePolicy(
              put -> put.roleName(name).policyName("spawn").policyDocument(GivenRole.POLICY));
    }
    world.statistics().count(RarePath.ROLE_CHANGED_BY_HAND);
  }

  /** Checks that what people have changed is put back once nobody else acts. */
  void checkTheEnd() {
    if (changed.isEmpty()) {
      return;
    }
    aws.advance(Duration.ofMinutes(3));
    world.stack().repair(ACT);
    aws.advance(Duration.ofMinutes(3));
    JsonNode report = world.stack().audit(ALL).orElseThrow();
    changed.forEach(
        (name, id) ->
            report
                .path("roles")
                .valueStream()
                .filter(role -> role.path("id").asText().equals(id))
                .filter(Repairs::isForTheRepair)
                .forEach(
                    role -> {
                      world.statistics().count(RarePath.ROLE_PUT_BACK);
                      Violation.unless(
                          role.path("drift")
                              .valueStream()
                              .noneMatch(drift -> MENDED.contains(drift.path("kind").asText())),
                          () -> "A repair leaves what was changed by hand: %s.".formatted(role));
                    }));
  }

  private static boolean isForTheRepair(JsonNode role) {
    return role.path("stage").asText().equals("whole")
        && !role.has("markedSince")
        && !role.has("revoked")
        && !role.has("set")
        && role.path("drift")
            .valueStream()
            .noneMatch(
                drift ->
                    Set.of("TRUST", "BOUNDARY", "HASH_TAG", "SPAWN_TAG", "CONTENT")
                        .contains(drift.path("kind").asText()));
  }
}
