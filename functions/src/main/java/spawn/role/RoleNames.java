package spawn.role;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import spawn.payload.Text;
import spawn.policy.PolicyHash;

/** The names of roles: which ones spawn generates, in which order, and which ones IAM accepts. */
public final class RoleNames {
  /** The role of launches that ask for no permissions. */
  public static final String DEFAULT = "spored-instance-role";

  private static final String PREFIX = "spawn-instance-";

  private static final Pattern GENERATED = Pattern.compile(PREFIX + "([0-9a-f]{8}){1,6}");

  /** The characters that IAM accepts in the names of roles and instance profiles. */
  private static final String CHARACTERS = "[\\w+=,.@-]";

  private static final String CHARACTERS_IN_WORDS =
      "letters, digits and _ + = , . @ -, without a path";

  /** The most characters of a role's name. */
  public static final int MAX_LENGTH = 64;

  /**
   * What IAM accepts as the name of a role (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  public static final Text ROLE =
      Text.of("role name", 1, MAX_LENGTH, CHARACTERS, CHARACTERS_IN_WORDS);

  /**
   * What IAM accepts as the name of an instance profile (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html">CreateInstanceProfile</a>).
   */
  static final Text PROFILE =
      Text.of("instance profile name", 1, 128, CHARACTERS, CHARACTERS_IN_WORDS);

  private RoleNames() {}

  /**
   * Returns the names that a role with these permissions may have, the preferred one first: with 8,
   * 16, 24 … 48 digits of the hash. A longer one is used if the shorter belongs to other
   * permissions or is marked for deletion.
   */
  public static List<String> generated(PolicyHash hash) {
    return IntStream.rangeClosed(1, 6)
        .mapToObj(i -> PREFIX + hash.hex().substring(0, 8 * i))
        .toList();
  }

  /**
   * Returns whether a name has the form of a generated one; the sweep removes only such roles
   * without being asked.
   */
  public static boolean isGenerated(String name) {
    return GENERATED.matcher(name).matches();
  }
}
