package spawn.cli;

import picocli.CommandLine.Option;

/**
 * The payload from a file, or from the standard input, that a command's flags are put on top of.
 */
final class BaseOption {
  @Option(
      names = "--payload",
      paramLabel = "FILE",
      description =
          "the payload that flags are put on top of, as JSON; - reads it from the standard input")
  private String file;

  /** Returns whether there is one. */
  boolean isGiven() {
    return file != null;
  }

  /** Returns the payload, an empty one if none is given. */
  Payload payload(TypedFiles files) {
    return isGiven() ? Payload.of(files.payload("--payload", file)) : Payload.empty();
  }
}
