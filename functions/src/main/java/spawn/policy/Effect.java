package spawn.policy;

/** Whether a statement allows or denies; a denial always wins. */
enum Effect {
  ALLOW("Allow"),
  DENY("Deny");

  private final String spelling;

  Effect(String spelling) {
    this.spelling = spelling;
  }

  /**
   * Returns the effect of a valid statement. IAM takes these two words only; any other is read as
   * the one that grants nothing.
   */
  static Effect of(String word) {
    return word.equals(ALLOW.spelling) ? ALLOW : DENY;
  }

  @Override
  public String toString() {
    return spelling;
  }
}
