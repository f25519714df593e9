package spawn.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.payload.Sha256;
import spawn.policy.PolicyHash;
import spawn.policy.StackContext;

/**
 * The stack as the owner of roles and instance profiles: it makes, changes, passes and removes what
 * lies under its own path, and nothing else.
 *
 * <p>IAM is one for all regions of an account, and a name is given once in an account, whatever the
 * path. So a name may belong to another stack, which looks after it.
 *
 * @param path the IAM path of the stack's roles, which no other stack has; its profiles lie below
 *     it
 * @param namePrefix what the names begin with that spawn generates
 */
public record Owner(String path, String namePrefix) {
  /** The prefix of a stack whose owner has chosen no other. */
  private static final String STANDARD_PREFIX = "spawn";

  /** The role of launches that ask for no permissions. */
  private static final String DEFAULT = "spored-instance-role";

  private static final Pattern GROUPS_OF_DIGITS = Pattern.compile("([0-9a-f]{8}){1,6}");
  private static final int DIGITS = 8;
  private static final int MOST_GROUPS_OF_DIGITS = 6;

  /**
   * Returns the owner that a stack is.
   *
   * @param context what the stack says about its roles
   */
  public static Owner of(StackContext context) {
    return new Owner(context.ownPath(), context.namePrefix());
  }

  /** Returns whether a role lies under the stack's path. */
  public boolean owns(KnownRole role) {
    return role.path().equals(path);
  }

  /** Returns whether a profile lies under the stack's path. */
  public boolean owns(InstanceProfile profile) {
    return profile.path().startsWith(path);
  }

  /** Returns whether the stack made a role, by its path and its tag, so that it may change it. */
  public boolean manages(KnownRole role) {
    return owns(role) && role.hasTagOfSpawn();
  }

  /**
   * Returns who made a role, as the end of a sentence: the stack, another one, or somebody else.
   */
  public String whoMade(KnownRole role) {
    return manages(role)
        ? "this stack"
        : role.hasTagOfSpawn() && !owns(role)
            ? "another stack, under the path " + role.path()
            : "somebody else";
  }

  /** Returns whether the stack made a profile, by its path and its tag. */
  public boolean manages(InstanceProfile profile) {
    return owns(profile) && profile.tags().contains(Tags.of(Tags.MANAGED, "true"));
  }

  /**
   * Returns the names that a role of this content may have, the preferred one first: with 8, 16, 24
   * and more digits, up to 48 and as long as IAM takes them. A longer one is used if the shorter
   * belongs to another role, or to one that is marked for deletion.
   */
  public List<String> generatedNames(PolicyHash content) {
    return withDigits(generatedStem(), content);
  }

  /**
   * Returns the names that the role of launches without permissions may have, the preferred one
   * first. The first is without digits, and only one stack of an account can have it.
   */
  public List<String> defaultNames(PolicyHash content) {
    List<String> names = new ArrayList<>(List.of(defaultName()));
    names.addAll(withDigits(defaultName() + "-", content));
    return List.copyOf(names);
  }

  /**
   * Returns a stem with digits of a hash over the content and the path. Without the path, stacks
   * that share a permissions boundary would want the same names.
   */
  private List<String> withDigits(String stem, PolicyHash content) {
    String digits = Sha256.hex(path + " " + content.hex());
    int groups = Math.min(MOST_GROUPS_OF_DIGITS, (RoleNames.MAX_LENGTH - stem.length()) / DIGITS);
    return IntStream.rangeClosed(1, groups)
        .mapToObj(i -> stem + digits.substring(0, DIGITS * i))
        .toList();
  }

  private String generatedStem() {
    return namePrefix + "-instance-";
  }

  private String defaultName() {
    return namePrefix.equals(STANDARD_PREFIX) ? DEFAULT : namePrefix + "-" + DEFAULT;
  }

  /**
   * Returns the names that the profile of a role may have if the payload names none, the preferred
   * one first. Of a role that spawn has named, a second one is taken where somebody else has the
   * first: another stack, or whoever knows the name.
   */
  public List<String> profileNames(String role) {
    return isReserved(role)
        ? List.of(role, role + "-" + Sha256.hex(path).substring(0, DIGITS))
        : List.of(role);
  }

  /**
   * Returns whether a name has the form of a generated one; the sweep removes only such roles
   * without being asked.
   */
  public boolean isGenerated(String name) {
    return isGenerated(name, generatedStem()) || isGenerated(name, defaultName() + "-");
  }

  private static boolean isGenerated(String name, String stem) {
    return name.startsWith(stem)
        && GROUPS_OF_DIGITS.matcher(name).region(stem.length(), name.length()).matches();
  }

  /**
   * Returns whether spawn itself gives a name, in any letter case: IAM ignores it (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>),
   * so a role that a payload names so would take the name from those that spawn makes.
   */
  public boolean isReserved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String byDefault = defaultName().toLowerCase(Locale.ROOT);
    return lower.equals(byDefault)
        || isGenerated(lower, byDefault + "-")
        || isGenerated(lower, generatedStem().toLowerCase(Locale.ROOT));
  }
}
