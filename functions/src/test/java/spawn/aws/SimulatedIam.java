package spawn.aws;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.AttachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.AttachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.AttachedPermissionsBoundary;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.DeleteRolePermissionsBoundaryRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePermissionsBoundaryResponse;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleResponse;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GenerateServiceLastAccessedDetailsRequest;
import software.amazon.awssdk.services.iam.model.GenerateServiceLastAccessedDetailsResponse;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryRequest;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryResponse;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionResponse;
import software.amazon.awssdk.services.iam.model.GetRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.GetRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsRequest;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsResponse;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleRequest;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesRequest;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListRoleTagsRequest;
import software.amazon.awssdk.services.iam.model.ListRoleTagsResponse;
import software.amazon.awssdk.services.iam.model.ListRolesRequest;
import software.amazon.awssdk.services.iam.model.ListRolesResponse;
import software.amazon.awssdk.services.iam.model.PermissionsBoundaryAttachmentType;
import software.amazon.awssdk.services.iam.model.PutRolePermissionsBoundaryRequest;
import software.amazon.awssdk.services.iam.model.PutRolePermissionsBoundaryResponse;
import software.amazon.awssdk.services.iam.model.PutRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.PutRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.RoleLastUsed;
import software.amazon.awssdk.services.iam.model.SimulateCustomPolicyRequest;
import software.amazon.awssdk.services.iam.model.SimulateCustomPolicyResponse;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.iam.model.TagInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.TagInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.TagRoleResponse;
import software.amazon.awssdk.services.iam.model.UntagInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.UntagInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleResponse;
import software.amazon.awssdk.services.iam.model.UpdateAssumeRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.UpdateAssumeRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.UpdateRoleRequest;
import software.amazon.awssdk.services.iam.model.UpdateRoleResponse;

/** IAM in memory with the rules that launches and sweeps lean on; any operation it lacks throws. */
final class SimulatedIam extends SimulatedService implements IamClient {
  private static final String REGION = "aws-global";

  /** Each managed policy has the one version that it was made with. */
  private static final int DEFAULT_SESSION_SECONDS = 3_600;

  private static final int DEFAULT_MAX_ITEMS = 100;

  /** What a caller may do on any path: making names its path, and these two are spawn's reads. */
  private static final String DEFAULT_VERSION = "v1";

  private static final Set<String> ON_ANY_PATH =
      Set.of("CreateRole", "CreateInstanceProfile", "GetRole", "GetInstanceProfile");

  private final Optional<String> path;

  /**
   * Creates a client.
   *
   * @param observed whether its calls are recorded and may fail by injected faults
   * @param path the path that the caller's rights on existing roles and profiles are bound to
   */
  SimulatedIam(SimulatedAws aws, IamEntities entities, boolean observed, Optional<String> path) {
    super(aws, entities, SERVICE_NAME, REGION, observed);
    this.path = path;
  }

  @Override
  <T> T call(String operation, AwsRequest request, Supplier<T> effect) {
    return super.call(
        operation,
        request,
        () -> {
          if (!isWithinPath(operation, request)) {
            throw AwsErrors.accessDenied("iam:" + operation);
          }
          return effect.get();
        });
  }

  /**
   * A request names no path, so IAM takes it from what is there; what is not there has none, and no
   * right that is bound to a path covers it (<a
   * href="https://github.com/kayac/ecspresso/pull/288">seen in the field</a>; <a
   * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html">resource
   * types of IAM</a>). A call about a profile is about its path, not the role's; to put a role in
   * is also to pass it, and roles of other paths may be passable.
   */
  private boolean isWithinPath(String operation, AwsRequest request) {
    if (path.isEmpty() || ON_ANY_PATH.contains(operation)) {
      return true;
    }
    Optional<String> profile = request.getValueForField("InstanceProfileName", String.class);
    Optional<String> role = request.getValueForField("RoleName", String.class);
    if (profile.isPresent()) {
      return entities.profile(profile.get()).filter(there -> isUnder(there.path())).isPresent()
          && (!operation.equals("AddRoleToInstanceProfile")
              || role.flatMap(entities::role).isPresent());
    }
    return role.map(name -> entities.role(name).filter(there -> isUnder(there.path())).isPresent())
        .orElse(true);
  }

  private boolean isUnder(String itsPath) {
    return itsPath.startsWith(path.get());
  }

  // Roles

  /**
   * A role is made only if no other has its name in any case, whatever their paths, and only below
   * the account's quota; bad tags fail the whole call (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  @Override
  public CreateRoleResponse createRole(CreateRoleRequest request) {
    return call(
        "CreateRole",
        request,
        () -> {
          IamLimits.checkRoleName(request.roleName());
          String path = pathOf(request.path());
          checkTrustPolicy(request.assumeRolePolicyDocument());
          if (request.description() != null) {
            IamLimits.checkDescription(request.description());
          }
          int maxSessionDuration = sessionSeconds(request.maxSessionDuration());
          IamLimits.checkTags(request.tags(), true);
          if (entities.role(request.roleName()).isPresent()) {
            throw AwsErrors.entityAlreadyExists(
                "Role with name " + request.roleName() + " already exists.");
          }
          if (entities.roles().size() >= aws.rolesQuota()) {
            throw AwsErrors.limitExceeded(
                "Cannot exceed quota for RolesPerAccount: " + aws.rolesQuota());
          }
          Role role =
              Role.builder()
                  .roleName(request.roleName())
                  .roleId(aws.nextId("AROA"))
                  .path(path)
                  .arn(aws.arn("role", path, request.roleName()))
                  .createDate(now())
                  .assumeRolePolicyDocument(encoded(request.assumeRolePolicyDocument()))
                  .description(request.description())
                  .maxSessionDuration(maxSessionDuration)
                  .permissionsBoundary(boundary(request.permissionsBoundary()))
                  .tags(request.tags())
                  .build();
          entities.put(SimulatedRole.bare(role));
          return CreateRoleResponse.builder().role(role).build();
        });
  }

  /**
   * GetRole shows tags, boundary and last use; its documents are URL-encoded (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html">GetRole</a>).
   */
  @Override
  public GetRoleResponse getRole(GetRoleRequest request) {
    return call(
        "GetRole",
        request,
        () -> GetRoleResponse.builder().role(seenRole(request.roleName()).role()).build());
  }

  /**
   * A role goes only when it has no inline policies, no attached policies and sits in no profile;
   * that an instance uses it is no obstacle (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html">DeleteRole</a>).
   */
  @Override
  public DeleteRoleResponse deleteRole(DeleteRoleRequest request) {
    return call(
        "DeleteRole",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          if (entities.profiles().stream().anyMatch(profile -> profile.holds(role))) {
            throw AwsErrors.deleteConflict(
                "Cannot delete entity, must remove roles from instance profile first.");
          }
          if (!role.attachedPolicies().isEmpty()) {
            throw AwsErrors.deleteConflict("Cannot delete entity, must detach all policies first.");
          }
          if (!role.inlinePolicies().isEmpty()) {
            throw AwsErrors.deleteConflict("Cannot delete entity, must delete policies first.");
          }
          entities.removeRole(role.name());
          return DeleteRoleResponse.builder().build();
        });
  }

  /**
   * ListRoles leaves out tags, boundary and last use, and may end a page early (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html">ListRoles</a>).
   */
  @Override
  public ListRolesResponse listRoles(ListRolesRequest request) {
    return call(
        "ListRoles",
        request,
        () -> {
          List<SimulatedRole> roles =
              under(request.pathPrefix(), entities.rolesSeen(), SimulatedRole::path);
          Page<SimulatedRole> page =
              page(
                  roles,
                  role -> IamEntities.key(role.name()),
                  request.marker(),
                  request.maxItems());
          return ListRolesResponse.builder()
              .roles(page.items().stream().map(SimulatedIam::asListed).toList())
              .isTruncated(page.next().isPresent())
              .marker(page.next().orElse(null))
              .build();
        });
  }

  /**
   * The trust policy is replaced whole (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html">
   * UpdateAssumeRolePolicy</a>).
   */
  @Override
  public UpdateAssumeRolePolicyResponse updateAssumeRolePolicy(
      UpdateAssumeRolePolicyRequest request) {
    return call(
        "UpdateAssumeRolePolicy",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          checkTrustPolicy(request.policyDocument());
          String document = encoded(request.policyDocument());
          entities.put(
              role.with(role.role().toBuilder().assumeRolePolicyDocument(document).build()));
          return UpdateAssumeRolePolicyResponse.builder().build();
        });
  }

  /**
   * A description is changed if one is given; a session lasts an hour if nothing else is asked for
   * (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html">UpdateRole</a>).
   */
  @Override
  public UpdateRoleResponse updateRole(UpdateRoleRequest request) {
    return call(
        "UpdateRole",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          Role.Builder changed = role.role().toBuilder();
          if (request.description() != null) {
            IamLimits.checkDescription(request.description());
            changed.description(request.description());
          }
          entities.put(
              role.with(
                  changed
                      .maxSessionDuration(sessionSeconds(request.maxSessionDuration()))
                      .build()));
          return UpdateRoleResponse.builder().build();
        });
  }

  /**
   * A role has at most one boundary; a new one takes the place of the old (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html">
   * PutRolePermissionsBoundary</a>).
   */
  @Override
  public PutRolePermissionsBoundaryResponse putRolePermissionsBoundary(
      PutRolePermissionsBoundaryRequest request) {
    return call(
        "PutRolePermissionsBoundary",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          AttachedPermissionsBoundary boundary = boundary(request.permissionsBoundary());
          entities.put(role.with(role.role().toBuilder().permissionsBoundary(boundary).build()));
          return PutRolePermissionsBoundaryResponse.builder().build();
        });
  }

  /**
   * A role without a boundary has none to lose (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html">
   * DeleteRolePermissionsBoundary</a>).
   */
  @Override
  public DeleteRolePermissionsBoundaryResponse deleteRolePermissionsBoundary(
      DeleteRolePermissionsBoundaryRequest request) {
    return call(
        "DeleteRolePermissionsBoundary",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          if (role.permissionsBoundary().isEmpty()) {
            throw AwsErrors.noSuchEntity(
                "Role %s does not have a permissions boundary.".formatted(role.name()));
          }
          entities.put(
              role.with(
                  role.role().toBuilder()
                      .permissionsBoundary((AttachedPermissionsBoundary) null)
                      .build()));
          return DeleteRolePermissionsBoundaryResponse.builder().build();
        });
  }

  // Tags of roles

  /**
   * A tag whose key is there in any case takes its place (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html">tagging IAM
   * resources</a>). A service's own role may be tagged too (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html">TagRole</a>).
   */
  @Override
  public TagRoleResponse tagRole(TagRoleRequest request) {
    return call(
        "TagRole",
        request,
        () -> {
          IamLimits.checkTags(request.tags(), true);
          SimulatedRole role = role(request.roleName());
          Collection<Tag> tags =
              merged(
                  new TreeMap<>(String.CASE_INSENSITIVE_ORDER), role.role().tags(), request.tags());
          entities.put(role.with(role.role().toBuilder().tags(tags).build()));
          return TagRoleResponse.builder().build();
        });
  }

  /**
   * Keys are matched in any case; one that is not there is no error (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html">UntagRole</a>).
   */
  @Override
  public UntagRoleResponse untagRole(UntagRoleRequest request) {
    return call(
        "UntagRole",
        request,
        () -> {
          SimulatedRole role = role(request.roleName());
          List<Tag> tags =
              role.role().tags().stream()
                  .filter(tag -> request.tagKeys().stream().noneMatch(tag.key()::equalsIgnoreCase))
                  .toList();
          entities.put(role.with(role.role().toBuilder().tags(tags).build()));
          return UntagRoleResponse.builder().build();
        });
  }

  /**
   * Tags come sorted by key, in pages (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html">ListRoleTags</a>).
   */
  @Override
  public ListRoleTagsResponse listRoleTags(ListRoleTagsRequest request) {
    return call(
        "ListRoleTags",
        request,
        () -> {
          Page<Tag> page =
              page(
                  sorted(seenRole(request.roleName()).role().tags()),
                  Tag::key,
                  request.marker(),
                  request.maxItems());
          return ListRoleTagsResponse.builder()
              .tags(page.items())
              .isTruncated(page.next().isPresent())
              .marker(page.next().orElse(null))
              .build();
        });
  }

  // Inline policies

  /**
   * Inline policies are put by name, and all of a role's share one size (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">PutRolePolicy</a>).
   */
  @Override
  public PutRolePolicyResponse putRolePolicy(PutRolePolicyRequest request) {
    return call(
        "PutRolePolicy",
        request,
        () -> {
          IamLimits.checkPolicyName(request.policyName());
          IamLimits.checkDocument("policyDocument", request.policyDocument());
          SimulatedRole role = changeableRole(request.roleName());
          PolicyGrammar.checkPermissions(request.policyDocument());
          if (aws.refusesPolicy(request.policyDocument())) {
            throw AwsErrors.malformedPolicyDocument("The policy failed legacy parsing");
          }
          SimulatedRole changed =
              role.withInlinePolicy(request.policyName(), request.policyDocument());
          int size = changed.inlinePolicies().values().stream().mapToInt(IamLimits::size).sum();
          if (size > IamLimits.INLINE_POLICIES_SIZE) {
            throw AwsErrors.limitExceeded(
                "Maximum policy size of "
                    + IamLimits.INLINE_POLICIES_SIZE
                    + " bytes exceeded for role "
                    + role.name());
          }
          entities.put(changed);
          return PutRolePolicyResponse.builder().build();
        });
  }

  /**
   * A managed policy that is not there gives NoSuchEntity (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html">GetPolicy</a>);
   * one that is says whether it can be attached (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html">Policy</a>).
   */
  @Override
  public GetPolicyResponse getPolicy(GetPolicyRequest request) {
    return call(
        "GetPolicy",
        request,
        () -> {
          if (aws.lacksPolicy(request.policyArn())) {
            throw AwsErrors.noSuchEntity("Policy " + request.policyArn() + " was not found.");
          }
          return GetPolicyResponse.builder()
              .policy(
                  policy ->
                      policy
                          .arn(request.policyArn())
                          .defaultVersionId(DEFAULT_VERSION)
                          .isAttachable(!isKeptForServiceLinkedRoles(request.policyArn())))
              .build();
        });
  }

  /**
   * The document is URL-encoded (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html">GetPolicyVersion</a>).
   */
  @Override
  public GetPolicyVersionResponse getPolicyVersion(GetPolicyVersionRequest request) {
    return call(
        "GetPolicyVersion",
        request,
        () -> {
          if (aws.lacksPolicy(request.policyArn())
              || !DEFAULT_VERSION.equals(request.versionId())) {
            throw AwsErrors.noSuchEntity(
                "Policy "
                    + request.policyArn()
                    + " version "
                    + request.versionId()
                    + " does not exist.");
          }
          return GetPolicyVersionResponse.builder()
              .policyVersion(
                  version ->
                      version
                          .versionId(DEFAULT_VERSION)
                          .isDefaultVersion(true)
                          .document(encoded(aws.documentOf(request.policyArn()))))
              .build();
        });
  }

  /**
   * IAM decides for each action on each resource (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html">SimulateCustomPolicy</a>).
   */
  @Override
  public SimulateCustomPolicyResponse simulateCustomPolicy(SimulateCustomPolicyRequest request) {
    return call("SimulateCustomPolicy", request, () -> Simulations.of(request));
  }

  /**
   * The document is URL-encoded (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html">GetRolePolicy</a>).
   */
  @Override
  public GetRolePolicyResponse getRolePolicy(GetRolePolicyRequest request) {
    return call(
        "GetRolePolicy",
        request,
        () -> {
          SimulatedRole role = seenRole(request.roleName());
          String document = role.inlinePolicies().get(request.policyName());
          if (document == null) {
            throw noSuchPolicy(request.policyName());
          }
          return GetRolePolicyResponse.builder()
              .roleName(role.name())
              .policyName(request.policyName())
              .policyDocument(encoded(document))
              .build();
        });
  }

  /**
   * A policy that is not there gives NoSuchEntity (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html">
   * DeleteRolePolicy</a>).
   */
  @Override
  public DeleteRolePolicyResponse deleteRolePolicy(DeleteRolePolicyRequest request) {
    return call(
        "DeleteRolePolicy",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          if (!role.inlinePolicies().containsKey(request.policyName())) {
            throw noSuchPolicy(request.policyName());
          }
          entities.put(role.withoutInlinePolicy(request.policyName()));
          return DeleteRolePolicyResponse.builder().build();
        });
  }

  /**
   * Names of inline policies come in pages (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html">
   * ListRolePolicies</a>).
   */
  @Override
  public ListRolePoliciesResponse listRolePolicies(ListRolePoliciesRequest request) {
    return call(
        "ListRolePolicies",
        request,
        () -> {
          Page<String> page =
              page(
                  List.copyOf(seenRole(request.roleName()).inlinePolicies().keySet()),
                  name -> name,
                  request.marker(),
                  request.maxItems());
          return ListRolePoliciesResponse.builder()
              .policyNames(page.items())
              .isTruncated(page.next().isPresent())
              .marker(page.next().orElse(null))
              .build();
        });
  }

  // Managed policies

  /**
   * A policy is attached once however often it is asked for, up to the role's quota; one that a
   * service keeps for its own roles is not attachable (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html">
   * AttachRolePolicy</a>).
   */
  @Override
  public AttachRolePolicyResponse attachRolePolicy(AttachRolePolicyRequest request) {
    return call(
        "AttachRolePolicy",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          checkAttachable(request.policyArn());
          SimulatedRole changed = role.withAttachedPolicy(request.policyArn());
          if (changed.attachedPolicies().size() > aws.attachedPoliciesQuota()) {
            throw AwsErrors.limitExceeded(
                "Cannot exceed quota for PoliciesPerRole: " + aws.attachedPoliciesQuota());
          }
          entities.put(changed);
          return AttachRolePolicyResponse.builder().build();
        });
  }

  /**
   * A policy that is not attached gives NoSuchEntity (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html">
   * DetachRolePolicy</a>).
   */
  @Override
  public DetachRolePolicyResponse detachRolePolicy(DetachRolePolicyRequest request) {
    return call(
        "DetachRolePolicy",
        request,
        () -> {
          SimulatedRole role = changeableRole(request.roleName());
          if (!role.attachedPolicies().contains(request.policyArn())) {
            throw AwsErrors.noSuchEntity("Policy " + request.policyArn() + " was not found.");
          }
          entities.put(role.withoutAttachedPolicy(request.policyArn()));
          return DetachRolePolicyResponse.builder().build();
        });
  }

  /**
   * Attached policies come with name and ARN, in pages (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html">
   * ListAttachedRolePolicies</a>).
   */
  @Override
  public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
      ListAttachedRolePoliciesRequest request) {
    return call(
        "ListAttachedRolePolicies",
        request,
        () -> {
          Page<String> page =
              page(
                  List.copyOf(seenRole(request.roleName()).attachedPolicies()),
                  arn -> arn,
                  request.marker(),
                  request.maxItems());
          return ListAttachedRolePoliciesResponse.builder()
              .attachedPolicies(page.items().stream().map(SimulatedIam::attached).toList())
              .isTruncated(page.next().isPresent())
              .marker(page.next().orElse(null))
              .build();
        });
  }

  // Instance profiles

  /**
   * A profile is made empty; its name is unique in any case, apart from those of roles (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html">
   * CreateInstanceProfile</a>).
   */
  @Override
  public CreateInstanceProfileResponse createInstanceProfile(CreateInstanceProfileRequest request) {
    return call(
        "CreateInstanceProfile",
        request,
        () -> {
          String name = request.instanceProfileName();
          IamLimits.checkProfileName(name);
          String path = pathOf(request.path());
          IamLimits.checkTags(request.tags(), false);
          if (entities.profile(name).isPresent()) {
            throw AwsErrors.entityAlreadyExists("Instance Profile " + name + " already exists.");
          }
          if (entities.profiles().size() >= aws.profilesQuota()) {
            throw AwsErrors.limitExceeded(
                "Cannot exceed quota for InstanceProfilesPerAccount: " + aws.profilesQuota());
          }
          InstanceProfile profile =
              InstanceProfile.builder()
                  .instanceProfileName(name)
                  .instanceProfileId(aws.nextId("AIPA"))
                  .path(path)
                  .arn(aws.arn("instance-profile", path, name))
                  .createDate(now())
                  .roles(List.of())
                  .tags(request.tags())
                  .build();
          entities.put(new SimulatedProfile(profile));
          return CreateInstanceProfileResponse.builder().instanceProfile(profile).build();
        });
  }

  /**
   * GetInstanceProfile shows the role within and the tags (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html">
   * GetInstanceProfile</a>).
   */
  @Override
  public GetInstanceProfileResponse getInstanceProfile(GetInstanceProfileRequest request) {
    return call(
        "GetInstanceProfile",
        request,
        () ->
            GetInstanceProfileResponse.builder()
                .instanceProfile(
                    shown(
                        entities
                            .profileSeen(View.IAM, request.instanceProfileName())
                            .orElseThrow(() -> noSuchProfile(request.instanceProfileName()))))
                .build());
  }

  /**
   * A profile goes only when it is empty; that an instance carries it is no obstacle (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html">
   * DeleteInstanceProfile</a>).
   */
  @Override
  public DeleteInstanceProfileResponse deleteInstanceProfile(DeleteInstanceProfileRequest request) {
    return call(
        "DeleteInstanceProfile",
        request,
        () -> {
          SimulatedProfile profile = profile(request.instanceProfileName());
          if (profile.role().isPresent()) {
            throw AwsErrors.deleteConflict(
                "Cannot delete entity, must remove roles from instance profile first.");
          }
          entities.removeProfile(profile.name());
          return DeleteInstanceProfileResponse.builder().build();
        });
  }

  /**
   * A profile holds one role; a second one, or the same one again, is over that limit. A role made
   * just now may not be found yet. The caller needs iam:PassRole on it (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html">
   * AddRoleToInstanceProfile</a>; that the same role is refused, and that a new role may be missed,
   * is what tools that make profiles have met).
   */
  @Override
  public AddRoleToInstanceProfileResponse addRoleToInstanceProfile(
      AddRoleToInstanceProfileRequest request) {
    return call(
        "AddRoleToInstanceProfile",
        request,
        () -> {
          SimulatedProfile profile = profile(request.instanceProfileName());
          SimulatedRole role = changeableRole(request.roleName());
          seenRole(request.roleName());
          if (observed && aws.denies("iam:PassRole")) {
            throw AwsErrors.accessDenied("iam:PassRole");
          }
          if (profile.role().isPresent()) {
            throw AwsErrors.limitExceeded(
                "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
          }
          entities.put(profile.holding(role.role()));
          return AddRoleToInstanceProfileResponse.builder().build();
        });
  }

  /**
   * A role that is not in the profile gives NoSuchEntity (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html">
   * RemoveRoleFromInstanceProfile</a>).
   */
  @Override
  public RemoveRoleFromInstanceProfileResponse removeRoleFromInstanceProfile(
      RemoveRoleFromInstanceProfileRequest request) {
    return call(
        "RemoveRoleFromInstanceProfile",
        request,
        () -> {
          SimulatedProfile profile = profile(request.instanceProfileName());
          SimulatedRole role = changeableRole(request.roleName());
          if (!profile.holds(role)) {
            throw AwsErrors.noSuchEntity(
                "Cannot find role "
                    + request.roleName()
                    + " in instance profile "
                    + request.instanceProfileName());
          }
          entities.put(profile.holding());
          return RemoveRoleFromInstanceProfileResponse.builder().build();
        });
  }

  /**
   * ListInstanceProfiles shows the roles within but no tags (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html">
   * ListInstanceProfiles</a>).
   */
  @Override
  public ListInstanceProfilesResponse listInstanceProfiles(ListInstanceProfilesRequest request) {
    return call(
        "ListInstanceProfiles",
        request,
        () -> {
          List<SimulatedProfile> profiles =
              under(request.pathPrefix(), entities.profilesSeen(), SimulatedProfile::path);
          Page<SimulatedProfile> page =
              page(
                  profiles,
                  profile -> IamEntities.key(profile.name()),
                  request.marker(),
                  request.maxItems());
          return ListInstanceProfilesResponse.builder()
              .instanceProfiles(page.items().stream().map(this::asListed).toList())
              .isTruncated(page.next().isPresent())
              .marker(page.next().orElse(null))
              .build();
        });
  }

  /**
   * A role may sit in many profiles (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html">
   * ListInstanceProfilesForRole</a>).
   */
  @Override
  public ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
      ListInstanceProfilesForRoleRequest request) {
    return call(
        "ListInstanceProfilesForRole",
        request,
        () -> {
          SimulatedRole role = seenRole(request.roleName());
          List<SimulatedProfile> holders =
              entities.profilesSeen().stream().filter(profile -> profile.holds(role)).toList();
          Page<SimulatedProfile> page =
              page(
                  holders,
                  profile -> IamEntities.key(profile.name()),
                  request.marker(),
                  request.maxItems());
          return ListInstanceProfilesForRoleResponse.builder()
              .instanceProfiles(page.items().stream().map(this::asListed).toList())
              .isTruncated(page.next().isPresent())
              .marker(page.next().orElse(null))
              .build();
        });
  }

  /**
   * Keys of a profile's tags differ if their case does (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html">tagging IAM
   * resources</a>).
   */
  @Override
  public TagInstanceProfileResponse tagInstanceProfile(TagInstanceProfileRequest request) {
    return call(
        "TagInstanceProfile",
        request,
        () -> {
          IamLimits.checkTags(request.tags(), false);
          InstanceProfile profile = profile(request.instanceProfileName()).profile();
          Collection<Tag> tags = merged(new TreeMap<>(), profile.tags(), request.tags());
          entities.put(new SimulatedProfile(profile.toBuilder().tags(tags).build()));
          return TagInstanceProfileResponse.builder().build();
        });
  }

  /**
   * Keys are matched in their case; one that is not there is no error (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html">
   * UntagInstanceProfile</a>).
   */
  @Override
  public UntagInstanceProfileResponse untagInstanceProfile(UntagInstanceProfileRequest request) {
    return call(
        "UntagInstanceProfile",
        request,
        () -> {
          InstanceProfile profile = profile(request.instanceProfileName()).profile();
          List<Tag> tags =
              profile.tags().stream()
                  .filter(tag -> !request.tagKeys().contains(tag.key()))
                  .toList();
          entities.put(new SimulatedProfile(profile.toBuilder().tags(tags).build()));
          return UntagInstanceProfileResponse.builder().build();
        });
  }

  // The account

  /**
   * The summary holds counts beside their quotas (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html">
   * GetAccountSummary</a>).
   */
  @Override
  public GetAccountSummaryResponse getAccountSummary(GetAccountSummaryRequest request) {
    return call(
        "GetAccountSummary",
        request,
        () ->
            GetAccountSummaryResponse.builder()
                .summaryMapWithStrings(
                    Map.of(
                        "Roles", entities.roles().size(),
                        "RolesQuota", aws.rolesQuota(),
                        "InstanceProfiles", entities.profiles().size(),
                        "InstanceProfilesQuota", aws.profilesQuota(),
                        "AttachedPoliciesPerRoleQuota", aws.attachedPoliciesQuota(),
                        "AssumeRolePolicySizeQuota", IamLimits.TRUST_POLICY_SIZE))
                .build());
  }

  // What roles have used

  /**
   * A report is begun about what an ARN names (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html">GenerateServiceLastAccessedDetails</a>).
   */
  @Override
  public GenerateServiceLastAccessedDetailsResponse generateServiceLastAccessedDetails(
      GenerateServiceLastAccessedDetailsRequest request) {
    return call(
        "GenerateServiceLastAccessedDetails",
        request,
        () -> {
          String name = request.arn().substring(request.arn().lastIndexOf('/') + 1);
          SimulatedRole role = seenRole(name);
          String id = "%36s".formatted(aws.nextId("")).replace(' ', '0');
          return GenerateServiceLastAccessedDetailsResponse.builder()
              .jobId(
                  aws.accessAdvisor()
                      .start(id, role, now(), request.granularity(), aws::documentOf))
              .build();
        });
  }

  /**
   * It tells of progress, and then of the services in pages (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html">GetServiceLastAccessedDetails</a>).
   */
  @Override
  public GetServiceLastAccessedDetailsResponse getServiceLastAccessedDetails(
      GetServiceLastAccessedDetailsRequest request) {
    return call(
        "GetServiceLastAccessedDetails",
        request,
        () -> aws.accessAdvisor().read(request.jobId(), request.marker()));
  }

  /** IAM's dates have no fraction of a second, as its XML shows them. */
  @Override
  Instant now() {
    return super.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private SimulatedRole seenRole(String name) {
    return entities.roleSeen(View.IAM, name).orElseThrow(() -> noSuchRole(name));
  }

  /**
   * A service's own roles are changed by that service only, but for their tags (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html">
   * UnmodifiableEntity</a>).
   */
  private SimulatedRole changeableRole(String name) {
    SimulatedRole role = role(name);
    if (role.path().startsWith("/aws-service-role/")) {
      throw AwsErrors.unmodifiableEntity(
          "Cannot perform the operation on the protected role '"
              + role.name()
              + "' - this role is only modifiable by AWS");
    }
    return role;
  }

  private SimulatedRole role(String name) {
    return entities.role(name).orElseThrow(() -> noSuchRole(name));
  }

  private SimulatedProfile profile(String name) {
    return entities.profile(name).orElseThrow(() -> noSuchProfile(name));
  }

  /** A profile shows its role as a read of that role does, or as it was added if none is seen. */
  private InstanceProfile shown(SimulatedProfile profile) {
    if (profile.role().isEmpty()) {
      return profile.profile();
    }
    Role added = profile.role().get();
    Role role =
        entities
            .roleSeen(View.IAM, added.roleName())
            .map(SimulatedRole::role)
            .filter(seen -> seen.roleId().equals(added.roleId()))
            .orElse(added);
    return profile.holding(asListed(role)).profile();
  }

  private InstanceProfile asListed(SimulatedProfile profile) {
    return shown(profile).toBuilder().tags((Collection<Tag>) null).build();
  }

  private static Role asListed(SimulatedRole role) {
    return asListed(role.role());
  }

  private static Role asListed(Role role) {
    return role.toBuilder()
        .tags((Collection<Tag>) null)
        .permissionsBoundary((AttachedPermissionsBoundary) null)
        .roleLastUsed((RoleLastUsed) null)
        .build();
  }

  /**
   * A trust policy keeps to its own quota, white space not counted (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  private static void checkTrustPolicy(String document) {
    IamLimits.checkDocument("assumeRolePolicyDocument", document);
    PolicyGrammar.checkTrust(document);
    if (IamLimits.size(document) > IamLimits.TRUST_POLICY_SIZE) {
      throw AwsErrors.limitExceeded(
          "Cannot exceed quota for ACLSizePerRole: " + IamLimits.TRUST_POLICY_SIZE);
    }
  }

  /**
   * Only policies that exist, and are not kept for service-linked roles, can be attached (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html">
   * AttachRolePolicy</a>). Any well-formed ARN exists unless a test says otherwise.
   */
  private void checkAttachable(String arn) {
    if (arn == null || arn.length() < 20) {
      throw AwsErrors.validationError(
          "policyArn", "Member must have length greater than or equal to 20");
    }
    if (!arn.startsWith("arn:") || !arn.contains(":policy/")) {
      throw AwsErrors.invalidInput("ARN " + arn + " is not valid.");
    }
    if (isKeptForServiceLinkedRoles(arn)) {
      throw AwsErrors.policyNotAttachable(
          "Cannot attach a Service Role Policy to a Customer Role.");
    }
    if (aws.lacksPolicy(arn)) {
      throw AwsErrors.noSuchEntity("Policy " + arn + " does not exist or is not attachable.");
    }
  }

  private static boolean isKeptForServiceLinkedRoles(String arn) {
    return arn.contains(":policy/aws-service-role/");
  }

  /**
   * All tags of a role or profile together are at most 50 (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html">TagRole</a>).
   */
  private static Collection<Tag> merged(
      SortedMap<String, Tag> byKey, List<Tag> tags, List<Tag> added) {
    tags.forEach(tag -> byKey.put(tag.key(), tag));
    added.forEach(tag -> byKey.put(tag.key(), tag));
    if (byKey.size() > IamLimits.TAGS) {
      throw AwsErrors.limitExceeded("Cannot exceed quota for TagsPerResource: " + IamLimits.TAGS);
    }
    return new ArrayList<>(byKey.values());
  }

  private static List<Tag> sorted(List<Tag> tags) {
    SortedMap<String, Tag> byKey = new TreeMap<>();
    tags.forEach(tag -> byKey.put(tag.key(), tag));
    return List.copyOf(byKey.values());
  }

  private <T> Page<T> page(List<T> all, Function<T, String> key, String marker, Integer maxItems) {
    int most = Optional.ofNullable(maxItems).orElse(DEFAULT_MAX_ITEMS);
    IamLimits.checkMaxItems(most);
    return page(
        all, key, marker, most, () -> AwsErrors.validationError("marker", "Invalid Marker."));
  }

  private static <T> List<T> under(String pathPrefix, List<T> all, Function<T, String> path) {
    if (pathPrefix == null) {
      return all;
    }
    IamLimits.checkPathPrefix(pathPrefix);
    return all.stream().filter(each -> path.apply(each).startsWith(pathPrefix)).toList();
  }

  private static String pathOf(String asked) {
    String path = Optional.ofNullable(asked).orElse("/");
    IamLimits.checkPath(path);
    return path;
  }

  private static int sessionSeconds(Integer asked) {
    int seconds = Optional.ofNullable(asked).orElse(DEFAULT_SESSION_SECONDS);
    IamLimits.checkMaxSessionDuration(seconds);
    return seconds;
  }

  private static AttachedPermissionsBoundary boundary(String arn) {
    return arn == null
        ? null
        : AttachedPermissionsBoundary.builder()
            .permissionsBoundaryType(PermissionsBoundaryAttachmentType.PERMISSIONS_BOUNDARY_POLICY)
            .permissionsBoundaryArn(arn)
            .build();
  }

  private static AttachedPolicy attached(String arn) {
    return AttachedPolicy.builder()
        .policyArn(arn)
        .policyName(arn.substring(arn.lastIndexOf('/') + 1))
        .build();
  }

  /**
   * Documents come back URL-encoded by RFC 3986, which knows no {@code +} for a space (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html">GetRole</a>).
   */
  private static String encoded(String document) {
    return URLEncoder.encode(document, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static IamException noSuchRole(String name) {
    return AwsErrors.noSuchEntity("The role with name " + name + " cannot be found.");
  }

  private static IamException noSuchProfile(String name) {
    return AwsErrors.noSuchEntity("Instance Profile " + name + " cannot be found.");
  }

  private static IamException noSuchPolicy(String name) {
    return AwsErrors.noSuchEntity("The role policy with name " + name + " cannot be found.");
  }
}
