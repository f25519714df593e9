package spawn.role;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.iam.model.Tag;

/**
 * The tags by which spawn knows what is its own.
 *
 * <p>Their keys and values keep to IAM's character set, in which a comma is not allowed (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html">API Tag</a>).
 */
public final class Tags {
  /** The path of the roles that spawn makes; its profiles lie somewhere below. */
  public static final String PATH = "/spawn/";

  /** {@code true} on everything that spawn makes, in IAM and EC2. */
  public static final String MANAGED = "spawn:managed";

  /** When it was made: an ISO instant. */
  public static final String CREATED = "spawn:created";

  /** Who asked for it. */
  public static final String CREATOR = "spawn:creator";

  /** The hash of a role's permissions: 64 hex digits. */
  public static final String POLICIES = "spawn:policies";

  /** Until when launches may rely on a role: an ISO instant. A role without it is half-made. */
  public static final String LEASE_UNTIL = "spawn:lease-until";

  /**
   * The unique id (AROA…) of the role that was leased. IAM tags whatever role has the name, so a
   * lease that was meant for a role which is gone may land on one that has just been made again.
   */
  public static final String LEASED_ID = "spawn:leased-id";

  /**
   * Since when the sweep wants a role gone: an ISO instant. Launches never touch a role that has
   * it.
   */
  public static final String DELETING = "spawn:deleting";

  /** {@code true} on a role that no sweep may take; set by people. */
  public static final String KEEP = "spawn:keep";

  /**
   * {@code true} on an instance whose profile spawn may change; set by its owner, at a launch by
   * spawn too.
   */
  public static final String ASSOCIATE = "spawn:associate";

  /** The role set that a role belongs to: its name prefix. */
  public static final String SET = "spawn:set";

  /** The name of the role: on profiles, instances and volumes. */
  public static final String ROLE = "spawn:role";

  /** The name of the execution: on instances and volumes. */
  public static final String EXECUTION = "spawn:execution";

  private Tags() {}

  static Tag of(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  /**
   * Returns IAM's tags as a map that ignores the case of keys, as IAM does on roles (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html">tagging IAM
   * resources</a>).
   */
  static Map<String, String> ofRole(Iterable<Tag> tags) {
    Map<String, String> byKey = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    tags.forEach(tag -> byKey.put(tag.key(), tag.value()));
    return byKey;
  }

  /**
   * Returns the value as IAM accepts it: characters that a tag may not hold become {@code _}, and
   * the rest after 256 is cut.
   */
  public static String value(String text) {
    String allowed =
        text.codePoints()
            .map(c -> isAllowed(c) ? c : '_')
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    return allowed.codePointCount(0, allowed.length()) <= MAX_VALUE
        ? allowed
        : allowed.substring(0, allowed.offsetByCodePoints(0, MAX_VALUE));
  }

  /** The most characters of a tag's value. */
  static final int MAX_VALUE = 256;

  private static boolean isAllowed(int c) {
    return Character.isLetterOrDigit(c) || Character.isSpaceChar(c) || "_.:/=+-@".indexOf(c) >= 0;
  }

  static Optional<String> find(Map<String, String> tags, String key) {
    return Optional.ofNullable(tags.get(key));
  }

  /**
   * Returns whether a key belongs to spawn or AWS, so that no caller may set it; IAM ignores case
   * in the keys of role tags.
   */
  public static boolean isReserved(String key) {
    return key.regionMatches(true, 0, "spawn:", 0, 6) || key.regionMatches(true, 0, "aws:", 0, 4);
  }

  /**
   * What a caller may add to a role: IAM's fifty tags (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html">tagging IAM resources</a>)
   * less the nine that spawn or a person who wants to keep the role may write.
   */
  public static final int MOST_OF_CALLER = 50 - 9;

  private static final Pattern KEY = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}");
  private static final Pattern VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");

  /**
   * Returns whether IAM takes the key: 1 to 128 letters, digits, spaces and {@code _ . : / = +
   * - @}.
   */
  public static boolean isValidKey(String key) {
    return KEY.matcher(key).matches();
  }

  /** Returns whether IAM takes the value: up to 256 of the same characters. */
  public static boolean isValidValue(String value) {
    return VALUE.matcher(value).matches();
  }
}
