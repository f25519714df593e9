package spawn.simulation;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import spawn.aws.AwsErrors;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.error.Ec2Answers;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** The planted bugs of the functions that launch. */
final class LaunchBugs {
  private final SimulatedAws aws;
  private final Clock clock;
  private final List<RequestedRole> requestedRoles;
  private final Map<String, String> firstSubnets = new HashMap<>();
  private long tries;

  LaunchBugs(SimulatedAws aws, Clock clock, List<RequestedRole> requestedRoles) {
    this.aws = aws;
    this.clock = clock;
    this.requestedRoles = requestedRoles;
  }

  /** Returns what a bug does between a function that launches and IAM. */
  Interposed iam(Mutation bug) {
    return switch (bug) {
      case LEASE_WRITTEN_FIRST -> Interposed.answering(this::leasedAtOnce);
      case HALF_MADE_ROLE_USED -> Interposed.reading(this::withSomeLease);
      case LEASE_OF_ANOTHER_COUNTED -> Interposed.reading(LaunchBugs::leasedForItself);
      case CLAIM_NOT_WAITED_FOR -> Interposed.reading(this::withAnOldClaim);
      case CLAIMED_ROLE_KEEPS_ITS_OLD_HASH -> Interposed.asking(LaunchBugs::withoutHash);
      case MARKED_ROLE_REUSED -> Interposed.reading(role -> Answers.without(role, Tags.DELETING));
      case HASH_NOT_LOOKED_AT -> Interposed.reading(this::withWantedHash);
      case UNTAGGED_ROLE_ADOPTED -> Interposed.reading(this::adopted);
      case EMPTY_PROFILE_OF_ANOTHER_FILLED -> Interposed.answering(LaunchBugs::taggedProfile);
      case PROFILE_OF_ANOTHER_ROLE_USED -> Interposed.answering(this::profileOfItsName);
      default -> Interposed.NONE;
    };
  }

  /** Returns what a bug does between a function that launches and EC2. */
  Interposed ec2(Mutation bug) {
    return switch (bug) {
      case NO_CLIENT_TOKEN -> Interposed.asking(LaunchBugs::withoutToken);
      case TOKEN_OF_EACH_TRY -> Interposed.asking(this::withANewToken);
      case LOST_ANSWER_TAKEN_FOR_NO_CAPACITY -> LaunchBugs::noCapacityIfLost;
      case ZONE_WITHOUT_THE_TYPE_ENDS_THE_LAUNCH -> LaunchBugs::rejectedIfUnsupported;
      case REFUSED_LAUNCH_TAKEN_AS_FINAL -> LaunchBugs::rejectedIfNotVisible;
      case PROFILE_PROVEN_IN_ONE_SUBNET_ONLY -> Interposed.asking(this::inTheFirstSubnet);
      case OLD_PROFILE_NOT_PUT_BACK -> LaunchBugs::withoutPuttingBack;
      default -> Interposed.NONE;
    };
  }

  private AwsResponse leasedAtOnce(AwsResponse answer) {
    if (answer instanceof CreateRoleResponse made) {
      aws.iam()
          .tagRole(
              lease ->
                  lease
                      .roleName(made.role().roleName())
                      .tags(
                          Answers.tag(Tags.LEASE_UNTIL, inAnHour()),
                          Answers.tag(Tags.LEASED_ID, made.role().roleId())));
    }
    return answer;
  }

  private Role withSomeLease(Role role) {
    return Answers.tag(role, Tags.LEASE_UNTIL).isPresent()
            || Answers.tag(role, Tags.MANAGED).isEmpty()
        ? role
        : leasedForItself(Answers.with(role, Tags.LEASE_UNTIL, inAnHour()));
  }

  private static Role leasedForItself(Role role) {
    return Answers.tag(role, Tags.LEASE_UNTIL).isPresent()
        ? Answers.with(role, Tags.LEASED_ID, role.roleId())
        : role;
  }

  private Role withAnOldClaim(Role role) {
    String then = clock.instant().minus(Duration.ofMinutes(10)).toString();
    return Answers.tag(role, Tags.CLAIM)
        .map(claim -> Answers.with(role, Tags.CLAIM, claim.replaceAll("@.*", "@" + then)))
        .orElse(role);
  }

  private static AwsRequest withoutHash(AwsRequest request) {
    return request instanceof TagRoleRequest tagging
        ? tagging.toBuilder()
            .tags(tagging.tags().stream().filter(tag -> !tag.key().equals(Tags.POLICIES)).toList())
            .build()
        : request;
  }

  private String inAnHour() {
    return clock.instant().plus(Duration.ofHours(1)).toString();
  }

  private Role withWantedHash(Role role) {
    return requestedRoles.stream()
        .filter(requested -> requested.roleName().equals(role.roleName()))
        .findFirst()
        .map(requested -> Answers.with(role, Tags.POLICIES, requested.hash()))
        .orElse(role);
  }

  private Role adopted(Role role) {
    return role.path().equals(RoleRequests.OWNER.path())
        ? Answers.with(withWantedHash(role), Tags.MANAGED, "true")
        : role;
  }

  private static AwsResponse taggedProfile(AwsResponse answer) {
    return answer instanceof GetInstanceProfileResponse read
        ? read.toBuilder()
            .instanceProfile(
                read.instanceProfile().toBuilder()
                    .path(RoleRequests.OWNER.path())
                    .tags(Answers.tag(Tags.MANAGED, "true"))
                    .build())
            .build()
        : answer;
  }

  /** The profile of a role has the role's name in most launches. */
  private AwsResponse profileOfItsName(AwsResponse answer) {
    if (!(answer instanceof GetInstanceProfileResponse read)
        || !read.instanceProfile().hasRoles()) {
      return answer;
    }
    String name = read.instanceProfile().instanceProfileName();
    List<Role> named =
        read.instanceProfile().roles().stream()
            .map(role -> role.toBuilder().roleName(name).roleId(idOf(name)).build())
            .toList();
    return read.toBuilder()
        .instanceProfile(read.instanceProfile().toBuilder().roles(named).build())
        .build();
  }

  private String idOf(String role) {
    return aws.role(role).map(SimulatedRole::id).orElse("");
  }

  private static AwsRequest withoutToken(AwsRequest request) {
    return request instanceof RunInstancesRequest launch
        ? launch.toBuilder().clientToken(null).build()
        : request;
  }

  private AwsRequest withANewToken(AwsRequest request) {
    return request instanceof RunInstancesRequest launch && launch.clientToken() != null
        ? launch.toBuilder().clientToken("try-" + ++tries).build()
        : request;
  }

  private static AwsResponse noCapacityIfLost(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    try {
      return ask.apply(request);
    } catch (SdkClientException lost) {
      throw isLaunch(request)
          ? AwsErrors.ec2("InsufficientInstanceCapacity", 500, "no capacity")
          : lost;
    }
  }

  private static AwsResponse rejectedIfUnsupported(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    try {
      return ask.apply(request);
    } catch (Ec2Exception refusal) {
      AwsErrorDetails said = refusal.awsErrorDetails();
      throw said.errorCode().equals("Unsupported")
          ? AwsErrors.ec2("InvalidParameterValue", 400, said.errorMessage())
          : refusal;
    }
  }

  private static AwsResponse rejectedIfNotVisible(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    try {
      return ask.apply(request);
    } catch (Ec2Exception refusal) {
      throw request instanceof RunInstancesRequest launch
              && isLaunch(launch)
              && Ec2Answers.isNotYet(refusal)
          ? AwsErrors.ec2("InvalidParameterValue", 400, "It has no such profile.")
          : refusal;
    }
  }

  private AwsRequest inTheFirstSubnet(AwsRequest request) {
    if (!(request instanceof RunInstancesRequest launch) || isLaunch(launch)) {
      return request;
    }
    String execution = launch.tagSpecifications().toString();
    String first = firstSubnets.computeIfAbsent(execution, asked -> launch.subnetId());
    return launch.toBuilder().subnetId(first).build();
  }

  private static AwsResponse withoutPuttingBack(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    return request instanceof AssociateIamInstanceProfileRequest associate
            && associate.iamInstanceProfile().arn().endsWith("/" + RequestedRole.OWN_ROLE)
        ? AssociateIamInstanceProfileResponse.builder().build()
        : ask.apply(request);
  }

  private static boolean isLaunch(AwsRequest request) {
    return request instanceof RunInstancesRequest launch && !Boolean.TRUE.equals(launch.dryRun());
  }
}
