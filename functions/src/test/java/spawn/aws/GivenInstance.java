package spawn.aws;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import spawn.role.Tags;

/** Instances of people's own which they have opened to spawn; each method returns one's id. */
public final class GivenInstance {
  private static final Duration SETTLED = Duration.ofMinutes(5);

  private GivenInstance() {}

  /** Makes one that runs, without a profile. */
  public static String running(SimulatedAws aws) {
    return runningIn(aws, "us-east-1");
  }

  /** Makes one that runs, without a profile, launched as the test says. */
  public static String running(SimulatedAws aws, Consumer<RunInstancesRequest.Builder> traits) {
    String id = launched(aws, "us-east-1", traits);
    aws.advance(SETTLED);
    return id;
  }

  /** Makes one that runs in a region, without a profile. */
  public static String runningIn(SimulatedAws aws, String region) {
    String id = launched(aws, region, Optional.empty());
    aws.advance(SETTLED);
    return id;
  }

  /** Makes one that has just been launched. */
  public static String pending(SimulatedAws aws) {
    String id = launched(aws, "us-east-1", Optional.empty());
    aws.settle();
    return id;
  }

  /** Makes one that runs with a profile of this name, made if there is none. */
  public static String runningWith(SimulatedAws aws, String profile) {
    if (aws.profile(profile).isEmpty()) {
      aws.givenRole(profile, role -> role.inProfile(profile));
    }
    aws.settle();
    String id = launched(aws, "us-east-1", Optional.of(profile));
    aws.advance(SETTLED);
    return id;
  }

  /** Makes one that is stopped, without a profile. */
  public static String stopped(SimulatedAws aws) {
    return stopped(aws, running(aws));
  }

  /** Makes one that is stopped, with a profile of this name, made if there is none. */
  public static String stoppedWith(SimulatedAws aws, String profile) {
    return stopped(aws, runningWith(aws, profile));
  }

  /** Gives an instance another profile, as a person would. */
  public static void replace(SimulatedAws aws, String instance, String profile) {
    Ec2Client ec2 = aws.personsEc2("us-east-1");
    String association = aws.instance(instance).orElseThrow().profile().orElseThrow().id();
    ec2.replaceIamInstanceProfileAssociation(
        replace ->
            replace.associationId(association).iamInstanceProfile(held -> held.name(profile)));
  }

  private static String stopped(SimulatedAws aws, String id) {
    aws.personsEc2("us-east-1").stopInstances(stop -> stop.instanceIds(id));
    aws.advance(SETTLED);
    return id;
  }

  private static String launched(SimulatedAws aws, String region, Optional<String> profile) {
    return launched(
        aws,
        region,
        launch -> profile.ifPresent(name -> launch.iamInstanceProfile(held -> held.name(name))));
  }

  private static String launched(
      SimulatedAws aws, String region, Consumer<RunInstancesRequest.Builder> traits) {
    RunInstancesRequest.Builder launch =
        RunInstancesRequest.builder()
            .imageId("ami-00000000000000001")
            .instanceType("t3.micro")
            .minCount(1)
            .maxCount(1)
            .tagSpecifications(
                TagSpecification.builder()
                    .resourceType(ResourceType.INSTANCE)
                    .tags(Tag.builder().key(Tags.ASSOCIATE).value("true").build())
                    .build());
    traits.accept(launch);
    return aws.personsEc2(region).runInstances(launch.build()).instances().get(0).instanceId();
  }
}
