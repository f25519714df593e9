package spawn.error;

/** What ends a failure. It says whom a failure concerns, and so whether it may wake anybody. */
public enum Remedy {
  /** Another payload, or another name, zone or size in it: the caller's business. */
  CALLER,
  /** A change of the stack, of the account or of its quotas: an operator's business. */
  OPERATOR,
  /** AWS answering again. */
  AWS,
  /** The workflow's next try, since what is in the way goes by itself. */
  TIME
}
