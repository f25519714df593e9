package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import spawn.error.Problems;
import spawn.payload.JsonPath;
import spawn.payload.Quote;
import spawn.policy.Warning;
import spawn.role.Tags;

/**
 * The caller's RunInstances request with what spawn adds to it.
 *
 * <p>The request is completed once, when the payload is read, and travels through the workflow as
 * it then is: EC2 refuses a repeated client token whose parameters differ.
 */
public final class InstanceRequest {
  /**
   * How many tags EC2 takes on one resource (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html">tag
   * restrictions</a>).
   */
  private static final int MAX_TAGS = 50;

  /** What carries spawn's tags beside the caller's. */
  private static final List<ResourceType> TAGGED_RESOURCES =
      List.of(ResourceType.INSTANCE, ResourceType.VOLUME);

  /** Where the payload has it. */
  private static final String PATH = "$." + LaunchFields.INSTANCE.name();

  /** Where the payload has the script that becomes user data. */
  private static final String RUN_PATH = "$." + LaunchFields.RUN.name();

  private final RunInstancesRequest request;
  private final List<Warning> warnings;

  private InstanceRequest(RunInstancesRequest request, List<Warning> warnings) {
    this.request = request;
    this.warnings = warnings;
  }

  /** Returns the request that an earlier state has written. */
  public static InstanceRequest of(JsonNode written) {
    Problems problems = new Problems();
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();
    SdkJson.read(written, builder, PATH, problems);
    problems.throwIfAny();
    return new InstanceRequest(builder.build(), List.of());
  }

  /**
   * Reads and completes the {@code instance} object of a payload.
   *
   * @param run the script that the instances are to run, in place of user data
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  static InstanceRequest read(
      JsonNode instance, String path, Optional<String> run, Problems problems) {
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();
    SdkJson.read(instance, builder, path, problems);
    RunInstancesRequest given = builder.build();
    if (!instance.isObject()) {
      return new InstanceRequest(given, List.of());
    }
    checkWhatSpawnDecides(given, path, problems);
    checkCounts(given, path, problems);
    checkTags(given, path, problems);
    checkImage(given, path, problems);
    run.ifPresent(script -> checkRun(given, path, problems));
    Optional<UserData> userData =
        run.map(RunScript::userData)
            .or(() -> Optional.ofNullable(given.userData()))
            .map(UserData::of);
    userData.ifPresent(data -> checkSize(data, path, run.isPresent(), problems));
    RunInstancesRequest completed = completed(given, userData);
    List<Warning> warnings = new ArrayList<>();
    MetadataOptions.warning(completed, path).ifPresent(warnings::add);
    userData.ifPresent(data -> warnings.addAll(data.warnings(path + ".UserData")));
    return new InstanceRequest(completed, List.copyOf(warnings));
  }

  private static void checkWhatSpawnDecides(
      RunInstancesRequest given, String path, Problems problems) {
    if (given.iamInstanceProfile() != null) {
      problems.add(
          path + ".IamInstanceProfile",
          "Must be left out: spawn chooses the instance profile. Name the role as $.iam.role and, where its profile has another"
              + " name, the profile as $.iam.instanceProfile; both may exist already.");
    }
    if (given.clientToken() != null) {
      problems.add(
          path + ".ClientToken",
          "Must be left out: spawn derives the client token from the execution. Start the execution under a name of your own: the"
              + " same name never launches twice.");
    }
    if (Boolean.TRUE.equals(given.dryRun())) {
      problems.add(
          path + ".DryRun",
          "Must be left out: a launch cannot be a dry run. Set $.options.plan to true to see what would be made.");
    }
  }

  private static void checkCounts(RunInstancesRequest given, String path, Problems problems) {
    int min = minCount(given);
    int max = maxCount(given);
    if (min < 1) {
      problems.add(path + ".MinCount", "Must be 1 or more, not %d.".formatted(min));
    }
    if (max < min && !problems.concern(path + ".MinCount")) {
      problems.add(
          path + ".MaxCount", "Must be MinCount (%d) or more, not %d.".formatted(min, max));
    }
  }

  private static int minCount(RunInstancesRequest given) {
    return given.minCount() == null ? 1 : given.minCount();
  }

  /** Returns the count to launch at most: the same as at least, where the caller gives no other. */
  private static int maxCount(RunInstancesRequest given) {
    return given.maxCount() == null ? minCount(given) : given.maxCount();
  }

  private static void checkTags(RunInstancesRequest given, String path, Problems problems) {
    int max = MAX_TAGS - spawnTags("", "").size() - 1; // and the team's
    for (int i = 0; i < given.tagSpecifications().size(); i++) {
      List<Tag> tags = given.tagSpecifications().get(i).tags();
      String tagsPath = "%s.TagSpecifications[%d].Tags".formatted(path, i);
      if (problems.concern(tagsPath)) {
        continue; // some are left out of the list, so that the others stand at other places
      }
      checkKeys(tags, tagsPath, problems);
      if (tags.size() > max) {
        problems.add(
            tagsPath,
            "Must be a list of up to %d tags, not of %d: EC2 takes %d, and spawn adds %d."
                .formatted(max, tags.size(), MAX_TAGS, MAX_TAGS - max));
      }
    }
  }

  private static void checkKeys(List<Tag> tags, String path, Problems problems) {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < tags.size(); i++) {
      String key = tags.get(i).key() == null ? "" : tags.get(i).key();
      String keyPath = JsonPath.index(path, i) + ".Key";
      if (Tags.isReserved(key) && !key.equals(Tags.ASSOCIATE)) {
        problems.add(
            keyPath,
            "%s is not a valid tag key: %s.".formatted(Quote.of(key), Tags.RESERVED_IN_WORDS));
      }
      if (!seen.add(key)) {
        problems.add(keyPath, "%s is given twice: leave one out.".formatted(Quote.of(key)));
      }
    }
  }

  private static void checkImage(RunInstancesRequest given, String path, Problems problems) {
    boolean isWrong =
        problems.concern(path + ".ImageId") || problems.concern(path + ".LaunchTemplate");
    if (given.imageId() == null && given.launchTemplate() == null && !isWrong) {
      problems.add(
          path,
          "Must have an ImageId or a LaunchTemplate. An image is for example"
              + " \"resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\".");
    }
  }

  /** Checks that nothing in the launch keeps the script of the payload from being run. */
  private static void checkRun(RunInstancesRequest given, String path, Problems problems) {
    if (given.userData() != null) {
      problems.add(
          RUN_PATH,
          "%s.UserData is what the instances run already. Leave out one or the other."
              .formatted(path));
    }
    if (MetadataOptions.isSwitchedOff(given.metadataOptions())) {
      problems.add(
          RUN_PATH,
          "The instances cannot read it: %s.MetadataOptions.HttpEndpoint switches off the metadata service, from which they get it."
              .formatted(path));
    }
  }

  private static void checkSize(UserData data, String path, boolean isRun, Problems problems) {
    int bytes = data.rawBytes();
    if (bytes <= UserData.MAX_BYTES) {
      return;
    }
    if (isRun) {
      int around = UserData.of(RunScript.userData("")).rawBytes();
      problems.add(
          RUN_PATH,
          "Makes user data of %d bytes, of which about %d are spawn's, but EC2 takes at most %d. Put the script into a bucket, and let \"run\" fetch it."
              .formatted(bytes, around, UserData.MAX_BYTES));
    } else {
      problems.add(
          path + ".UserData",
          "Has %d bytes before encoding, but EC2 takes at most %d. Compress it with gzip, or let it fetch the rest."
              .formatted(bytes, UserData.MAX_BYTES));
    }
  }

  private static RunInstancesRequest completed(
      RunInstancesRequest given, Optional<UserData> userData) {
    return given.toBuilder()
        .dryRun(null)
        .minCount(minCount(given))
        .maxCount(maxCount(given))
        .userData(userData.map(UserData::base64).orElse(null))
        .metadataOptions(MetadataOptions.of(given))
        .build();
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

  private static List<Tag> spawnTags(String roleName, String executionName) {
    return List.of(
        Tag.builder().key(Tags.MANAGED).value("true").build(),
        Tag.builder().key(Tags.ROLE).value(roleName).build(),
        Tag.builder().key(Tags.EXECUTION).value(executionName).build());
  }
}
