package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Files that are named on the command line, with {@code -} for what comes through a pipe. */
final class TypedFiles {
  private static final String PIPE = "-";

  private final Shell shell;
  private String pipeIsOf;

  TypedFiles(Shell shell) {
    this.shell = shell;
  }

  /**
   * Returns whether a value names a file as the AWS CLI has it, or curl: file://, fileb:// or @.
   */
  static boolean isMarked(String typed) {
    return typed.startsWith("@") || typed.startsWith("file://") || typed.startsWith("fileb://");
  }

  /** Returns the path of a file that is marked so, or the value as it is. */
  static String path(String typed) {
    return typed.replaceFirst("^(?:@|fileb?://)", "");
  }

  /**
   * Returns a file's content.
   *
   * @param flag the flag that names it, for messages
   * @throws CommandFailure if it cannot be read
   */
  byte[] bytes(String flag, String typed) {
    String path = path(typed);
    if (path.equals(PIPE)) {
      return pipe(flag).getBytes(StandardCharsets.UTF_8);
    }
    try {
      Path file = shell.file(path);
      if (Files.isDirectory(file)) {
        throw CommandFailure.wrongCall("%s: %s is a folder.".formatted(flag, path));
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException missing) {
      throw CommandFailure.wrongCall("%s: there is no file %s.".formatted(flag, path));
    } catch (FileSystemException refused) {
      throw CommandFailure.wrongCall("%s: %s cannot be read.".formatted(flag, path));
    } catch (InvalidPathException notOne) {
      throw CommandFailure.wrongCall("%s: %s is no path of a file.".formatted(flag, path));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private String pipe(String flag) {
    if (pipeIsOf != null) {
      throw CommandFailure.wrongCall(
          "%s and %s cannot both read what comes through the pipe.".formatted(pipeIsOf, flag));
    }
    pipeIsOf = flag;
    return shell.in().lines().collect(Collectors.joining("\n", "", "\n"));
  }

  /** Returns a file's text; a byte order mark before it is left out. */
  String text(String flag, String typed) {
    String text = new String(bytes(flag, typed), StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Returns the JSON that is typed itself, or that stands in the file that is named. */
  JsonNode json(String flag, String typed) {
    return isJson(typed)
        ? Json.read(typed, flag)
        : Json.read(text(flag, typed), "%s %s".formatted(flag, typed));
  }

  /**
   * Returns a payload's JSON, from a file whose path may begin with any letter.
   *
   * @throws CommandFailure if it cannot be read, or is not JSON
   */
  JsonNode payload(String flag, String typed) {
    return Json.read(text(flag, typed), typed.equals(PIPE) ? flag : typed);
  }

  /** Returns whether a value is JSON itself: an object or a list. */
  static boolean isJson(String typed) {
    String first = typed.stripLeading();
    return first.startsWith("{") || first.startsWith("[");
  }
}
