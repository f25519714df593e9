package spawn.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileResponse;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeRegionsResponse;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesResponse;
import software.amazon.awssdk.services.iam.model.ListRolesResponse;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.AwsErrors;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.cleanup.SweepTerms;
import spawn.role.Tags;
import spawn.workflow.Stack;

/**
 * The functions of spawn with one bug in them, planted between them and AWS: what they ask, or what
 * they are told, is changed just so that they do what the buggy code would.
 */
final class Mutant implements Stack.Parts {
  private final Mutation mutation;
  private final SimulatedAws aws;
  private final Clock clock;
  private final List<Wish> wishes;
  private long tries;

  Mutant(Mutation mutation, SimulatedAws aws, Clock clock, List<Wish> wishes) {
    this.mutation = mutation;
    this.aws = aws;
    this.clock = clock;
    this.wishes = wishes;
  }

  @Override
  public IamClient iam(String function) {
    return mutation == Mutation.NONE
        ? aws.iam()
        : between(IamClient.class, aws.iam(), (request, ask) -> iam(function, request, ask));
  }

  @Override
  public Ec2Client ec2(String function, Region region) {
    return mutation == Mutation.NONE
        ? aws.ec2(region)
        : between(Ec2Client.class, aws.ec2(region), (request, ask) -> ec2(function, request, ask));
  }

  @Override
  public Clock clock(String function) {
    return mutation == Mutation.LEASE_NOT_LOOKED_AT_BY_THE_LAUNCH && function.equals("RunInstance")
        ? Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)
        : clock;
  }

  @Override
  public SweepTerms sweepTerms() {
    SweepTerms terms = SweepTerms.STANDARD;
    return mutation == Mutation.MARK_NOT_WAITED_FOR
        ? new SweepTerms(
            terms.youth(), terms.clockSkew(), Duration.ZERO, terms.markLapses(), terms.lastUse())
        : terms;
  }

  private AwsResponse iam(
      String function, AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    boolean sweeps = function.equals("CleanupUnusedRoles");
    return switch (mutation) {
      case LEASE_WRITTEN_FIRST -> leasedAtOnce(ask.apply(request));
      case HALF_MADE_ROLE_USED ->
          sweeps ? ask.apply(request) : role(ask.apply(request), this::withSomeLease);
      case LEASE_OF_ANOTHER_COUNTED ->
          sweeps ? ask.apply(request) : role(ask.apply(request), Mutant::leasedForItself);
      case MARKED_ROLE_REUSED ->
          sweeps
              ? ask.apply(request)
              : role(ask.apply(request), role -> without(role, Tags.DELETING));
      case HASH_NOT_LOOKED_AT ->
          sweeps ? ask.apply(request) : role(ask.apply(request), this::withWantedHash);
      case UNTAGGED_ROLE_ADOPTED ->
          sweeps
              ? ask.apply(request)
              : role(
                  ask.apply(request),
                  role ->
                      role.path().equals(Tags.PATH)
                          ? with(withWantedHash(role), Tags.MANAGED, "true")
                          : role);
      case LEASE_NOT_LOOKED_AT_BY_THE_SWEEP ->
          sweeps
              ? role(ask.apply(request), role -> without(role, Tags.LEASE_UNTIL))
              : ask.apply(request);
      case MARK_NOT_CHECKED_AGAIN ->
          sweeps
              ? role(
                  ask.apply(request),
                  role ->
                      tag(role, Tags.DELETING).isPresent() ? without(role, Tags.LEASE_UNTIL) : role)
              : ask.apply(request);
      case UNTAGGED_ROLE_SWEPT ->
          sweeps
              ? role(ask.apply(request), role -> with(role, Tags.MANAGED, "true"))
              : ask.apply(request);
      case EMPTY_PROFILE_OF_ANOTHER_FILLED -> taggedProfile(ask.apply(request));
      case PROFILE_OF_ANOTHER_ROLE_USED ->
          sweeps ? ask.apply(request) : profileOfItsName(request, ask);
      case SWEPT_BY_NAME -> sweeps ? knownByName(ask.apply(request)) : ask.apply(request);
      case ROLE_WITHOUT_ITS_SETS_TAG_CHANGED ->
          function.equals("ConvergeRole")
              ? role(
                  ask.apply(request),
                  role ->
                      role.roleName().startsWith(SetRuns.SET)
                          ? with(role, Tags.SET, SetRuns.SET)
                          : role)
              : ask.apply(request);
      case POLICY_NOT_DETACHED ->
          function.equals("ConvergeRole") && request instanceof DetachRolePolicyRequest
              ? DetachRolePolicyResponse.builder().build()
              : ask.apply(request);
      case CONTENT_NOT_LOOKED_AT ->
          function.equals("ConvergeRole") && request instanceof ListAttachedRolePoliciesRequest
              ? ListAttachedRolePoliciesResponse.builder().isTruncated(false).build()
              : ask.apply(request);
      default -> ask.apply(request);
    };
  }

  private AwsResponse ec2(
      String function, AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    return switch (mutation) {
      case NO_CLIENT_TOKEN ->
          ask.apply(
              request instanceof RunInstancesRequest launch
                  ? launch.toBuilder().clientToken(null).build()
                  : request);
      case TOKEN_OF_EACH_TRY ->
          ask.apply(
              request instanceof RunInstancesRequest launch && launch.clientToken() != null
                  ? launch.toBuilder().clientToken("try-" + ++tries).build()
                  : request);
      case ONE_REGION_SKIPPED -> {
        AwsResponse answer = ask.apply(request);
        yield answer instanceof DescribeRegionsResponse regions
            ? regions.toBuilder()
                .regions(
                    regions.regions().stream()
                        .filter(region -> !region.regionName().equals("eu-west-1"))
                        .toList())
                .build()
            : answer;
      }
      case FIRST_PAGE_ONLY -> {
        AwsResponse answer = ask.apply(request);
        yield answer instanceof DescribeIamInstanceProfileAssociationsResponse page
            ? page.toBuilder().nextToken(null).build()
            : answer instanceof DescribeInstancesResponse page && !function.equals("RunInstance")
                ? page.toBuilder().nextToken(null).build()
                : answer;
      }
      case LOST_ANSWER_TAKEN_FOR_NO_CAPACITY -> {
        try {
          yield ask.apply(request);
        } catch (SdkClientException lost) {
          throw function.equals("RunInstance")
              ? AwsErrors.ec2("InsufficientInstanceCapacity", 500, "no capacity")
              : lost;
        }
      }
      case OLD_PROFILE_NOT_PUT_BACK ->
          request instanceof AssociateIamInstanceProfileRequest associate
                  && associate.iamInstanceProfile().arn().endsWith("/" + Wish.OWN_ROLE)
              ? AssociateIamInstanceProfileResponse.builder().build()
              : ask.apply(request);
      case SWEPT_BY_NAME ->
          function.equals("CleanupUnusedRoles")
              ? knownByName(ask.apply(request))
              : ask.apply(request);
      case USE_NOT_LOOKED_AT ->
          function.equals("CleanupUnusedRoles") ? nothingUsed(request, ask) : ask.apply(request);
      case UNREADABLE_REGION_TAKEN_FOR_EMPTY -> {
        try {
          yield ask.apply(request);
        } catch (SdkException unreadable) {
          if (!function.equals("CleanupUnusedRoles")) {
            throw unreadable;
          }
          yield empty(request).orElseThrow(() -> unreadable);
        }
      }
      default -> ask.apply(request);
    };
  }

  private static AwsResponse nothingUsed(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    return empty(request).orElseGet(() -> ask.apply(request));
  }

  private static Optional<AwsResponse> empty(AwsRequest request) {
    if (request instanceof DescribeIamInstanceProfileAssociationsRequest) {
      return Optional.of(DescribeIamInstanceProfileAssociationsResponse.builder().build());
    }
    return request instanceof DescribeInstancesRequest
        ? Optional.of(DescribeInstancesResponse.builder().build())
        : Optional.empty();
  }

  private AwsResponse leasedAtOnce(AwsResponse answer) {
    if (answer instanceof CreateRoleResponse made) {
      aws.iam()
          .tagRole(
              lease ->
                  lease
                      .roleName(made.role().roleName())
                      .tags(
                          tag(Tags.LEASE_UNTIL, inAnHour()),
                          tag(Tags.LEASED_ID, made.role().roleId())));
    }
    return answer;
  }

  private Role withSomeLease(Role role) {
    return tag(role, Tags.LEASE_UNTIL).isPresent() || tag(role, Tags.MANAGED).isEmpty()
        ? role
        : leasedForItself(with(role, Tags.LEASE_UNTIL, inAnHour()));
  }

  private static Role leasedForItself(Role role) {
    return tag(role, Tags.LEASE_UNTIL).isPresent()
        ? with(role, Tags.LEASED_ID, role.roleId())
        : role;
  }

  private String inAnHour() {
    return clock.instant().plus(Duration.ofHours(1)).toString();
  }

  private Role withWantedHash(Role role) {
    return wishes.stream()
        .filter(wish -> wish.roleName().equals(role.roleName()))
        .findFirst()
        .map(wish -> with(role, Tags.POLICIES, wish.hash()))
        .orElse(role);
  }

  private static AwsResponse role(AwsResponse answer, UnaryOperator<Role> change) {
    return answer instanceof GetRoleResponse read
        ? read.toBuilder().role(change.apply(read.role())).build()
        : answer;
  }

  private static AwsResponse taggedProfile(AwsResponse answer) {
    return answer instanceof GetInstanceProfileResponse read
        ? read.toBuilder()
            .instanceProfile(
                read.instanceProfile().toBuilder()
                    .path(Tags.PATH)
                    .tags(tag(Tags.MANAGED, "true"))
                    .build())
            .build()
        : answer;
  }

  /** The profile of a role has the role's name in most launches. */
  private AwsResponse profileOfItsName(AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    AwsResponse answer = ask.apply(request);
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

  private static AwsResponse knownByName(AwsResponse answer) {
    if (answer instanceof ListRolesResponse page) {
      return page.toBuilder()
          .roles(page.roles().stream().map(Mutant::knownByName).toList())
          .build();
    }
    if (answer instanceof GetRoleResponse read) {
      return read.toBuilder().role(knownByName(read.role())).build();
    }
    if (answer instanceof ListInstanceProfilesResponse page) {
      return page.toBuilder()
          .instanceProfiles(
              page.instanceProfiles().stream()
                  .map(p -> p.toBuilder().instanceProfileId(p.instanceProfileName()).build())
                  .toList())
          .build();
    }
    if (answer instanceof DescribeIamInstanceProfileAssociationsResponse page) {
      return page.toBuilder()
          .iamInstanceProfileAssociations(
              page.iamInstanceProfileAssociations().stream()
                  .map(
                      association ->
                          association.toBuilder()
                              .iamInstanceProfile(knownByName(association.iamInstanceProfile()))
                              .build())
                  .toList())
          .build();
    }
    if (answer instanceof DescribeInstancesResponse page) {
      return page.toBuilder()
          .reservations(page.reservations().stream().map(Mutant::knownByName).toList())
          .build();
    }
    return answer;
  }

  private static Reservation knownByName(Reservation reservation) {
    return reservation.toBuilder()
        .instances(
            reservation.instances().stream()
                .map(
                    instance ->
                        instance.iamInstanceProfile() == null
                            ? instance
                            : instance.toBuilder()
                                .iamInstanceProfile(knownByName(instance.iamInstanceProfile()))
                                .build())
                .toList())
        .build();
  }

  private static Role knownByName(Role role) {
    return role.toBuilder().roleId(role.roleName()).build();
  }

  private static IamInstanceProfile knownByName(IamInstanceProfile profile) {
    return profile.toBuilder()
        .id(profile.arn().substring(profile.arn().lastIndexOf('/') + 1))
        .build();
  }

  private static Role with(Role role, String key, String value) {
    List<Tag> tags = new ArrayList<>(without(role, key).tags());
    tags.add(tag(key, value));
    return role.toBuilder().tags(tags).build();
  }

  private static Role without(Role role, String key) {
    return role.toBuilder()
        .tags(role.tags().stream().filter(tag -> !tag.key().equals(key)).toList())
        .build();
  }

  private static Optional<String> tag(Role role, String key) {
    return role.tags().stream().filter(tag -> tag.key().equals(key)).map(Tag::value).findFirst();
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  /** What stands between a function and AWS. */
  private interface Between {
    AwsResponse call(AwsRequest request, Function<AwsRequest, AwsResponse> ask);
  }

  /**
   * Returns a client that passes every request through; what the SDK's interface builds on requests
   * (consumers, paginators) is left to it.
   */
  private static <C> C between(Class<C> type, C client, Between between) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          boolean isRequest =
              arguments != null && arguments.length == 1 && arguments[0] instanceof AwsRequest;
          if (!isRequest || !AwsResponse.class.isAssignableFrom(method.getReturnType())) {
            return method.isDefault()
                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                : invoke(method, client, arguments);
          }
          return between.call(
              (AwsRequest) arguments[0],
              request -> (AwsResponse) invoke(method, client, new Object[] {request}));
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Method method, Object client, Object[] arguments) {
    try {
      return method.invoke(client, arguments);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (thrown.getCause() instanceof Error end) {
        throw end;
      }
      throw new IllegalStateException(thrown.getCause());
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
