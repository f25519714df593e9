package spawn.role;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import spawn.policy.PolicyHash;

/** The names of roles: which ones spawn generates, in which order, and what IAM accepts. */
public final class RoleNames {
  /** The role of launches that ask for no permissions. */
  public static final String DEFAULT = "spored-instance-role";

  private static final String PREFIX = "spawn-instance-";

  private static final Pattern GENERATED = Pattern.compile(PREFIX + "([0-9a-f]{8}){1,6}");

  /**
   * What IAM takes as the name of a role (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>).
   */
  private static final Pattern VALID = Pattern.compile("[\\w+=,.@-]{1,64}");

  private RoleNames() {}

  /**
   * Returns the names that a role with these permissions may have, the preferred one first: 8, 16,
   * 24 … 48 digits of the hash. The longer ones are for when the shorter is taken by other
   * permissions, or marked for deletion.
   */
  public static List<String> generated(PolicyHash hash) {
    return IntStream.rangeClosed(1, 6)
        .mapToObj(i -> PREFIX + hash.hex().substring(0, 8 * i))
        .toList();
  }

  /**
   * Returns whether a name has the form of a generated one; only such roles are swept by
   * themselves.
   */
  public static boolean isGenerated(String name) {
    return GENERATED.matcher(name).matches();
  }

  /** Returns whether IAM accepts the name for a role. */
  public static boolean isValid(String name) {
    return VALID.matcher(name).matches();
  }
}
