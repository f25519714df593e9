package spawn.aws;

import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataTagsState;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** What RunInstances asks of its parameters. */
final class LaunchLimits {
  private static final Pattern IMAGE = Pattern.compile("ami-.+|resolve:ssm:.+");
  private static final Pattern METADATA_TAG_KEY = Pattern.compile("[0-9a-zA-Z\\-_+=,.@:]{1,255}");
  private static final List<String> METADATA_RESERVED = List.of(".", "..", "_index");
  private static final List<ResourceType> TAGGABLE =
      List.of(
          ResourceType.INSTANCE,
          ResourceType.VOLUME,
          ResourceType.SPOT_INSTANCES_REQUEST,
          ResourceType.NETWORK_INTERFACE);

  private LaunchLimits() {}

  static void check(RunInstancesRequest request) {
    checkCounts(request);
    checkImage(request);
    checkClientToken(request.clientToken());
    checkUserData(request.userData());
    checkTags(request);
  }

  /**
   * Both counts are at least 1, and the smallest is not above the largest (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>).
   */
  private static void checkCounts(RunInstancesRequest request) {
    if (request.minCount() == null || request.maxCount() == null) {
      throw missing(request.minCount() == null ? "MinCount" : "MaxCount");
    }
    if (request.minCount() < 1 || request.minCount() > request.maxCount()) {
      throw AwsErrors.ec2(
          "InvalidParameterValue",
          400,
          "Invalid value for min and max number of instances: "
              + request.minCount()
              + ", "
              + request.maxCount());
    }
  }

  /**
   * An image is named by its id or by an SSM parameter, if not by a launch template (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>).
   */
  private static void checkImage(RunInstancesRequest request) {
    if (request.imageId() == null && request.launchTemplate() == null) {
      throw missing("ImageId");
    }
    if (request.imageId() != null && !IMAGE.matcher(request.imageId()).matches()) {
      throw AwsErrors.ec2(
          "InvalidAMIID.Malformed",
          400,
          "Invalid id: \"" + request.imageId() + "\" (expecting \"ami-...\")");
    }
  }

  /**
   * A client token has at most 64 ASCII characters (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html">ensuring
   * idempotency</a>; the code of the refusal is not documented).
   */
  private static void checkClientToken(String token) {
    if (token != null && (token.length() > 64 || !token.chars().allMatch(c -> c < 128))) {
      throw AwsErrors.ec2(
          "InvalidParameterValue",
          400,
          "Value (" + token + ") for parameter clientToken is invalid.");
    }
  }

  /**
   * User data come in base64 and hold 16 KB before it (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html">
   * instance user data</a>).
   */
  private static void checkUserData(String userData) {
    if (userData == null) {
      return;
    }
    byte[] raw;
    try {
      raw = Base64.getMimeDecoder().decode(userData);
      if (!userData.matches("[A-Za-z0-9+/=\\s]*")) {
        throw new IllegalArgumentException("not base64");
      }
    } catch (IllegalArgumentException notBase64) {
      throw AwsErrors.ec2("InvalidParameterValue", 400, "Invalid BASE64 encoding of user data.");
    }
    if (raw.length > 16_384) {
      throw AwsErrors.ec2("InvalidUserData.Malformed", 400, "User data is limited to 16384 bytes");
    }
  }

  /**
   * A launch tags instances, volumes, network interfaces and Spot requests (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>),
   * each with at most 50 tags, no key of which begins with {@code aws:} (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html">tag your Amazon EC2
   * resources</a>).
   */
  private static void checkTags(RunInstancesRequest request) {
    for (TagSpecification specification : request.tagSpecifications()) {
      if (!TAGGABLE.contains(specification.resourceType())) {
        throw AwsErrors.ec2(
            "InvalidParameterValue",
            400,
            "'"
                + specification.resourceTypeAsString()
                + "' is not a valid taggable resource type for this operation.");
      }
      if (specification.tags().size() > 50) {
        throw AwsErrors.ec2(
            "TagLimitExceeded", 400, "The maximum number of Tags for a resource has been reached.");
      }
      for (Tag tag : specification.tags()) {
        checkTag(tag);
      }
      if (specification.resourceType() == ResourceType.INSTANCE && showsTags(request)) {
        specification.tags().forEach(LaunchLimits::checkMetadataTag);
      }
    }
  }

  private static void checkTag(Tag tag) {
    if (tag.key() == null || tag.key().isEmpty() || tag.key().length() > 128) {
      throw AwsErrors.ec2(
          "InvalidParameterValue", 400, "Tag key exceeds the maximum length of 128 characters");
    }
    if (tag.value() != null && tag.value().length() > 256) {
      throw AwsErrors.ec2(
          "InvalidParameterValue", 400, "Tag value exceeds the maximum length of 256 characters");
    }
    if (tag.key().startsWith("aws:")) {
      throw AwsErrors.ec2(
          "InvalidParameterValue",
          400,
          "Tag keys starting with 'aws:' are reserved for internal use");
    }
  }

  private static boolean showsTags(RunInstancesRequest request) {
    return request.metadataOptions() != null
        && request.metadataOptions().instanceMetadataTags() == InstanceMetadataTagsState.ENABLED;
  }

  /**
   * Tags that the instance can read of itself have plainer keys (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html">tag your Amazon EC2
   * resources</a>).
   */
  private static void checkMetadataTag(Tag tag) {
    if (!METADATA_TAG_KEY.matcher(tag.key()).matches() || METADATA_RESERVED.contains(tag.key())) {
      throw AwsErrors.ec2(
          "InvalidParameterValue",
          400,
          "'"
              + tag.key()
              + "' is not a valid tag key. Tag keys must match pattern "
              + "([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name "
              + "('.', '..', '_index')");
    }
  }

  private static RuntimeException missing(String parameter) {
    return AwsErrors.ec2(
        "MissingParameter", 400, "The request must contain the parameter " + parameter);
  }
}
