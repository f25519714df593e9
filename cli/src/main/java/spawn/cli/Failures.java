package spawn.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import spawn.error.InvalidRequest;
import spawn.error.SpawnException;

/** Whatever a command throws, as one sentence for whoever typed it. */
final class Failures {
  private static final String SDK = "software.amazon.awssdk.";

  private Failures() {}

  /**
   * Returns the end of a command.
   *
   * @param thrown what it threw
   * @param caller where it was called from
   */
  static CommandFailure of(Throwable thrown, Caller caller) {
    if (thrown instanceof CommandFailure known) {
      return known;
    }
    if (thrown instanceof InvalidRequest wrong) {
      return WrongCalls.of(wrong);
    }
    if (thrown instanceof SpawnException refused) {
      return CommandFailure.failed(refused.getMessage());
    }
    Optional<CommandFailure> ofAws = AwsRefusals.of(thrown, caller);
    if (ofAws.isPresent()) {
      return ofAws.get();
    }
    return causes(thrown).stream()
        .filter(IOException.class::isInstance)
        .filter(cause -> thrown instanceof UncheckedIOException || thrown instanceof IOException)
        .findFirst()
        .map(cause -> CommandFailure.failed(ofAFile((IOException) cause)))
        .orElseGet(() -> unexpected(thrown));
  }

  private static CommandFailure unexpected(Throwable thrown) {
    String said = thrown.getMessage() == null ? "" : " (" + firstLine(thrown.getMessage()) + ")";
    return CommandFailure.failed(
        "This is a fault of spawn: %s%s. Run the command again with --debug, and report what it prints."
            .formatted(thrown.getClass().getSimpleName(), said));
  }

  private static String ofAFile(IOException failure) {
    if (failure instanceof FileSystemException ofAFile && ofAFile.getFile() != null) {
      String why =
          failure instanceof NoSuchFileException
              ? "there is no such file or folder"
              : failure instanceof AccessDeniedException
                  ? "the system does not allow it"
                  : failure instanceof FileAlreadyExistsException
                      ? "something of that name is there already"
                      : Optional.ofNullable(ofAFile.getReason()).orElse("the system refused it");
      return "%s cannot be read or written: %s.".formatted(ofAFile.getFile(), why);
    }
    return "A file or stream cannot be read or written: %s"
        .formatted(firstLine(String.valueOf(failure.getMessage())));
  }

  /** Returns a failure and its causes, the outermost first. */
  static List<Throwable> causes(Throwable thrown) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable next = thrown; next != null && !causes.contains(next); next = next.getCause()) {
      causes.add(next);
    }
    return causes;
  }

  /** Returns whether the SDK has thrown it, or let it through. */
  static boolean isOfTheSdk(Throwable thrown) {
    return causes(thrown).stream()
        .anyMatch(
            cause ->
                cause instanceof SdkException
                    || Arrays.stream(cause.getStackTrace())
                        .limit(1)
                        .anyMatch(frame -> frame.getClassName().startsWith(SDK)));
  }

  /** Returns the first line of a message. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
