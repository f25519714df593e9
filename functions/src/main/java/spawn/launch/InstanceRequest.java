package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import spawn.error.Problems;
import spawn.policy.Warning;
import spawn.role.Tags;

/**
 * The caller's RunInstances request with what spawn adds to it.
 *
 * <p>The request is completed once, when the payload is read, and travels through the workflow as
 * it then is: EC2 refuses a repeated client token whose parameters differ.
 */
public final class InstanceRequest {
  /** What carries spawn's tags beside the caller's. */
  private static final List<ResourceType> TAGGED_RESOURCES =
      List.of(ResourceType.INSTANCE, ResourceType.VOLUME);

  /** Where the payload has it. */
  private static final String PATH = "$." + LaunchFields.INSTANCE.name();

  private final RunInstancesRequest request;
  private final List<Warning> warnings;

  /**
   * Creates the request of a payload that has been read.
   *
   * @param request the completed request
   * @param warnings what the caller should know of it
   */
  InstanceRequest(RunInstancesRequest request, List<Warning> warnings) {
    this.request = request;
    this.warnings = List.copyOf(warnings);
  }

  /** Returns the request that an earlier state has written. */
  public static InstanceRequest of(JsonNode written) {
    Problems problems = new Problems();
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();
    SdkJson.read(written, builder, PATH, problems);
    problems.throwIfAny();
    return new InstanceRequest(builder.build(), List.of());
  }

  /** Returns the same with the tag of the team, if there is any. */
  InstanceRequest ofTeam(Optional<String> team) {
    if (team.isEmpty()) {
      return this;
    }
    List<TagSpecification> tags = new ArrayList<>(request.tagSpecifications());
    for (ResourceType type : TAGGED_RESOURCES) {
      tags.add(
          TagSpecification.builder()
              .resourceType(type)
              .tags(Tag.builder().key(Tags.TEAM).value(team.get()).build())
              .build());
    }
    return new InstanceRequest(request.toBuilder().tagSpecifications(tags).build(), warnings);
  }

  /** Returns the completed request, before the profile and spawn's tags are in it. */
  RunInstancesRequest request() {
    return request;
  }

  /** Returns what the caller should know of the launch itself. */
  List<Warning> warnings() {
    return warnings;
  }

  /** Returns the request as JSON, in EC2's own names. */
  public JsonNode toJson() {
    return SdkJson.write(request);
  }

  /**
   * Returns the request with the profile and the tags by which a launch is found again, but without
   * a client token, which a dry run must not use up.
   *
   * @param profileArn the instance profile, by what no other one of its name has
   * @param subnetId the subnet to launch into, where the caller left it open
   */
  public RunInstancesRequest with(
      String profileArn, String roleName, String executionName, Optional<String> subnetId) {
    return with(profile -> profile.arn(profileArn), roleName, executionName, subnetId);
  }

  private RunInstancesRequest with(
      Consumer<IamInstanceProfileSpecification.Builder> profile,
      String roleName,
      String executionName,
      Optional<String> subnetId) {
    List<Tag> ours = spawnTags(roleName, executionName);
    List<TagSpecification> tags = new ArrayList<>();
    request.tagSpecifications().stream()
        .filter(given -> !TAGGED_RESOURCES.contains(given.resourceType()))
        .forEach(tags::add);
    for (ResourceType type : TAGGED_RESOURCES) {
      List<Tag> all = new ArrayList<>();
      request.tagSpecifications().stream()
          .filter(given -> given.resourceType() == type)
          .forEach(given -> all.addAll(given.tags()));
      all.addAll(ours);
      tags.add(TagSpecification.builder().resourceType(type).tags(all).build());
    }
    return request.toBuilder()
        .subnetId(subnetId.orElse(request.subnetId()))
        .iamInstanceProfile(profile)
        .tagSpecifications(tags)
        .build();
  }

  /** Returns the same as JSON, for the plan of a launch, before the profile has an ARN. */
  public JsonNode planned(
      String profileName, String roleName, String executionName, Optional<String> subnetId) {
    return SdkJson.write(
        with(profile -> profile.name(profileName), roleName, executionName, subnetId));
  }

  /** Returns whether the caller has fixed the subnet. */
  boolean saysWhere() {
    return request.subnetId() != null || !request.networkInterfaces().isEmpty();
  }

  /** Returns how many tags of its own spawn gives to an instance at most. */
  static int mostTags() {
    return spawnTags("", "").size() + 1; // and the team's
  }

  private static List<Tag> spawnTags(String roleName, String executionName) {
    return List.of(
        Tag.builder().key(Tags.MANAGED).value("true").build(),
        Tag.builder().key(Tags.ROLE).value(roleName).build(),
        Tag.builder().key(Tags.EXECUTION).value(executionName).build());
  }
}
