package spawn.simulation;

import java.util.random.RandomGenerator;

/** What an account is like, and how often things meet in it. */
enum Setting {
  /** Roles in any state, and things that happen hours apart or seconds. */
  ORDINARY,
  /** All roles are just what a sweep would take, and all happens within seconds. */
  CROWDED,
  /** The same, with a person who deletes the roles of launches by hand. */
  CLUMSY,
  /** An ordinary account that is swept as soon as each mark may be followed up. */
  PATROLLED;

  /** Draws a setting; half of all accounts are ordinary. */
  static Setting drawn(RandomGenerator random) {
    if (random.nextInt(4) == 0) {
      return random.nextInt(3) == 0 ? CLUMSY : CROWDED;
    }
    return random.nextInt(5) == 0 ? PATROLLED : ORDINARY;
  }

  /** Returns whether all happens within seconds, on roles that a sweep would take. */
  boolean isCrowded() {
    return this == CROWDED || this == CLUMSY;
  }
}
