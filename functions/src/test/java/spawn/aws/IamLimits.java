package spawn.aws;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.model.Tag;

/** IAM's character sets, lengths and sizes. */
final class IamLimits {
  /**
   * Inline policies of a role hold this many characters together (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  static final int INLINE_POLICIES_SIZE = 10_240;

  /**
   * A trust policy holds this many characters by default (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  static final int TRUST_POLICY_SIZE = 2_048;

  /**
   * A role or instance profile has at most 50 tags (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html">TagRole</a>).
   */
  static final int TAGS = 50;

  private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]+");
  private static final Pattern PATH = Pattern.compile("/|/[!-~]+/");
  private static final Pattern PATH_PREFIX = Pattern.compile("/[!-\u007F]*");
  private static final Pattern TAG_KEY = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
  private static final Pattern TAG_VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
  private static final Pattern DOCUMENT = Pattern.compile("[\t\n\r -\u00FF]+");
  private static final Pattern DESCRIPTION = Pattern.compile("[\t\n\r -~\u00A1-\u00FF]*");

  private IamLimits() {}

  /**
   * A role's name has 1 to 64 of {@code \w+=,.@-} (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  static void checkRoleName(String name) {
    check("roleName", name, NAME, 1, 64);
  }

  /**
   * A profile's name has 1 to 128 of {@code \w+=,.@-} (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html">
   * CreateInstanceProfile</a>).
   */
  static void checkProfileName(String name) {
    check("instanceProfileName", name, NAME, 1, 128);
  }

  /**
   * An inline policy's name has 1 to 128 of {@code \w+=,.@-} (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">PutRolePolicy</a>).
   */
  static void checkPolicyName(String name) {
    check("policyName", name, NAME, 1, 128);
  }

  /**
   * A path is {@code /} or begins and ends with it, up to 512 characters (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  static void checkPath(String path) {
    check("path", path, PATH, 1, 512);
  }

  /**
   * A path prefix begins with {@code /} and need not end with it (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html">ListRoles</a>).
   */
  static void checkPathPrefix(String prefix) {
    check("pathPrefix", prefix, PATH_PREFIX, 1, 512);
  }

  /**
   * A description has up to 1,000 characters of Latin-1 (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  static void checkDescription(String description) {
    check("description", description, DESCRIPTION, 0, 1_000);
  }

  /**
   * A session lasts 3,600 to 43,200 seconds (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  static void checkMaxSessionDuration(int seconds) {
    if (seconds < 3_600 || seconds > 43_200) {
      throw AwsErrors.validationError(
          "maxSessionDuration", "Member must have value between 3600 and 43200");
    }
  }

  /**
   * A page holds 1 to 1,000 items (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html">ListRoles</a>).
   */
  static void checkMaxItems(int maxItems) {
    if (maxItems < 1 || maxItems > 1_000) {
      throw AwsErrors.validationError("maxItems", "Member must have value between 1 and 1000");
    }
  }

  /**
   * A policy document has no character above U+00FF and up to 131,072 characters (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">PutRolePolicy</a>).
   */
  static void checkDocument(String parameter, String document) {
    check(parameter, document, DOCUMENT, 1, 131_072);
  }

  /**
   * Tag keys have 1 to 128 characters, values up to 256, of IAM's own set, without comma and star
   * (<a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html">Tag</a>). Neither
   * begins with {@code aws:} (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html">tagging IAM
   * resources</a>).
   *
   * @param ignoringCase whether two keys that differ in case are one
   */
  static void checkTags(Collection<Tag> tags, boolean ignoringCase) {
    Set<String> keys = new TreeSet<>();
    for (Tag tag : tags) {
      check("tags.key", tag.key(), TAG_KEY, 1, 128);
      check("tags.value", tag.value(), TAG_VALUE, 0, 256);
      if (isReserved(tag.key()) || isReserved(tag.value())) {
        throw AwsErrors.invalidInput("Tag keys and values starting with aws: are reserved.");
      }
      if (!keys.add(ignoringCase ? tag.key().toLowerCase(Locale.ROOT) : tag.key())) {
        throw AwsErrors.invalidInput("Duplicate tag keys found.");
      }
    }
    if (tags.size() > TAGS) {
      throw AwsErrors.validationError("tags", "Member must have length less than or equal to 50");
    }
  }

  /**
   * A policy's size is that of its UTF-8 bytes without white space. The quota counts characters (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>), the reply to a breach bytes; bytes are the stricter reading.
   */
  static int size(String document) {
    int size = 0;
    for (byte each : document.getBytes(StandardCharsets.UTF_8)) {
      if (each != ' ' && each != '\t' && each != '\n' && each != '\r') {
        size++;
      }
    }
    return size;
  }

  private static boolean isReserved(String text) {
    return text.startsWith("aws:");
  }

  private static void check(
      String parameter, String value, Pattern pattern, int shortest, int longest) {
    if (value == null) {
      throw AwsErrors.validationError(parameter, "Member must not be null");
    }
    if (value.length() < shortest) {
      throw AwsErrors.validationError(
          parameter, "Member must have length greater than or equal to " + shortest);
    }
    if (value.length() > longest) {
      throw AwsErrors.validationError(
          parameter, "Member must have length less than or equal to " + longest);
    }
    if (!pattern.matcher(value).matches()) {
      throw AwsErrors.validationError(
          parameter, "Member must satisfy regular expression pattern: " + pattern);
    }
  }
}
