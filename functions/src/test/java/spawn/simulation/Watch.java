package spawn.simulation;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationRequest;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import spawn.aws.Call;
import spawn.aws.ProfileAssociation;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.cleanup.SweepTerms;
import spawn.role.RoleNames;
import spawn.role.Tags;

/**
 * What must hold at every step, looked at right before and right after each call takes effect. It
 * sees what is true, not what readers see.
 */
final class Watch {
  private final SimulatedAws aws;
  private final Map<String, Wish> wishesByHash = new HashMap<>();
  private final Map<String, Wish> launches = new HashMap<>();
  private final Map<String, Instant> leases = new HashMap<>();
  private final Set<String> namedForRemoval = new HashSet<>();
  private final Set<String> inPeoplesHands = new HashSet<>();
  private final Map<String, Instant> markedByHand = new HashMap<>();
  private Map<String, SimulatedRole> othersRoles = Map.of();
  private Map<String, SimulatedProfile> othersProfiles = Map.of();
  private int instancesSeen;

  Watch(SimulatedAws aws, List<Wish> wishes) {
    this.aws = aws;
    wishes.forEach(wish -> wishesByHash.put(wish.hash(), wish));
  }

  void expect(String execution, Wish wish) {
    launches.put(execution, wish);
  }

  void allowRemoval(String role) {
    namedForRemoval.add(role);
  }

  /** Notes that people have changed something themselves: it is theirs to answer for. */
  void handOver(String roleOrProfileId) {
    inPeoplesHands.add(roleOrProfileId);
  }

  /**
   * Notes that a person has marked a role for the sweep. A sweep that was held up, and goes on with
   * what it knew of an older role of the name, is stopped by IAM for want of a mark: for as long as
   * an honest sweep would wait, this person has lifted that.
   */
  void markedByHand(String roleId) {
    markedByHand.put(roleId, aws.clock().instant());
  }

  private boolean isFreshlyMarkedByHand(SimulatedRole role) {
    return Optional.ofNullable(markedByHand.get(role.id()))
        .filter(when -> when.plus(SweepTerms.STANDARD.mark()).isAfter(aws.clock().instant()))
        .isPresent();
  }

  /** Takes what is not spawn's as it is now: from here on nothing may change it. */
  void rememberWhatIsNotOurs() {
    othersRoles = othersRoles();
    othersProfiles = othersProfiles();
    instancesSeen = aws.instances().size();
  }

  /** Returns whether an execution has instances. */
  boolean hasLaunched(String execution) {
    return aws.instances().stream()
        .anyMatch(instance -> execution.equals(instance.tags().get(Tags.EXECUTION)));
  }

  /**
   * Looks before a call takes effect.
   *
   * @param actor who makes it
   */
  void before(Call call, String actor) {
    if (actor.startsWith(SetRuns.CHANGER)) {
      checkTaking(call);
      return;
    }
    switch (call.operation()) {
      case "DeleteRole" -> mayBeTaken(((DeleteRoleRequest) call.request()).roleName(), call);
      case "DeleteRolePolicy" ->
          mayBeTaken(((DeleteRolePolicyRequest) call.request()).roleName(), call);
      case "DetachRolePolicy" ->
          mayBeTaken(((DetachRolePolicyRequest) call.request()).roleName(), call);
      case "RemoveRoleFromInstanceProfile" ->
          mayBeTaken(((RemoveRoleFromInstanceProfileRequest) call.request()).roleName(), call);
      case "UntagRole" -> {
        UntagRoleRequest untag = (UntagRoleRequest) call.request();
        if (untag.tagKeys().contains(Tags.LEASE_UNTIL)) {
          mayBeTaken(untag.roleName(), call);
        }
      }
      case "DeleteInstanceProfile" ->
          aws.profile(((DeleteInstanceProfileRequest) call.request()).instanceProfileName())
              .filter(profile -> profile.roleName().isEmpty()) // IAM refuses the others
              .ifPresent(profile -> mayBeTaken(profile, call));
      default -> {}
    }
  }

  /** A run of a set takes policies from its own roles, and nothing from anything else. */
  private void checkTaking(Call call) {
    if (!call.operation().matches("(De(lete|tach)|Remove|Untag).*")) {
      return;
    }
    String role = call.request().getValueForField("RoleName", String.class).orElse("");
    Violation.unless(
        call.operation().matches("DeleteRolePolicy|DetachRolePolicy|UntagRole")
            && aws.role(role).map(SetRuns::isOfTheSet).orElse(true),
        () -> "A run of a set took from %s: %s.".formatted(role, call));
  }

  /**
   * Looks after a call took effect.
   *
   * @param actor who has made it
   */
  void after(Call call, String actor) {
    if (!call.isWrite()) {
      return;
    }
    if (call.request() instanceof TagRoleRequest tag) {
      noteLease(tag);
    }
    if (call.operation().equals("RunInstances")) {
      checkLaunches(call);
    }
    if (call.request() instanceof AssociateIamInstanceProfileRequest associate) {
      checkAssociation(associate.iamInstanceProfile().arn(), actor, call);
    }
    if (call.request() instanceof ReplaceIamInstanceProfileAssociationRequest replace) {
      checkAssociation(replace.iamInstanceProfile().arn(), actor, call);
    }
    Violation.unless(
        othersRoles().equals(othersRoles), () -> "%s changed another's role.".formatted(call));
    Violation.unless(
        othersProfiles().equals(othersProfiles),
        () -> "%s changed another's profile.".formatted(call));
    for (SimulatedInstance instance : aws.instancesWithoutCredentials()) {
      Violation.unless(
          isInPeoplesHands(instance),
          () ->
              "After %s instance %s has no credentials: its profile %s, or the role in it, is gone."
                  .formatted(call, instance.id(), instance.profile().orElseThrow().profileArn()));
    }
  }

  private void mayBeTaken(String roleName, Call call) {
    aws.role(roleName)
        .filter(role -> !inPeoplesHands.contains(role.id()) && !isFreshlyMarkedByHand(role))
        .ifPresent(
            role -> {
              Violation.unless(
                  isOurs(role),
                  () -> "%s takes a role that is not spawn's: %s.".formatted(call, roleName));
              Violation.unless(
                  RoleNames.isGenerated(roleName) || namedForRemoval.contains(roleName),
                  () -> "%s takes the role %s, which nobody has named.".formatted(call, roleName));
              Violation.unless(
                  users(role).isEmpty(),
                  () -> "%s takes role %s, which %s use.".formatted(call, roleName, users(role)));
              Instant leased = leases.getOrDefault(role.id(), Instant.MIN);
              Violation.unless(
                  !leased.isAfter(aws.clock().instant()),
                  () ->
                      "%s takes role %s, which is leased until %s."
                          .formatted(call, roleName, leased));
            });
  }

  private void mayBeTaken(SimulatedProfile profile, Call call) {
    if (inPeoplesHands.contains(profile.id())) {
      return;
    }
    Violation.unless(
        isOurs(profile),
        () -> "%s takes a profile that is not spawn's: %s.".formatted(call, profile.name()));
    for (SimulatedInstance instance : aws.aliveInstances()) {
      Violation.unless(
          !carries(instance, profile.id()),
          () ->
              "%s takes profile %s, which %s carries."
                  .formatted(call, profile.name(), instance.id()));
    }
  }

  private List<String> users(SimulatedRole role) {
    return aws.aliveInstances().stream()
        .filter(instance -> !isInPeoplesHands(instance))
        .filter(
            instance ->
                aws.roleOf(instance).filter(held -> held.id().equals(role.id())).isPresent())
        .map(SimulatedInstance::id)
        .toList();
  }

  private void noteLease(TagRoleRequest request) {
    request.tags().stream()
        .filter(tag -> tag.key().equals(Tags.LEASE_UNTIL))
        .forEach(
            lease ->
                aws.role(request.roleName())
                    .filter(role -> role.tag(Tags.LEASE_UNTIL).equals(Optional.of(lease.value())))
                    .ifPresent(role -> leases.put(role.id(), Instant.parse(lease.value()))));
  }

  private void checkLaunches(Call call) {
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
    SimulatedInstance newest = all.get(all.size() - 1);
    for (SimulatedInstance instance : all) {
      if (instance.id().compareTo(newest.id()) > 0) {
        newest = instance;
      }
    }
    checkRole(newest, launches.get(newest.tags().get(Tags.EXECUTION)), call);
  }

  /** A profile that is only put back, since EC2 does not see the new one, is people's own. */
  private void checkAssociation(String profileArn, String actor, Call call) {
    if (profileArn.endsWith("/" + Wish.OWN_ROLE)) {
      return;
    }
    aws.aliveInstances().stream()
        .filter(
            instance ->
                instance.profile().filter(held -> held.profileArn().equals(profileArn)).isPresent())
        .filter(instance -> "true".equals(instance.tags().get(Tags.ASSOCIATE)))
        .forEach(instance -> checkRole(instance, launches.get(actor), call));
  }

  private void checkRole(SimulatedInstance instance, Wish wish, Call call) {
    if (wish == null || isInPeoplesHands(instance)) {
      return;
    }
    SimulatedRole role = aws.roleOf(instance).orElse(null);
    Violation.unless(
        role != null,
        () -> "%s launched %s with a role that is gone.".formatted(call, wish.label()));
    if (inPeoplesHands.contains(role.id())) {
      return;
    }
    Violation.unless(
        !wish.described() || isOurs(role),
        () -> "%s launched %s with another's role: %s.".formatted(call, wish.label(), role.name()));
    // A set changes its roles under whoever uses them.
    if (!isOurs(role) || SetRuns.isOfTheSet(role)) {
      return;
    }
    String hash = role.tag(Tags.POLICIES).orElse("");
    Violation.unless(
        !wish.described() || hash.equals(wish.hash()),
        () ->
            "%s launched %s with a role of other permissions: %s."
                .formatted(call, wish.label(), role.name()));
    Violation.unless(
        wishesByHash.containsKey(hash)
            && (wish.described()
                ? wishesByHash.get(hash).isHeldBy(role)
                : wishesByHash.get(hash).isPartOf(role)),
        () ->
            "%s launched %s with a half-made role: %s holds %s and %s."
                .formatted(
                    call,
                    wish.label(),
                    role.name(),
                    role.inlinePolicies().keySet(),
                    role.attachedPolicies()));
  }

  /**
   * Checks that nothing is left that nobody uses and that spawn should have removed. An empty
   * profile stays as long as the role of its name: the next launch puts the role into it.
   */
  void checkNoGarbage() {
    for (SimulatedRole role : aws.roles()) {
      Violation.unless(
          !isOurs(role)
              || !RoleNames.isGenerated(role.name())
              || role.tag(Tags.KEEP).isPresent()
              || inPeoplesHands.contains(role.id()),
          () -> "Role %s is left, with tags %s.".formatted(role.name(), role.tags()));
    }
    for (SimulatedProfile profile : aws.profiles()) {
      Violation.unless(
          !isOurs(profile)
              || profile
                  .roleName()
                  .or(() -> Optional.of(profile.name()))
                  .flatMap(aws::role)
                  .isPresent()
              || inPeoplesHands.contains(profile.id()),
          () -> "Profile %s is left without a role.".formatted(profile.name()));
    }
  }

  private boolean isInPeoplesHands(SimulatedInstance instance) {
    return instance
        .profile()
        .map(ProfileAssociation::profileId)
        .filter(inPeoplesHands::contains)
        .isPresent();
  }

  private static boolean carries(SimulatedInstance instance, String profileId) {
    return instance.profile().filter(held -> held.profileId().equals(profileId)).isPresent();
  }

  private static boolean isOurs(SimulatedRole role) {
    return role.path().equals(Tags.PATH) && role.tag(Tags.MANAGED).equals(Optional.of("true"));
  }

  private static boolean isOurs(SimulatedProfile profile) {
    return profile.path().startsWith(Tags.PATH) && "true".equals(profile.tags().get(Tags.MANAGED));
  }

  private Map<String, SimulatedRole> othersRoles() {
    Map<String, SimulatedRole> others = new TreeMap<>();
    aws.roles().stream()
        .filter(role -> !isOurs(role))
        .forEach(role -> others.put(role.name(), role));
    return others;
  }

  private Map<String, SimulatedProfile> othersProfiles() {
    Map<String, SimulatedProfile> others = new TreeMap<>();
    aws.profiles().stream()
        .filter(profile -> !isOurs(profile))
        .forEach(profile -> others.put(profile.name(), profile));
    return others;
  }
}
