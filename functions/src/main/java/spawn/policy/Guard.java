package spawn.policy;

/**
 * Under which effect and condition something is granted.
 *
 * @param effect whether it is allowed or denied
 * @param condition when, its keys in lower case
 */
record Guard(Effect effect, Condition condition) {
  Guard unconditional() {
    return new Guard(effect, Condition.NONE);
  }
}
