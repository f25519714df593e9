package spawn.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.simulation.Statistics.RarePath;
import spawn.workflow.Stack;

/**
 * Which stack has made what: no stack changes, tags, passes or sweeps what another one has made.
 *
 * <p>IAM's own policies would stop it, but code that relies on them fails where it should not even
 * ask. So asking counts, unless what is asked about is so new that the stack may not know yet whose
 * it is by now: IAM writes by name, and a name can change hands.
 */
final class Territories {
  /** Longer than a function runs, and IAM's reads lag. */
  private static final Duration NEW = Duration.ofMinutes(10);

  /** As long as a sweep may take. */
  private static final Duration SWEEP = Duration.ofMinutes(3);

  private final SimulatedAws aws;
  private final Statistics statistics;
  private final Map<Stack, Site> stacks = new LinkedHashMap<>();
  private final Map<String, Site> makers = new HashMap<>();
  private final Map<Site, Instant> sweptAt = new HashMap<>();

  Territories(SimulatedAws aws, Statistics statistics) {
    this.aws = aws;
    this.statistics = statistics;
  }

  /** Notes that a stack is deployed at a site. */
  void deployed(Stack stack, Site site) {
    stacks.put(stack, site);
  }

  /** Returns the site of the stack that has made a role; none if people have. */
  Optional<Site> siteOf(SimulatedRole role) {
    return Optional.ofNullable(makers.get(role.id())).or(() -> siteOf(role.path()));
  }

  /** Returns the site of the stack that has made a profile; none if people have. */
  Optional<Site> siteOf(SimulatedProfile profile) {
    return Optional.ofNullable(makers.get(profile.id())).or(() -> siteOf(profile.path()));
  }

  private Optional<Site> siteOf(String path) {
    return stacks.values().stream()
        .filter(site -> path.startsWith(site.owner().path()))
        .findFirst();
  }

  private Optional<Site> caller() {
    return stacks.entrySet().stream()
        .filter(each -> each.getKey().isCalling())
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Looks at a call before it takes effect. */
  void before(Call call) {
    if (stacks.size() > 1) {
      caller().ifPresent(caller -> check(call, caller));
    }
  }

  private void check(Call call, Site caller) {
    if (call.operation().equals("ListRoles")) {
      noteSweep(caller);
    }
    checkPassing(call, caller);
    if (!call.isWrite()) {
      return;
    }
    named(call, "RoleName")
        .flatMap(aws::role)
        .filter(role -> siteOf(role).filter(site -> !caller.isWhereTheRolesOf(site)).isPresent())
        .ifPresent(role -> checkKnown(call, caller, role.created(), "role " + role.name()));
    named(call, "InstanceProfileName")
        .flatMap(aws::profile)
        .filter(
            profile -> siteOf(profile).filter(site -> !caller.isWhereTheRolesOf(site)).isPresent())
        .ifPresent(
            profile -> checkKnown(call, caller, profile.created(), "profile " + profile.name()));
  }

  private static Optional<String> named(Call call, String field) {
    return call.operation().startsWith("Create")
        ? Optional.empty()
        : call.request().getValueForField(field, String.class);
  }

  private void checkKnown(Call call, Site caller, Instant made, String what) {
    Violation.unless(
        made.isAfter(aws.clock().instant().minus(NEW)),
        () ->
            "%s of the stack %s in %s is about another stack's %s."
                .formatted(call, caller.stack(), caller.region(), what));
  }

  /** A stack may pass what lies under its own path, and of others what its owner has listed. */
  private void checkPassing(Call call, Site caller) {
    if (call.operation().equals("AddRoleToInstanceProfile")
        && named(call, "RoleName")
            .flatMap(aws::role)
            .filter(role -> isOfAnother(role, caller))
            .isPresent()) {
      throw AwsErrors.accessDenied("iam:PassRole");
    }
    profileOf(call.request())
        .flatMap(this::roleIn)
        .filter(role -> isOfAnother(role, caller))
        .ifPresent(
            role -> {
              throw AwsErrors.unauthorizedOperation("iam:PassRole");
            });
  }

  private boolean isOfAnother(SimulatedRole role, Site caller) {
    return siteOf(role).filter(site -> !caller.isWhereTheRolesOf(site)).isPresent();
  }

  private static Optional<IamInstanceProfileSpecification> profileOf(AwsRequest request) {
    if (request instanceof RunInstancesRequest launch) {
      return Optional.ofNullable(launch.iamInstanceProfile());
    }
    if (request instanceof AssociateIamInstanceProfileRequest associate) {
      return Optional.of(associate.iamInstanceProfile());
    }
    return request instanceof ReplaceIamInstanceProfileAssociationRequest replace
        ? Optional.of(replace.iamInstanceProfile())
        : Optional.empty();
  }

  private Optional<SimulatedRole> roleIn(IamInstanceProfileSpecification profile) {
    String name =
        profile.name() == null
            ? profile.arn().substring(profile.arn().lastIndexOf('/') + 1)
            : profile.name();
    return aws.profile(name).flatMap(SimulatedProfile::roleName).flatMap(aws::role);
  }

  private void noteSweep(Site caller) {
    Instant now = aws.clock().instant();
    boolean besideAnother =
        sweptAt.entrySet().stream()
            .anyMatch(
                swept ->
                    !swept.getKey().isWhereTheRolesOf(caller)
                        && swept.getValue().plus(SWEEP).isAfter(now));
    if (besideAnother) {
      statistics.count(RarePath.STACKS_SWEPT_AT_ONCE);
    }
    sweptAt.put(caller, now);
  }

  /** Notes what a call has made. */
  void after(Call call) {
    if (stacks.size() < 2 || !call.operation().startsWith("Create")) {
      return;
    }
    caller()
        .ifPresent(
            caller -> {
              call.request()
                  .getValueForField("RoleName", String.class)
                  .flatMap(aws::role)
                  .filter(role -> isMadeNow(role.created()))
                  .ifPresent(role -> makers.putIfAbsent(role.id(), caller));
              call.request()
                  .getValueForField("InstanceProfileName", String.class)
                  .flatMap(aws::profile)
                  .filter(profile -> isMadeNow(profile.created()))
                  .ifPresent(profile -> makers.putIfAbsent(profile.id(), caller));
            });
  }

  /** A call that was refused, since the name is taken, has made nothing. */
  private boolean isMadeNow(Instant created) {
    return created.isAfter(aws.clock().instant().minusSeconds(1));
  }

  /** Returns the roles of a site that are there. */
  List<SimulatedRole> rolesOf(Site site) {
    return aws.roles().stream()
        .filter(role -> siteOf(role).filter(site::isWhereTheRolesOf).isPresent())
        .toList();
  }
}
