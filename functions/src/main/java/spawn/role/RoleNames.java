package spawn.role;

import spawn.payload.Text;

/** The names that IAM accepts for roles and instance profiles. */
public final class RoleNames {
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
}
