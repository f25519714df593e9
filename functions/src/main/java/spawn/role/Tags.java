package spawn.role;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.payload.Text;

/**
 * The tags by which spawn knows what is its own.
 *
 * <p>Their keys and values keep to IAM's character set, in which a comma is not allowed (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html">API Tag</a>).
 */
public final class Tags {
  /** {@code true} on everything that spawn makes, in IAM and EC2. */
  public static final String MANAGED = "spawn:managed";

  /** When it was created: an ISO instant. */
  public static final String CREATED = "spawn:created";

  /** Who asked for it, as the caller says: no evidence. */
  public static final String CREATOR = "spawn:creator";

  /** Whose stack has made it, as the stack's owner says: on roles, profiles, instances, volumes. */
  public static final String TEAM = "spawn:team";

  /** The hash of a role's permissions: 64 hex digits. */
  public static final String POLICIES = "spawn:policies";

  /** Until when launches may rely on a role: an ISO instant. A role without it is half-made. */
  public static final String LEASE_UNTIL = "spawn:lease-until";

  /**
   * The unique id (AROA…) of the role that was leased. IAM tags whichever role has the name, so a
   * lease that was meant for a deleted role may land on a new one of the same name.
   */
  public static final String LEASED_ID = "spawn:leased-id";

  /**
   * What a launch means to make of a role that was never finished, and since when: a hash,
   * {@code @} and an ISO instant. It says nothing of a role that has been leased.
   */
  public static final String CLAIM = "spawn:claim";

  /**
   * Since when the sweep has meant to remove a role: an ISO instant. Launches never touch a role
   * that has it.
   */
  public static final String DELETING = "spawn:deleting";

  /** {@code true} on a role that no sweep may remove; set by people. */
  public static final String KEEP = "spawn:keep";

  /**
   * From when on a role denies everything: an ISO instant, on a quarter of an hour. The policy of
   * the role does it; the tag is for whoever looks.
   */
  public static final String EXPIRES = "spawn:expires";

  /**
   * Since when an operator denies a role everything, or its older sessions: an ISO instant and what
   * was said about it. No launch uses a role that has it.
   */
  public static final String REVOKED = "spawn:revoked";

  /** The role set that a role belongs to: its name prefix. */
  public static final String SET = "spawn:set";

  /**
   * {@code true} on an instance whose profile spawn may change; set by the instance's owner, or by
   * spawn when it launches the instance.
   */
  public static final String ASSOCIATE = "spawn:associate";

  /**
   * {@code true}, or a word that the stack's owner has chosen, on what launches may name although
   * it is not theirs: a snapshot, a network interface, a launch template. Set by its owner.
   */
  public static final String LAUNCH = "spawn:launch";

  /** The name of the role: on profiles, instances and volumes. */
  public static final String ROLE = "spawn:role";

  /** The name of the execution: on instances and volumes. */
  public static final String EXECUTION = "spawn:execution";

  /** The value of {@link #EXPIRES} on a role that does not end any more. */
  static final String NEVER = "never";

  /**
   * What the keys begin with that hold what a role of a launch was made with ({@link RoleRecord}),
   * before a number from 0 on: as many of them as the other tags of the role leave room for.
   */
  public static final String RECORD = "spawn:record-";

  /**
   * The tags that spawn, or a person who wants to keep a role, may write on one role. A role of a
   * set is never claimed, so {@link #CLAIM} takes the place of {@link #SET}.
   */
  static final Set<String> RESERVED_ON_ROLES =
      Set.of(
          MANAGED,
          CREATED,
          CREATOR,
          TEAM,
          POLICIES,
          LEASE_UNTIL,
          LEASED_ID,
          DELETING,
          EXPIRES,
          REVOKED,
          KEEP,
          SET);

  /**
   * How many tags IAM allows on a role (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html">tagging IAM
   * resources</a>).
   */
  private static final int MAX_ON_ROLE = 50;

  /** How many tags of its own a caller may add to a role. */
  public static final int MAX_OF_CALLER = MAX_ON_ROLE - RESERVED_ON_ROLES.size();

  /** Why a caller may add no more, for messages. */
  public static final String WHY_NO_MORE =
      "IAM takes %d tags on a role, and spawn needs %d of them"
          .formatted(MAX_ON_ROLE, RESERVED_ON_ROLES.size());

  /**
   * The characters that IAM documents for keys and values (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html">API Tag</a>).
   */
  private static final String CHARACTERS = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]";

  private static final String CHARACTERS_IN_WORDS =
      "letters, digits, spaces and _ . : / = + - @ (no comma)";

  private static final int MAX_KEY_LENGTH = 128;
  static final int MAX_VALUE_LENGTH = 256;
  private static final Pattern CHARACTER = Pattern.compile(CHARACTERS);

  /**
   * What the keys begin with that no caller may set, in any letter case: IAM ignores it in the keys
   * of role tags.
   */
  public static final Pattern RESERVED = Pattern.compile("(?iu:spawn:|aws:)");

  /** Why a caller may not use a reserved key, for messages. */
  public static final String RESERVED_IN_WORDS =
      "\"spawn:\" and \"aws:\" begin the tags that spawn and AWS write; choose another key";

  /** A key that a caller may give a tag of a role: one that IAM accepts and nobody has reserved. */
  static final Text KEY =
      Text.like(
          "tag key",
          MAX_KEY_LENGTH,
          "(?!%s)%s{1,%d}".formatted(RESERVED.pattern(), CHARACTERS, MAX_KEY_LENGTH),
          "IAM takes 1 to %d %s; %s"
              .formatted(MAX_KEY_LENGTH, CHARACTERS_IN_WORDS, RESERVED_IN_WORDS));

  /** A value that IAM accepts. */
  static final Text VALUE =
      Text.of("tag value", 0, MAX_VALUE_LENGTH, CHARACTERS, CHARACTERS_IN_WORDS);

  private Tags() {}

  /**
   * Returns the tag of when a role ends, as far as it has to be written; no function takes it off.
   *
   * @param expires when it is to end, if it is
   * @param written its tag as it is, if it has one
   */
  static Optional<Tag> ofExpiry(Optional<Instant> expires, Optional<String> written) {
    return expires
        .map(Instant::toString)
        .or(() -> written.map(anything -> NEVER))
        .filter(value -> !written.equals(Optional.of(value)))
        .map(value -> of(EXPIRES, value));
  }

  /** Returns the instant that a value is; nothing if it is none. */
  static Optional<Instant> instant(String value) {
    try {
      return Optional.of(Instant.parse(value));
    } catch (DateTimeException editedByHand) {
      return Optional.empty();
    }
  }

  /** Returns a tag of IAM. */
  public static Tag of(String key, String value) {
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

  /** Returns tags with the one of the team, if there is any. */
  public static Map<String, String> ofTeam(Optional<String> team, Map<String, String> tags) {
    Map<String, String> all = new TreeMap<>(tags);
    team.ifPresent(name -> all.put(TEAM, name));
    return all;
  }

  /**
   * Returns a text as a value that IAM accepts: each character that a tag may not hold becomes
   * {@code _}, and everything after the first 256 characters is cut off.
   */
  public static String value(String text) {
    return text.codePoints()
        .limit(MAX_VALUE_LENGTH)
        .mapToObj(Character::toString)
        .map(character -> CHARACTER.matcher(character).matches() ? character : "_")
        .collect(Collectors.joining());
  }

  /** Returns those of some tags that are the caller's, sorted. */
  public static Map<String, String> ofCaller(Map<String, String> tags) {
    Map<String, String> ofCaller = new TreeMap<>(tags);
    ofCaller.keySet().removeIf(Tags::isReserved);
    return ofCaller;
  }

  /**
   * Returns whether a key belongs to spawn or AWS, so that no caller may set it; IAM ignores case
   * in the keys of role tags.
   */
  public static boolean isReserved(String key) {
    return RESERVED.matcher(key).lookingAt();
  }
}
