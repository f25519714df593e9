package spawn.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import spawn.launch.ShellCommands;

/**
 * {@code --user-data}: what an instance reads by itself becomes EC2's user data, and commands that
 * nothing on it would run become the payload's {@code run}.
 */
final class UserDataFlag {
  private static final String NAME = "--user-data";
  private static final List<String> USER_DATA = List.of("instance", "UserData");
  private static final List<String> RUN = List.of("run");

  private UserDataFlag() {}

  /** Puts it into a payload, in place of what that says of either. */
  static void put(Payload payload, List<String> typed, TypedFiles files) {
    payload
        .flagOf("$.run")
        .ifPresent(
            run -> {
              throw CommandFailure.wrongCall(
                  "%s and %s both say what the instances run: leave out one or the other."
                      .formatted(run, NAME));
            });
    String text = text(typed.get(0), files);
    boolean isRun = ShellCommands.are(text);
    payload.remove(isRun ? USER_DATA : RUN);
    payload.set(isRun ? RUN : USER_DATA, TextNode.valueOf(text), NAME);
  }

  /** Returns the text that is typed or stands in the file; base64 of what is no text. */
  private static String text(String typed, TypedFiles files) {
    if (!TypedFiles.isMarked(typed)) {
      return typed;
    }
    byte[] bytes = files.bytes(NAME, typed);
    return utf8(bytes).orElseGet(() -> Base64.getEncoder().encodeToString(bytes));
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }
}
