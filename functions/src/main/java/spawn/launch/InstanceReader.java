package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.error.Problems;
import spawn.payload.JsonPath;
import spawn.payload.Quote;
import spawn.policy.Warning;
import spawn.role.Tags;

/** Reads and completes the {@code instance} object of a payload: a RunInstances request. */
final class InstanceReader {
  /**
   * How many tags EC2 takes on one resource (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html">tag
   * restrictions</a>).
   */
  static final int MAX_TAGS = 50;

  /** Where the payload has the script that becomes user data. */
  private static final String RUN_PATH = "$." + LaunchFields.RUN.name();

  private final String path;
  private final Problems problems;

  /**
   * Creates a reader.
   *
   * @param path where the payload has the object
   * @param problems takes everything that is wrong; when it has taken anything, what is read is not
   *     to be used
   */
  InstanceReader(String path, Problems problems) {
    this.path = path;
    this.problems = problems;
  }

  /**
   * Reads and completes the {@code instance} object of a payload.
   *
   * @param run the script that the instances are to run, in place of user data
   */
  InstanceRequest read(JsonNode instance, Optional<String> run) {
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();
    SdkJson.read(instance, builder, path, problems);
    RunInstancesRequest given = builder.build();
    if (!instance.isObject()) {
      return new InstanceRequest(given, List.of());
    }
    checkWhatSpawnDecides(given);
    checkCounts(given);
    checkTags(given);
    checkImage(given);
    run.ifPresent(script -> checkRun(given));
    Optional<UserData> userData =
        run.map(RunScript::userData)
            .or(() -> Optional.ofNullable(given.userData()))
            .map(UserData::of);
    userData.ifPresent(data -> checkSize(data, run.isPresent()));
    RunInstancesRequest completed = completed(given, userData);
    List<Warning> warnings = new ArrayList<>();
    MetadataOptions.warning(completed, path).ifPresent(warnings::add);
    userData.ifPresent(data -> warnings.addAll(data.warnings(path + ".UserData")));
    return new InstanceRequest(completed, warnings);
  }

  private void checkWhatSpawnDecides(RunInstancesRequest given) {
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

  private void checkCounts(RunInstancesRequest given) {
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

  private void checkTags(RunInstancesRequest given) {
    int max = MAX_TAGS - InstanceRequest.mostTags();
    for (int i = 0; i < given.tagSpecifications().size(); i++) {
      List<Tag> tags = given.tagSpecifications().get(i).tags();
      String tagsPath = "%s.TagSpecifications[%d].Tags".formatted(path, i);
      if (problems.concern(tagsPath)) {
        continue; // some are left out of the list, so that the others stand at other places
      }
      checkKeys(tags, tagsPath);
      if (tags.size() > max) {
        problems.add(
            tagsPath,
            "Must be a list of up to %d tags, not of %d: EC2 takes %d, and spawn adds %d."
                .formatted(max, tags.size(), MAX_TAGS, MAX_TAGS - max));
      }
    }
  }

  private void checkKeys(List<Tag> tags, String tagsPath) {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < tags.size(); i++) {
      String key = tags.get(i).key() == null ? "" : tags.get(i).key();
      String keyPath = JsonPath.index(tagsPath, i) + ".Key";
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

  private void checkImage(RunInstancesRequest given) {
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
  private void checkRun(RunInstancesRequest given) {
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

  private void checkSize(UserData data, boolean isRun) {
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
}
