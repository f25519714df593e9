package spawn.cli;

/**
 * What one look of {@code spawn doctor} found.
 *
 * @param status whether it is as it must be
 * @param what what was looked at
 * @param detail how it is, and what to do if it is not well
 */
record Finding(Status status, String what, String detail) {
  /** How it is. */
  enum Status {
    /** As it must be. */
    OK,
    /** A launch fails, or may fail, until this is mended. */
    MISSING,
    /** It could not be looked at. */
    UNKNOWN,
    /** Not needed for a launch, but for something else. */
    NOTE
  }

  static Finding ok(String what, String detail) {
    return new Finding(Status.OK, what, detail);
  }

  static Finding missing(String what, String detail) {
    return new Finding(Status.MISSING, what, detail);
  }

  static Finding unknown(String what, String detail) {
    return new Finding(Status.UNKNOWN, what, detail);
  }

  static Finding note(String what, String detail) {
    return new Finding(Status.NOTE, what, detail);
  }
}
