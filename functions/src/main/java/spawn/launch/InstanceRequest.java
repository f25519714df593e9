package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import spawn.error.Problems;
import spawn.role.Tags;

/**
 * The caller's RunInstances request with what spawn adds to it.
 *
 * <p>The request is completed once, when the payload is read, and travels through the workflow as
 * it then is: EC2 refuses a repeated client token whose parameters differ.
 */
public final class InstanceRequest {
  /**
   * The most tags of one resource (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html">tag
   * restrictions</a>).
   */
  private static final int MOST_TAGS = 50;

  private final RunInstancesRequest request;

  private InstanceRequest(RunInstancesRequest request) {
    this.request = request;
  }

  /** Returns the request that an earlier state has written. */
  public static InstanceRequest of(JsonNode written) {
    Problems problems = new Problems();
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();
    SdkJson.read(written, builder, "$.instance", problems);
    problems.throwIfAny();
    return new InstanceRequest(builder.build());
  }

  /**
   * Reads and completes the {@code instance} object of a payload.
   *
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  static InstanceRequest read(JsonNode instance, String path, Problems problems) {
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();
    SdkJson.read(instance, builder, path, problems);
    RunInstancesRequest given = builder.build();
    checkWhatSpawnDecides(given, path, problems);
    checkCounts(given, path, problems);
    checkTags(given, path, problems);
    if (given.imageId() == null && given.launchTemplate() == null) {
      problems.add(
          path,
          "Neither ImageId nor LaunchTemplate is given. Give an image, for example"
              + " \"resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\", or a launch template.");
    }
    if (given.userData() != null) {
      int bytes = UserData.rawBytes(given.userData());
      if (bytes > UserData.MOST_BYTES) {
        problems.add(
            path + ".UserData",
            "User data has %d bytes before encoding; EC2 takes %d. Compress it with gzip, or let it fetch the rest."
                .formatted(bytes, UserData.MOST_BYTES));
      }
    }
    return new InstanceRequest(completed(given));
  }

  private static void checkWhatSpawnDecides(
      RunInstancesRequest given, String path, Problems problems) {
    if (given.iamInstanceProfile() != null) {
      problems.add(
          path + ".IamInstanceProfile",
          "spawn chooses the instance profile. Name the role as $.iam.role, and its profile, where that has another name, as"
              + " $.iam.instanceProfile; both may be ones that exist.");
    }
    if (given.clientToken() != null) {
      problems.add(
          path + ".ClientToken",
          "spawn derives the client token from the execution. Leave it out, and start the execution under a name of your own: the"
              + " same name never launches twice.");
    }
    if (Boolean.TRUE.equals(given.dryRun())) {
      problems.add(
          path + ".DryRun",
          "A launch cannot be a dry run. Leave it out, and set $.options.plan to true to see what would be made.");
    }
  }

  private static void checkCounts(RunInstancesRequest given, String path, Problems problems) {
    int min = given.minCount() == null ? 1 : given.minCount();
    int max = given.maxCount() == null ? Math.max(min, 1) : given.maxCount();
    if (min < 1) {
      problems.add(path + ".MinCount", "This must be 1 or more, not %d.".formatted(min));
    }
    if (max < min) {
      problems.add(
          path + ".MaxCount", "This must be MinCount (%d) or more, not %d.".formatted(min, max));
    }
  }

  private static void checkTags(RunInstancesRequest given, String path, Problems problems) {
    for (int i = 0; i < given.tagSpecifications().size(); i++) {
      List<Tag> tags = given.tagSpecifications().get(i).tags();
      String tagsPath = "%s.TagSpecifications[%d].Tags".formatted(path, i);
      Set<String> seen = new TreeSet<>();
      for (int j = 0; j < tags.size(); j++) {
        String key = tags.get(j).key() == null ? "" : tags.get(j).key();
        String keyPath = "%s[%d].Key".formatted(tagsPath, j);
        if (Tags.isReserved(key) && !key.equals(Tags.ASSOCIATE)) {
          problems.add(
              keyPath,
              "Tags that begin with \"spawn:\" or \"aws:\" are written by spawn and AWS; choose another key.");
        }
        if (!seen.add(key)) {
          problems.add(keyPath, "The key \"%s\" is given twice; leave one out.".formatted(key));
        }
      }
      if (tags.size() > MOST_TAGS - spawnTags("", "").size()) {
        problems.add(
            tagsPath,
            "%d tags are too many: EC2 takes %d, and spawn adds %d."
                .formatted(tags.size(), MOST_TAGS, spawnTags("", "").size()));
      }
    }
  }

  private static RunInstancesRequest completed(RunInstancesRequest given) {
    int min = given.minCount() == null ? 1 : given.minCount();
    InstanceMetadataOptionsRequest metadata =
        given.metadataOptions() == null
            ? InstanceMetadataOptionsRequest.builder().build()
            : given.metadataOptions();
    return given.toBuilder()
        .dryRun(null)
        .minCount(min)
        .maxCount(given.maxCount() == null ? min : given.maxCount())
        .userData(given.userData() == null ? null : UserData.encoded(given.userData()))
        .metadataOptions(
            metadata.toBuilder()
                .httpTokens(
                    metadata.httpTokens() == null
                        ? HttpTokensState.REQUIRED.toString()
                        : metadata.httpTokensAsString())
                .httpPutResponseHopLimit(
                    metadata.httpPutResponseHopLimit() == null
                        ? 1
                        : metadata.httpPutResponseHopLimit())
                .httpEndpoint(
                    metadata.httpEndpoint() == null
                        ? InstanceMetadataEndpointState.ENABLED.toString()
                        : metadata.httpEndpointAsString())
                .build())
        .build();
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
        .filter(given -> !TAGGED.contains(given.resourceType()))
        .forEach(tags::add);
    for (ResourceType type : TAGGED) {
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

  /** What carries spawn's tags beside the caller's. */
  private static final List<ResourceType> TAGGED =
      List.of(ResourceType.INSTANCE, ResourceType.VOLUME);

  private static List<Tag> spawnTags(String roleName, String executionName) {
    return List.of(
        Tag.builder().key(Tags.MANAGED).value("true").build(),
        Tag.builder().key(Tags.ROLE).value(roleName).build(),
        Tag.builder().key(Tags.EXECUTION).value(executionName).build());
  }
}
