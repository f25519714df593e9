package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What becomes of what was said: a file, a command line, or a launch. */
final class WizardEnd {
  private static final String FILE = "launch.json";

  private static final String TYPE_HELP =
      "An instance type of EC2, such as m7i.large. The image has to be of its architecture.";
  private static final String IMAGE_HELP =
      "The id of an image, ami-…, or resolve:ssm: and a parameter that holds one.";
  private static final String MENU =
      """
        1  save     write the payload to a file
        2  command  print the command line
        3  launch   launch it now""";
  private static final String MENU_HELP =
      "Give a number or its word. back leads back to the words, quit ends without having done anything.";
  private static final String FILE_HELP = "A path; of a file that exists you are asked again.";

  private final Shell shell;
  private final WizardDialogue dialogue;
  private final List<String> stack;

  /**
   * Creates the end of a conversation.
   *
   * @param stack the options that say which stack launches
   */
  WizardEnd(Shell shell, WizardDialogue dialogue, List<String> stack) {
    this.shell = shell;
    this.dialogue = dialogue;
    this.stack = List.copyOf(stack);
  }

  /** Asks what is still open, and ends; returns the exit code, or nothing for {@code back}. */
  OptionalInt of(WizardDraft draft) {
    Optional<String> type =
        dialogue.askOr("Which instance type?", LaunchFlags.DEFAULT_TYPE, TYPE_HELP);
    Optional<String> image =
        type.flatMap(given -> dialogue.askOr("Which image?", LaunchFlags.image(given), IMAGE_HELP));
    if (image.isEmpty()) {
      return OptionalInt.empty();
    }
    List<String> command = command(draft, type.get(), image.get());
    while (true) {
      dialogue.say(MENU);
      Optional<String> said = dialogue.ask("What now? ", MENU_HELP);
      if (said.isEmpty()) {
        return OptionalInt.empty();
      }
      switch (said.get().toLowerCase(Locale.ROOT)) {
        case "1", "save" -> {
          if (save(draft.payload(type.get(), image.get()))) {
            return OptionalInt.of(0);
          }
        }
        case "2", "command" -> {
          shell.out().println("spawn " + ShellWords.joined(command));
          return OptionalInt.of(0);
        }
        case "3", "launch" -> {
          return OptionalInt.of(Spawn.run(shell, command.toArray(String[]::new)));
        }
        default -> dialogue.say(MENU_HELP);
      }
    }
  }

  private List<String> command(WizardDraft draft, String type, String image) {
    List<String> words =
        new ArrayList<>(List.of("launch", "--instance-type", type, "--ami", image));
    if (!draft.isEmpty()) {
      words.addAll(List.of("--iam-policy", String.join(",", draft.words())));
    }
    if (!draft.resources().isEmpty()) {
      words.addAll(List.of("--iam-resources", list(draft.resources())));
    }
    words.addAll(stack);
    return words;
  }

  /** Returns a list as a flag takes it: as JSON where an entry holds a comma itself. */
  private static String list(List<String> entries) {
    if (entries.stream().noneMatch(entry -> entry.contains(","))) {
      return String.join(",", entries);
    }
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    entries.forEach(json::add);
    return json.toString();
  }

  /** Returns whether the payload was written. */
  private boolean save(JsonNode payload) {
    Optional<String> name = dialogue.askOr("Which file?", FILE, FILE_HELP);
    if (name.isEmpty()) {
      return false;
    }
    Path file = shell.file(name.get());
    if (Files.exists(file)
        && !dialogue
            .ask("%s exists. Write over it? (y/N) ".formatted(name.get()), FILE_HELP)
            .filter(answer -> answer.toLowerCase(Locale.ROOT).startsWith("y"))
            .isPresent()) {
      return false;
    }
    try {
      Files.writeString(file, Json.pretty(payload) + "\n");
    } catch (IOException refused) {
      dialogue.say("%s cannot be written: %s.".formatted(name.get(), refused.getMessage()));
      return false;
    }
    List<String> next = new ArrayList<>(List.of("launch", "--payload", name.get()));
    next.addAll(stack);
    dialogue.say("Written to %s. To launch it:".formatted(name.get()));
    shell.out().println("spawn " + ShellWords.joined(next));
    return true;
  }
}
