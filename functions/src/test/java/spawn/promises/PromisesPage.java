package spawn.promises;

import java.util.List;
import java.util.stream.Collectors;
import spawn.promises.Promises.Promise;
import spawn.promises.Promises.Section;

/** {@code docs/promises.md}, made of the list. */
final class PromisesPage {
  private PromisesPage() {}

  static String of(Promises promises) {
    return """
        # What was promised

        spawn comes from five documents. This page lists what they promise, what does it here, and the test that proves it. It is made of
        [promises.yaml](promises.yaml), whose head says how to change it; `PromisesTest` fails on a line without a test that exists.

        | short | document |
        |---|---|
        %s
        %s"""
        .formatted(
            promises.documents().entrySet().stream()
                .map(document -> row(document.getKey(), document.getValue()))
                .collect(Collectors.joining("\n")),
            promises.sections().stream()
                .map(PromisesPage::chapter)
                .collect(Collectors.joining("\n")));
  }

  private static String chapter(Section section) {
    return "\n## %s\n\n| id | of | promise | here | proof |\n|---|---|---|---|---|\n%s\n"
        .formatted(
            section.title(),
            section.promises().stream()
                .map(promise -> row(section, promise))
                .collect(Collectors.joining("\n")));
  }

  private static String row(Section section, Promise promise) {
    String words = promise.words().replaceAll("\\s*\\\\\n\\s*", " ").replaceAll("[ \t\n]+", " ");
    return row(
        promise.id(),
        promise.from(),
        section.code() ? "`" + words + "`" : words,
        promise.why() == null ? promise.here() : promise.here() + ". *Why:* " + promise.why(),
        proof(promise));
  }

  private static String proof(Promise promise) {
    return promise.open()
        ? "**open**"
        : promise.test().stream()
            .map(test -> "`" + test.replace('#', '.') + "`")
            .collect(Collectors.joining(", "));
  }

  private static String row(String... cells) {
    return List.of(cells).stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
