package spawn.simulation;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedRole;
import spawn.role.Tags;

/** What a launch may give an instance: the role that its payload asks for, whole, and once only. */
final class LaunchedRoles {
  private final SimulatedAws aws;
  private final Ownership ownership;
  private final RevokedRoles revoked;
  private final Map<String, RequestedRole> requestedByHash = new HashMap<>();
  private final Map<String, RequestedRole> launches = new HashMap<>();
  private final Map<String, Site> sites = new HashMap<>();
  private final Set<String> finishedBySets = new HashSet<>();
  private final Set<String> widened = new HashSet<>();
  private int instancesSeen;

  LaunchedRoles(
      SimulatedAws aws,
      Ownership ownership,
      RevokedRoles revoked,
      List<RequestedRole> requestedRoles) {
    this.revoked = revoked;
    this.aws = aws;
    this.ownership = ownership;
    know(requestedRoles);
  }

  /** Notes what else launches may ask for. */
  void know(List<RequestedRole> more) {
    more.forEach(requested -> requestedByHash.put(requested.hash(), requested));
  }

  /** Notes what an execution asks for. */
  void expect(String execution, RequestedRole requested, Site site) {
    launches.put(execution, requested);
    sites.put(execution, site);
  }

  /** Notes that a run of a set has finished a role: it lets the lease name the role. */
  void noteFinished(TagRoleRequest request) {
    aws.role(request.roleName())
        .filter(role -> request.tags().contains(Answers.tag(Tags.LEASED_ID, role.id())))
        .ifPresent(role -> finishedBySets.add(role.id()));
  }

  /**
   * Checks that a role which a call has just given to or tagged, if it is whole, holds what its tag
   * says and nothing else. The roles of sets may hold what the next run is to take.
   */
  void checkWhole(String roleName, Call call) {
    aws.role(roleName)
        .filter(Ownership::isOurs)
        .filter(role -> role.tag(Tags.SET).isEmpty())
        .filter(role -> role.tag(Tags.LEASE_UNTIL).isPresent())
        .filter(role -> role.tag(Tags.LEASED_ID).equals(Optional.of(role.id())))
        .filter(role -> !ownership.isInPeoplesHands(role.id()))
        .filter(role -> !ownership.isDeletedByHand(role.name()))
        .ifPresent(
            role ->
                Violation.unless(
                    Optional.ofNullable(requestedByHash.get(role.tag(Tags.POLICIES).orElse("")))
                        .map(requested -> requested.isHeldBy(role))
                        .orElse(false),
                    () ->
                        "After %s role %s is leased, but holds %s and %s, not what its tag says."
                            .formatted(
                                call,
                                role.name(),
                                role.inlinePolicies(),
                                role.attachedPolicies())));
  }

  /** Notes that others may assume a role than it was made for. */
  void widened(String roleId) {
    widened.add(roleId);
  }

  /** Returns whether others may assume a role: no sweep by itself removes it then. */
  boolean isWidened(String roleId) {
    return widened.contains(roleId);
  }

  /** Leaves out the instances that there are by now: they were not launched by spawn. */
  void passOver() {
    instancesSeen = aws.instances().size();
  }

  /** Checks what a call of RunInstances has launched. */
  void checkLaunch(Call call, String actor) {
    List<SimulatedInstance> all = aws.instances();
    if (all.size() == instancesSeen) {
      return;
    }
    instancesSeen = all.size();
    Map<String, Set<String>> reservations = new HashMap<>();
    for (SimulatedInstance instance : all) {
      String execution = instance.tags().get(Tags.EXECUTION);
      if (execution != null) {
        reservations
            .computeIfAbsent(execution, first -> new TreeSet<>())
            .add(instance.reservationId());
      }
    }
    reservations.forEach(
        (execution, launched) ->
            Violation.unless(
                launched.size() == 1,
                () -> "%s has launched twice: %s.".formatted(execution, launched)));
    SimulatedInstance newest =
        all.stream().max(Comparator.comparing(SimulatedInstance::id)).orElseThrow();
    check(newest, newest.tags().get(Tags.EXECUTION), call);
    aws.roleOf(newest)
        .filter(role -> launches.containsKey(newest.tags().get(Tags.EXECUTION)))
        .ifPresent(role -> revoked.checkLaunch(role, actor, call));
  }

  /** A profile that is only put back, since EC2 does not see the new one, is people's own. */
  void checkAssociation(String profileArn, String actor, Call call) {
    if (profileArn.endsWith("/" + RequestedRole.OWN_ROLE)) {
      return;
    }
    aws.aliveInstances().stream()
        .filter(
            instance ->
                instance.profile().filter(held -> held.profileArn().equals(profileArn)).isPresent())
        .filter(instance -> "true".equals(instance.tags().get(Tags.ASSOCIATE)))
        .forEach(instance -> check(instance, actor, call));
  }

  private void check(SimulatedInstance instance, String execution, Call call) {
    RequestedRole requested = launches.get(execution);
    if (requested == null || ownership.isInPeoplesHands(instance)) {
      return;
    }
    SimulatedRole role = aws.roleOf(instance).orElse(null);
    Violation.unless(
        role != null,
        () -> "%s launched %s with a role that is gone.".formatted(call, requested.label()));
    Violation.unless(
        !widened.contains(role.id()),
        () ->
            "%s launched %s with a role that others may assume: %s."
                .formatted(call, requested.label(), role.name()));
    if (ownership.isInPeoplesHands(role.id())) {
      return;
    }
    boolean ours = Ownership.isOurs(role);
    Violation.unless(
        !ours
            || role.tag(Tags.EXPIRES)
                .map(Instant::parse)
                .filter(aws.clock().instant()::isAfter)
                .isEmpty(),
        () ->
            "%s launched %s with a role that is over: %s."
                .formatted(call, requested.label(), role.tags()));
    Violation.unless(
        !requested.described() || ours,
        () ->
            "%s launched %s with another's role: %s."
                .formatted(call, requested.label(), role.name()));
    checkBoundary(role, sites.get(execution), requested, call);
    if (ours && RoleSetActors.isOfTheSet(role)) {
      checkOfTheSet(role, requested, call);
    } else if (ours && !isGivenToByMistake(role)) {
      checkContent(role, requested, call);
    }
  }

  /**
   * What lies under a stack's path is launched behind the stack's boundary, and behind no other.
   */
  private static void checkBoundary(
      SimulatedRole role, Site site, RequestedRole requested, Call call) {
    Violation.unless(
        !role.path().equals(site.owner().path())
            || role.permissionsBoundary().equals(Optional.of(site.boundary())),
        () ->
            "%s launched %s behind another boundary: %s."
                .formatted(call, requested.label(), role.permissionsBoundary()));
  }

  /**
   * Where a person deletes a role of a set and a launch makes it again at once, a run of the set
   * that IAM still shows the old role puts its policies into the new one. No read can prevent that,
   * since IAM writes by name; only IAM could, by a condition on the set's tag.
   */
  private boolean isGivenToByMistake(SimulatedRole role) {
    return RoleSetActors.ROLES.contains(role.name()) && ownership.isDeletedByHand(role.name());
  }

  /**
   * A set may change its role at any moment, also under a launch. But it must have finished it
   * once, and one that is being deleted has no lease any more.
   */
  private void checkOfTheSet(SimulatedRole role, RequestedRole requested, Call call) {
    Violation.unless(
        finishedBySets.contains(role.id()),
        () ->
            "%s launched %s with a role that its set has not finished: %s."
                .formatted(call, requested.label(), role.name()));
    Violation.unless(
        role.tag(Tags.LEASE_UNTIL).isPresent(),
        () ->
            "%s launched %s with a role that is being removed with its set: %s."
                .formatted(call, requested.label(), role.name()));
  }

  private void checkContent(SimulatedRole role, RequestedRole requested, Call call) {
    String hash = role.tag(Tags.POLICIES).orElse("");
    Violation.unless(
        !requested.described() || hash.equals(requested.hash()),
        () ->
            "%s launched %s with a role of other permissions: %s."
                .formatted(call, requested.label(), role.name()));
    Violation.unless(
        requestedByHash.containsKey(hash)
            && (requested.described()
                ? requestedByHash.get(hash).isHeldBy(role)
                : requestedByHash.get(hash).isPartOf(role)),
        () ->
            "%s launched %s with a half-made role: %s holds %s and %s."
                .formatted(
                    call,
                    requested.label(),
                    role.name(),
                    role.inlinePolicies().keySet(),
                    role.attachedPolicies()));
  }
}
