package spawn.policy;

/**
 * Something on which actions are granted.
 *
 * @param arn an ARN, with wildcards and policy variables, or {@code *}
 * @param condition what must hold too, because the ARN alone cannot say it
 */
record Target(String arn, Condition condition) {
  /** Every resource. */
  static final Target EVERYTHING = new Target("*", Condition.NONE);
}
