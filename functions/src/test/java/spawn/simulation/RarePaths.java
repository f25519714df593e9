package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import spawn.aws.Call;
import spawn.role.Tags;
import spawn.simulation.Statistics.RarePath;

/** Counts the ways that are seldom taken, by the calls that show them. */
final class RarePaths {
  private final Statistics statistics;
  private final Invariants invariants;
  private final Subnets subnets;
  private final Set<String> collided;
  private final Map<String, String> lastOperations = new TreeMap<>();
  private final Map<String, String> rolesInHand = new TreeMap<>();
  private final Map<String, String> claims = new TreeMap<>();
  private final Set<String> launched = new TreeSet<>();
  private final Set<String> ended = new TreeSet<>();

  /**
   * Creates the counts of one schedule.
   *
   * @param collided the generated names that other permissions have taken
   */
  RarePaths(Statistics statistics, Invariants invariants, Subnets subnets, Set<String> collided) {
    this.statistics = statistics;
    this.invariants = invariants;
    this.subnets = subnets;
    this.collided = collided;
  }

  /** Notes a sweep's report, if there is one. */
  void reported(Optional<JsonNode> report) {
    report
        .filter(sweep -> !sweep.path("unreadableRegions").isEmpty())
        .ifPresent(sweep -> statistics.count(RarePath.SWEEP_KEPT_FOR_AN_UNREADABLE_REGION));
    report
        .filter(sweep -> sweep.path("kept").has("CAN_STILL_START"))
        .ifPresent(sweep -> statistics.count(RarePath.SWEEP_KEPT_FOR_WHAT_CAN_STILL_START));
    report
        .filter(sweep -> sweep.path("kept").has("REVOKED"))
        .ifPresent(sweep -> statistics.count(RarePath.SWEEP_KEPT_FOR_A_REVOCATION));
  }

  /** Notes that a role goes which ended by itself, though somebody has named it. */
  private void deleted(String role) {
    count(role.equals(RequestedRole.ENDING_NAME), RarePath.ENDED_ROLE_SWEPT);
  }

  /** Notes that a launch has failed. */
  void failed(String error, String cause, boolean isNameOfAnotherStack) {
    count(
        isNameOfAnotherStack && error.equals("spawn.error.RoleConflict"),
        RarePath.NAME_OF_ANOTHER_STACK_REFUSED);
    count(
        cause.contains("which is none of this stack's present ones"),
        RarePath.ROLE_BEHIND_AN_EARLIER_BOUNDARY_REFUSED);
  }

  /** Notes that a launch has ended, with the failures that its states met on the way. */
  void ended(String launch, RequestedRole requested, Collection<String> failures) {
    ended.add(launch);
    count(
        requested.equals(RoleSetActors.launch())
            && failures.contains("spawn.error.RoleBeingDeleted"),
        RarePath.SET_REMOVED_UNDER_A_LAUNCH);
    failures.forEach(this::count);
  }

  private void count(String failure) {
    switch (failure) {
      case "spawn.error.RoleVanished" -> statistics.count(RarePath.ROLE_VANISHED_AND_RECREATED);
      case "spawn.error.LeaseEnding" -> statistics.count(RarePath.LEASE_ENDING_AND_TAKEN_AGAIN);
      case "spawn.error.ProfileConflict" -> statistics.count(RarePath.PROFILE_HOLDS_ANOTHER_ROLE);
      case "spawn.error.RoleConflict" -> statistics.count(RarePath.ROLE_OF_ANOTHER_REFUSED);
      case "spawn.error.RoleBeingDeleted" -> statistics.count(RarePath.NAMED_ROLE_BEING_DELETED);
      case "spawn.error.RoleUnfinished" -> statistics.count(RarePath.UNFINISHED_ROLE_CLAIMED);
      case "spawn.error.NotVisibleYet" -> statistics.count(RarePath.NAME_TAKEN_BUT_NOT_SHOWN);
      case "spawn.error.RoleRevoked" -> statistics.count(RarePath.REVOKED_ROLE_REFUSED);
      case "spawn.error.RoleExpired" -> statistics.count(RarePath.ENDED_ROLE_REFUSED);
      case "spawn.error.CapacityUnavailable" -> statistics.count(RarePath.CAPACITY_MISSING);
      default -> {}
    }
  }

  /**
   * Notes what a launch has come to.
   *
   * @param named the subnets that it has named
   */
  void succeeded(RequestedRole requested, List<String> named, JsonNode output) {
    String name = output.at("/role/name").asText();
    if (requested.isGenerated() && name.length() > requested.roleName().length()) {
      statistics.count(
          collided.contains(requested.roleName())
              ? RarePath.DIGITS_COLLIDE
              : RarePath.MARKED_ROLE_LEFT_FOR_THE_NEXT_NAME);
    }
    count(
        requested.isDefault() && !name.equals(requested.roleName()),
        RarePath.DEFAULT_ROLE_UNDER_ITS_NEXT_NAME);
    if (requested.payload().path("iam").has("roleTags")
        && output.at("/role/outcome").asText().equals("reused")) {
      statistics.count(RarePath.TAGS_DIFFER_ON_REUSED_ROLE);
    }
    String zone = output.at("/instances/0/availabilityZone").asText();
    count(
        !named.isEmpty() && !Subnets.zoneOf(named.get(0)).equals(zone),
        RarePath.ANOTHER_SUBNET_TAKEN);
  }

  /** Notes a call that has taken effect. */
  void after(Call call, String actor) {
    String last = Optional.ofNullable(lastOperations.put(actor, call.operation())).orElse("");
    switch (call.operation()) {
      case "AddRoleToInstanceProfile" ->
          count(last.equals("GetInstanceProfile"), RarePath.PROFILE_FOUND_EMPTY_AND_FILLED);
      case "PutRolePolicy" -> count(last.equals("GetRole"), RarePath.HALF_MADE_ROLE_COMPLETED);
      case "TagRole" -> {
        TagRoleRequest tag = (TagRoleRequest) call.request();
        count(
            isLaunch(actor)
                && last.equals("GetRole")
                && tag.tags().stream().anyMatch(each -> each.key().equals(Tags.LEASE_UNTIL)),
            RarePath.LEASE_RENEWED);
        count(isOfAClaimed(tag), RarePath.CLAIMED_ROLE_COMPLETED);
      }
      case "UntagRole" ->
          count(
              ((UntagRoleRequest) call.request()).tagKeys().contains(Tags.DELETING),
              RarePath.SWEEP_UNMARKED);
      case "GetRole" -> {
        if (isLaunch(actor)) {
          rolesInHand.put(actor, ((GetRoleRequest) call.request()).roleName());
        }
      }
      case "DetachRolePolicy" ->
          count(actor.startsWith(RoleSetActors.CHANGER), RarePath.SET_POLICY_DETACHED);
      case "DeleteRole" -> {
        statistics.count(RarePath.SWEEP_DELETED);
        deleted(((DeleteRoleRequest) call.request()).roleName());
        count(
            isInHand(((DeleteRoleRequest) call.request()).roleName()),
            RarePath.SWEPT_UNDER_A_LAUNCH);
      }
      case "DeleteInstanceProfile" ->
          count(!last.equals("RemoveRoleFromInstanceProfile"), RarePath.ORPHAN_PROFILE_REMOVED);
      case "DescribeIamInstanceProfileAssociations" ->
          count(
              ((DescribeIamInstanceProfileAssociationsRequest) call.request())
                  .filters().stream().anyMatch(filter -> filter.name().equals("state")),
              RarePath.SWEEP_ASKED_A_LARGE_REGION);
      case "DescribeInstances" ->
          count(isLaunch(actor), RarePath.PARAMETERS_MISMATCH_AND_FOUND_BY_TOKEN);
      case "ReplaceIamInstanceProfileAssociation" -> statistics.count(RarePath.PROFILE_REPLACED);
      case "AssociateIamInstanceProfile" -> {
        count(
            last.equals("DisassociateIamInstanceProfile"), RarePath.PROFILE_CHANGED_WHILE_STOPPED);
        count(last.equals("AssociateIamInstanceProfile"), RarePath.OLD_PROFILE_PUT_BACK);
      }
      case "RunInstances" -> {
        count(
            call.isWrite() && invariants.hasLaunched(actor) && !launched.add(actor),
            RarePath.LAUNCH_REPEATED_AND_FOUND_BY_TOKEN);
        count(
            isUnsupported((RunInstancesRequest) call.request()),
            call.isWrite()
                ? RarePath.TYPE_NOT_OFFERED_IN_THE_ZONE
                : RarePath.DRY_RUN_REFUSED_IN_THE_ZONE);
      }
      default -> {}
    }
  }

  private void count(boolean taken, RarePath path) {
    if (taken) {
      statistics.count(path);
    }
  }

  /** Returns whether a call leases a role with what it was claimed for before. */
  private boolean isOfAClaimed(TagRoleRequest request) {
    Map<String, String> tags = new TreeMap<>();
    request.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    if (tags.containsKey(Tags.CLAIM)) {
      claims.put(request.roleName(), tags.get(Tags.CLAIM));
    }
    return tags.containsKey(Tags.LEASED_ID)
        && tags.containsKey(Tags.POLICIES)
        && claims.getOrDefault(request.roleName(), "").startsWith(tags.get(Tags.POLICIES));
  }

  private boolean isUnsupported(RunInstancesRequest launch) {
    return launch.subnetId() != null && !subnets.offersTheType(launch.subnetId());
  }

  private boolean isInHand(String role) {
    return rolesInHand.entrySet().stream()
        .anyMatch(hand -> hand.getValue().equals(role) && !ended.contains(hand.getKey()));
  }

  private static boolean isLaunch(String actor) {
    return actor.startsWith(LaunchActors.LAUNCH);
  }
}
