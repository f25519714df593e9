package spawn.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.GivenInstance;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.role.Roles;
import spawn.role.Tags;

/**
 * What an account holds before a schedule begins: what earlier launches, sweeps and people left.
 */
final class GivenAccount {
  private final SimulatedAws aws;
  private final SplittableRandom random;
  private final List<RequestedRole> requestedRoles;
  private final boolean unused;
  private final Site site;
  private final Optional<SplittableRandom> deployedAnew;
  private final Set<String> collided = new TreeSet<>();

  /** In which state an earlier time has left a role. */
  private enum State {
    COMPLETE_AND_LEASED,
    COMPLETE_AND_LEASE_NEARLY_OVER,
    COMPLETE_AND_LEASE_OVER,
    HALF_MADE,
    SPARED_HALF_WAY,
    MARKED,
    SWEPT_HALF_WAY,
    OF_OTHER_PERMISSIONS,
    OF_SOMEBODY_ELSE,
    UNTAGGED,
    PROFILE_WITHOUT_ROLE,
    PROFILE_OF_SOMEBODY_ELSE
  }

  /**
   * Describes an account.
   *
   * @param unused whether all its roles are just what a sweep would take
   * @param site where the stack is that has left them
   * @param deployedAnew the chances that a role is behind the boundary that an earlier deployment
   *     of the stack had; nothing if the stack has always been there
   */
  GivenAccount(
      SimulatedAws aws,
      SplittableRandom random,
      List<RequestedRole> requestedRoles,
      boolean unused,
      Site site,
      Optional<SplittableRandom> deployedAnew) {
    this.site = site;
    this.deployedAnew = deployedAnew;
    this.aws = aws;
    this.random = random;
    this.requestedRoles = requestedRoles;
    this.unused = unused;
  }

  /**
   * Returns instances of people's own that they have opened to spawn; there are none in most
   * accounts.
   */
  List<String> openInstances() {
    List<String> open = new ArrayList<>();
    for (int i = random.nextInt(4) - 1; i > 0; i--) {
      open.add(
          switch (random.nextInt(4)) {
            case 0 -> GivenInstance.running(aws);
            case 1 -> GivenInstance.runningWith(aws, RequestedRole.OWN_ROLE);
            case 2 -> GivenInstance.stopped(aws);
            default -> GivenInstance.stoppedWith(aws, RequestedRole.OWN_ROLE);
          });
    }
    return open;
  }

  /** Fills the account; returns the generated names that other permissions have taken. */
  Set<String> populate() {
    Map<String, RequestedRole> byName = new TreeMap<>();
    requestedRoles.stream()
        .filter(
            requested ->
                !requested.roleName().equals(RequestedRole.OWN_ROLE) && requested.described())
        .forEach(requested -> byName.putIfAbsent(requested.roleName(), requested));
    for (RequestedRole requested : byName.values()) {
      if (unused) {
        given(requested, -3 - random.nextInt(60), Duration.ofHours(25));
      } else if (random.nextInt(3) > 0) {
        give(requested, State.values()[random.nextInt(State.values().length)]);
      }
    }
    if (random.nextBoolean()) {
      aws.advance(Duration.ofMinutes(11));
    }
    return collided;
  }

  /** Gives the account some whole roles whose names, and whose profiles' names, nobody has. */
  void populateWhatIsFree() {
    for (RequestedRole requested : requestedRoles) {
      String name = requested.roleName();
      boolean isFree =
          aws.role(name).isEmpty() && aws.profile(requested.profileName(name)).isEmpty();
      if (isFree
          && (requested.described() || requested.isDefault())
          && !requested.isRefusedByIam()
          && random.nextInt(3) == 0) {
        give(requested, random.nextBoolean() ? State.COMPLETE_AND_LEASE_OVER : anyCompleteState());
      }
    }
  }

  private State anyCompleteState() {
    return random.nextInt(4) == 0
        ? State.PROFILE_WITHOUT_ROLE
        : random.nextBoolean() ? State.COMPLETE_AND_LEASED : State.MARKED;
  }

  private String boundary() {
    return deployedAnew.filter(chances -> chances.nextBoolean()).isPresent()
        ? Site.EARLIER_BOUNDARY
        : site.boundary();
  }

  private void give(RequestedRole requested, State state) {
    String name = requested.roleName();
    switch (state) {
      case COMPLETE_AND_LEASED -> complete(requested, 25 + random.nextInt(35), 3);
      case COMPLETE_AND_LEASE_NEARLY_OVER -> complete(requested, random.nextInt(20), 3);
      case COMPLETE_AND_LEASE_OVER -> complete(requested, -3 - random.nextInt(60), 2);
      case HALF_MADE -> aws.givenRole(name, role -> ours(role, requested).age(age()));
      case SPARED_HALF_WAY ->
          aws.givenRole(name, role -> policies(ours(role, requested), requested).age(age()));
      case MARKED -> {
        aws.givenRole(
            name,
            role ->
                marked(leased(policies(ours(role, requested), requested), -30))
                    .age(age())
                    .inProfile(requested.profileName(name)));
        tagProfile(requested.profileName(name));
        maybeInstance(requested.profileName(name), 6);
      }
      case SWEPT_HALF_WAY -> {
        aws.givenRole(name, role -> marked(ours(role, requested)));
        if (random.nextBoolean()) {
          aws.givenProfile(requested.profileName(name), site.owner().path());
          tagProfile(requested.profileName(name));
        }
      }
      case OF_OTHER_PERMISSIONS -> {
        collided.add(name);
        RequestedRole other =
            requestedRoles.get(0).hash().equals(requested.hash())
                ? requestedRoles.get(3)
                : requestedRoles.get(0);
        aws.givenRole(
            name, role -> leased(policies(ours(role, other), other), 40 - random.nextInt(90)));
      }
      case OF_SOMEBODY_ELSE -> aws.givenRole(name);
      case UNTAGGED -> aws.givenRole(name, role -> role.path(site.owner().path()));
      case PROFILE_WITHOUT_ROLE -> {
        aws.givenProfile(requested.profileName(name), site.owner().path());
        if (random.nextInt(3) > 0) {
          tagProfile(requested.profileName(name));
        }
      }
      case PROFILE_OF_SOMEBODY_ELSE -> {
        aws.givenRole("another-" + name);
        aws.givenProfile(requested.profileName(name), "/");
        aws.personsIam()
            .addRoleToInstanceProfile(
                add ->
                    add.instanceProfileName(requested.profileName(name))
                        .roleName("another-" + name));
        aws.settle();
      }
    }
  }

  private void complete(RequestedRole requested, int minutesLeft, int oneInSoManyIsUsed) {
    given(requested, minutesLeft, age());
    maybeInstance(requested.profileName(requested.roleName()), oneInSoManyIsUsed);
  }

  private void given(RequestedRole requested, int minutesLeft, Duration age) {
    String profile = requested.profileName(requested.roleName());
    aws.givenRole(
        requested.roleName(),
        role ->
            leased(policies(ours(role, requested), requested), minutesLeft)
                .age(age)
                .inProfile(profile));
    tagProfile(profile);
  }

  private void maybeInstance(String profile, int oneIn) {
    if (random.nextInt(oneIn) == 0) {
      aws.givenInstance(random.nextBoolean() ? "us-east-1" : "eu-west-1", profile);
    }
  }

  private Duration age() {
    return Duration.ofMinutes(random.nextBoolean() ? 1_500 : random.nextInt(90));
  }

  private GivenRole ours(GivenRole role, RequestedRole requested) {
    return role.path(site.owner().path())
        .trustPolicy(requested.trustPolicy())
        .boundary(boundary())
        .tag(Tags.MANAGED, "true")
        .tag(Tags.CREATED, now().toString())
        .tag(Tags.CREATOR, "earlier")
        .tag(Tags.POLICIES, requested.hash());
  }

  private static GivenRole policies(GivenRole role, RequestedRole requested) {
    requested.managedPolicies().forEach(role::attachedPolicy);
    return requested.hasInlinePolicy()
        ? role.inlinePolicy(Roles.INLINE_POLICY, requested.inlinePolicy().toString())
        : role;
  }

  private GivenRole leased(GivenRole role, int minutesLeft) {
    return role.tag(Tags.LEASE_UNTIL, now().plus(Duration.ofMinutes(minutesLeft)).toString())
        .tagOfId(Tags.LEASED_ID);
  }

  private GivenRole marked(GivenRole role) {
    Duration since = Duration.ofMinutes(random.nextInt(8) == 0 ? 1_700 : random.nextInt(25));
    return role.tag(Tags.DELETING, now().minus(since).toString());
  }

  private void tagProfile(String profile) {
    aws.personsIam()
        .tagInstanceProfile(
            request ->
                request
                    .instanceProfileName(profile)
                    .tags(Tag.builder().key(Tags.MANAGED).value("true").build()));
    aws.settle();
  }

  private Instant now() {
    return aws.clock().instant();
  }
}
