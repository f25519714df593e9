package spawn.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import spawn.workflow.Stack;

/**
 * What an account holds before a schedule begins: what earlier launches, sweeps and people left.
 */
final class GivenAccount {
  private final SimulatedAws aws;
  private final SplittableRandom random;
  private final List<Wish> wishes;
  private final boolean unused;
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
   */
  GivenAccount(SimulatedAws aws, SplittableRandom random, List<Wish> wishes, boolean unused) {
    this.aws = aws;
    this.random = random;
    this.wishes = wishes;
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
            case 1 -> GivenInstance.runningWith(aws, Wish.OWN_ROLE);
            case 2 -> GivenInstance.stopped(aws);
            default -> GivenInstance.stoppedWith(aws, Wish.OWN_ROLE);
          });
    }
    return open;
  }

  /** Fills the account; returns the generated names that other permissions have taken. */
  Set<String> populate() {
    Map<String, Wish> byName = new TreeMap<>();
    wishes.stream()
        .filter(wish -> !wish.roleName().equals(Wish.OWN_ROLE) && wish.described())
        .forEach(wish -> byName.putIfAbsent(wish.roleName(), wish));
    for (Wish wish : byName.values()) {
      if (unused) {
        given(wish, -3 - random.nextInt(60), Duration.ofHours(25));
      } else if (random.nextInt(3) > 0) {
        give(wish, State.values()[random.nextInt(State.values().length)]);
      }
    }
    if (random.nextBoolean()) {
      aws.advance(Duration.ofMinutes(11));
    }
    return collided;
  }

  private void give(Wish wish, State state) {
    String name = wish.roleName();
    switch (state) {
      case COMPLETE_AND_LEASED -> complete(wish, 25 + random.nextInt(35), 3);
      case COMPLETE_AND_LEASE_NEARLY_OVER -> complete(wish, random.nextInt(20), 3);
      case COMPLETE_AND_LEASE_OVER -> complete(wish, -3 - random.nextInt(60), 2);
      case HALF_MADE -> aws.givenRole(name, role -> ours(role, wish).age(age()));
      case SPARED_HALF_WAY ->
          aws.givenRole(name, role -> policies(ours(role, wish), wish).age(age()));
      case MARKED -> {
        aws.givenRole(
            name,
            role ->
                marked(leased(policies(ours(role, wish), wish), -30))
                    .age(age())
                    .inProfile(wish.profileName(name)));
        tagProfile(wish.profileName(name));
        maybeInstance(wish.profileName(name), 6);
      }
      case SWEPT_HALF_WAY -> {
        aws.givenRole(name, role -> marked(ours(role, wish)));
        if (random.nextBoolean()) {
          aws.givenProfile(wish.profileName(name), Tags.PATH);
          tagProfile(wish.profileName(name));
        }
      }
      case OF_OTHER_PERMISSIONS -> {
        collided.add(name);
        Wish other = wishes.get(0).hash().equals(wish.hash()) ? wishes.get(3) : wishes.get(0);
        aws.givenRole(
            name, role -> leased(policies(ours(role, other), other), 40 - random.nextInt(90)));
      }
      case OF_SOMEBODY_ELSE -> aws.givenRole(name);
      case UNTAGGED -> aws.givenRole(name, role -> role.path(Tags.PATH));
      case PROFILE_WITHOUT_ROLE -> {
        aws.givenProfile(wish.profileName(name), Tags.PATH);
        if (random.nextInt(3) > 0) {
          tagProfile(wish.profileName(name));
        }
      }
      case PROFILE_OF_SOMEBODY_ELSE -> {
        aws.givenRole("another-" + name);
        aws.givenProfile(wish.profileName(name), "/");
        aws.personsIam()
            .addRoleToInstanceProfile(
                add -> add.instanceProfileName(wish.profileName(name)).roleName("another-" + name));
        aws.settle();
      }
    }
  }

  private void complete(Wish wish, int minutesLeft, int oneInSoManyIsUsed) {
    given(wish, minutesLeft, age());
    maybeInstance(wish.profileName(wish.roleName()), oneInSoManyIsUsed);
  }

  private void given(Wish wish, int minutesLeft, Duration age) {
    String profile = wish.profileName(wish.roleName());
    aws.givenRole(
        wish.roleName(),
        role -> leased(policies(ours(role, wish), wish), minutesLeft).age(age).inProfile(profile));
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

  private GivenRole ours(GivenRole role, Wish wish) {
    return role.path(Tags.PATH)
        .trustPolicy(wish.trustPolicy())
        .boundary(Stack.BOUNDARY)
        .tag(Tags.MANAGED, "true")
        .tag(Tags.CREATED, now().toString())
        .tag(Tags.CREATOR, "earlier")
        .tag(Tags.POLICIES, wish.hash());
  }

  private static GivenRole policies(GivenRole role, Wish wish) {
    wish.managedPolicies().forEach(role::attachedPolicy);
    return wish.hasInlinePolicy()
        ? role.inlinePolicy(Roles.INLINE_POLICY, wish.inlinePolicy().toString())
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
