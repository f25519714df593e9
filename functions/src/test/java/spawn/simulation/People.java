package spawn.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.role.RoleRequests;
import spawn.role.Tags;
import spawn.simulation.Statistics.Fault;

/** What people do beside spawn, with its roles too, and what AWS itself does. */
final class People {
  private final World world;
  private final SimulatedAws aws;
  private final SplittableRandom random;

  People(World world, SplittableRandom random) {
    this.world = world;
    this.aws = world.aws();
    this.random = random;
  }

  /** Ends one of the instances, no matter who launched it. */
  void terminateOne() {
    List<SimulatedInstance> alive = aws.aliveInstances();
    if (!alive.isEmpty()) {
      aws.terminate(alive.get(random.nextInt(alive.size())).id());
    }
  }

  /** Lets a region fail, or a zone be full, for some time. */
  void outage() {
    if (random.nextBoolean()) {
      String region = random.nextInt(4) > 0 ? "eu-west-1" : "us-west-2";
      world.statistics().count(Fault.REGION_DOWN);
      aws.breakRegion(region);
      world
          .scheduler()
          .sleep(
              random.nextBoolean()
                  ? Duration.ofMillis(random.nextInt(30 * 60_000))
                  : Duration.ofMinutes(random.nextInt(5 * 60)));
      aws.mendRegion(region);
    } else {
      world.statistics().count(Fault.CAPACITY_MISSING);
      world.subnets().fill();
      world.scheduler().sleep(Duration.ofMillis(random.nextInt(5 * 60_000)));
      world.subnets().clear();
    }
  }

  /**
   * Changes a role of spawn's by hand, or uses it.
   *
   * @param favourite the role that most launches of this schedule ask for
   */
  void edit(String favourite) {
    world.statistics().count(Fault.EDITED_BY_PEOPLE);
    List<SimulatedRole> ours =
        aws.roles().stream().filter(role -> role.path().equals(RoleRequests.OWNER.path())).toList();
    if (ours.isEmpty()) {
      return;
    }
    boolean clumsy = world.setting() == Setting.CLUMSY;
    SimulatedRole role =
        ours.stream()
            .filter(each -> clumsy && each.name().equals(favourite))
            .findFirst()
            .orElse(ours.get(random.nextInt(ours.size())));
    List<SimulatedProfile> profiles =
        aws.profiles().stream()
            .filter(profile -> profile.roleName().equals(Optional.of(role.name())))
            .toList();
    edit(role, profiles, clumsy ? 1 : random.nextInt(10));
    world.invariants().rememberWhatIsNotOurs();
  }

  private void edit(SimulatedRole role, List<SimulatedProfile> profiles, int how) {
    switch (how) {
      case 0 -> {
        handOver(role, profiles);
        delete(role);
      }
      case 1 -> {
        handOver(role, profiles);
        delete(role);
        profiles.forEach(profile -> aws.deleteProfile(profile.name()));
      }
      case 2 -> {
        handOver(role, profiles);
        profiles.forEach(profile -> aws.deleteProfile(profile.name()));
      }
      case 3 -> tag(role, Tags.KEEP, "true");
      case 4 -> {
        world.invariants().handOver(role.id());
        tag(role, Tags.LEASE_UNTIL, "soon");
      }
      case 5 -> mark(role);
      case 6 -> putPolicyIntoTheirOwn();
      default -> {
        // What bears the sweep's mark is on its way out, and people see that.
        if (role.tag(Tags.DELETING).isEmpty() && !profiles.isEmpty()) {
          use(profiles.get(0), how);
        }
      }
    }
  }

  private void delete(SimulatedRole role) {
    world.invariants().deletedByHand(role.name());
    aws.deleteRole(role.name());
  }

  private void handOver(SimulatedRole role, List<SimulatedProfile> profiles) {
    world.invariants().handOver(role.id());
    profiles.forEach(profile -> world.invariants().handOver(profile.id()));
  }

  private void putPolicyIntoTheirOwn() {
    aws.personsIam()
        .putRolePolicy(
            put ->
                put.roleName(RequestedRole.OWN_ROLE)
                    .policyName("own")
                    .policyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"));
  }

  /** Somebody wants the role gone while its launch, which has taken effect, is not yet over. */
  void markRoleOf(String execution) {
    aws.instances().stream()
        .filter(instance -> execution.equals(instance.tags().get(Tags.EXECUTION)))
        .flatMap(instance -> aws.role(instance.tags().get(Tags.ROLE)).stream())
        .findFirst()
        .ifPresent(this::mark);
    world.invariants().rememberWhatIsNotOurs();
  }

  private void mark(SimulatedRole role) {
    world.invariants().markedByHand(role.id());
    tag(role, Tags.DELETING, aws.clock().instant().toString());
  }

  private void tag(SimulatedRole role, String key, String value) {
    aws.personsIam()
        .tagRole(
            request ->
                request.roleName(role.name()).tags(Tag.builder().key(key).value(value).build()));
  }

  /** People may use spawn's profiles too, in whatever region; no lease tells of it. */
  private void use(SimulatedProfile profile, int how) {
    Ec2Client ec2 = aws.personsEc2("eu-west-1");
    RunInstancesRequest.Builder launch =
        RunInstancesRequest.builder()
            .imageId("ami-00000000000000001")
            .minCount(1)
            .maxCount(1)
            .iamInstanceProfile(held -> held.name(profile.name()));
    try {
      switch (how) {
        case 7 -> ec2.runInstances(launch.build());
        case 8 -> endSoon(ec2.runInstances(onPersistentSpot(launch)));
        default ->
            ec2.createLaunchTemplate(
                make ->
                    make.launchTemplateName(profile.name())
                        .launchTemplateData(
                            data -> data.iamInstanceProfile(held -> held.name(profile.name()))));
      }
    } catch (Ec2Exception notVisibleYet) {
      return;
    }
  }

  private static RunInstancesRequest onPersistentSpot(RunInstancesRequest.Builder launch) {
    return launch
        .instanceMarketOptions(
            market ->
                market
                    .marketType("spot")
                    .spotOptions(
                        spot ->
                            spot.spotInstanceType(SpotInstanceType.PERSISTENT)
                                .instanceInterruptionBehavior("stop")))
        .build();
  }

  /** Its request stays, and will start another. */
  private void endSoon(RunInstancesResponse launch) {
    world.scheduler().sleep(Duration.ofMinutes(random.nextInt(10)));
    launch.instances().forEach(instance -> aws.terminate(instance.instanceId()));
  }
}
