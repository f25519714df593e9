package spawn.simulation;

import java.util.function.UnaryOperator;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.iam.model.AttachedPermissionsBoundary;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesResponse;
import software.amazon.awssdk.services.iam.model.ListRolesRequest;
import software.amazon.awssdk.services.iam.model.ListRolesResponse;
import software.amazon.awssdk.services.iam.model.Role;

/** The planted bugs of a stack that is not alone in its account. */
final class StackBugs {
  private static final String ALL_STACKS = "/spawn/";

  private final Site site;
  private final String path;

  StackBugs(Site site) {
    this.site = site;
    this.path = site.owner().path();
  }

  /** Returns what a bug does between a function that launches and IAM. */
  Interposed launching(Mutation bug) {
    return switch (bug) {
      case PATH_NOT_LOOKED_AT -> Interposed.reading(this::asOurs);
      case OTHER_BOUNDARY_ACCEPTED ->
          Interposed.reading(role -> role.path().equals(path) ? behindOurBoundary(role) : role);
      case DEFAULT_ROLE_SHARED ->
          Interposed.reading(
              role ->
                  role.roleName().equals("spored-instance-role")
                      ? behindOurBoundary(asOurs(role))
                      : role);
      default -> Interposed.NONE;
    };
  }

  /** Returns what a bug does between the sweep and IAM. */
  Interposed sweeping(Mutation bug) {
    return switch (bug) {
      case ROLE_OF_ANOTHER_STACK_SWEPT ->
          (request, ask) -> withRoles(ask.apply(ofAllStacks(request)), this::asOurs);
      case PROFILE_OF_ANOTHER_STACK_SWEPT -> Interposed.answering(this::withOurProfiles);
      default -> Interposed.NONE;
    };
  }

  private static AwsRequest ofAllStacks(AwsRequest request) {
    return request instanceof ListRolesRequest list
        ? list.toBuilder().pathPrefix(ALL_STACKS).build()
        : request;
  }

  private static AwsResponse withRoles(AwsResponse answer, UnaryOperator<Role> change) {
    if (answer instanceof ListRolesResponse page) {
      return page.toBuilder().roles(page.roles().stream().map(change).toList()).build();
    }
    return answer instanceof GetRoleResponse read
        ? read.toBuilder().role(change.apply(read.role())).build()
        : answer;
  }

  private AwsResponse withOurProfiles(AwsResponse answer) {
    if (answer instanceof ListInstanceProfilesResponse page) {
      return page.toBuilder()
          .instanceProfiles(page.instanceProfiles().stream().map(this::asOurs).toList())
          .build();
    }
    return answer instanceof GetInstanceProfileResponse read
        ? read.toBuilder().instanceProfile(asOurs(read.instanceProfile())).build()
        : answer;
  }

  private Role asOurs(Role role) {
    return role.path().startsWith(ALL_STACKS) ? role.toBuilder().path(path).build() : role;
  }

  private InstanceProfile asOurs(InstanceProfile profile) {
    return profile.path().startsWith(ALL_STACKS) ? profile.toBuilder().path(path).build() : profile;
  }

  private Role behindOurBoundary(Role role) {
    return role.toBuilder()
        .permissionsBoundary(
            AttachedPermissionsBoundary.builder().permissionsBoundaryArn(site.boundary()).build())
        .build();
  }
}
