package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation points to exists. */
class DocsTest {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern TEST = Pattern.compile("([A-Z][A-Za-z0-9]+(?:Test|IT))(?:\\.\\w+)?");
  private static final Pattern SOURCE = Pattern.compile("(?:[\\w-]+/)*\\w+\\.java");

  static List<Path> pages() {
    return Stream.of(Path.of(""), Path.of("docs"), Path.of("docs", "decisions"))
        .flatMap(folder -> files(folder, 1))
        .filter(file -> file.toString().endsWith(".md"))
        .sorted()
        .toList();
  }

  /** The pages about the code as it is. Decisions and the changelog may name what has gone. */
  static List<Path> guides() {
    return pages().stream()
        .filter(page -> !page.startsWith(Path.of("docs", "decisions")))
        .filter(page -> !page.equals(Path.of("CHANGELOG.md")))
        .toList();
  }

  @Test
  void thePagesAreThoseOfTheRootTheGuidesAndTheDecisions() {
    assertThat(pages())
        .contains(
            Path.of("README.md"),
            Path.of("docs", "architecture.md"),
            Path.of("docs", "decisions", "001-spawn-chooses-the-profile.md"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsToAnExistingFileAndHeading(Path page) throws IOException {
    assertThat(brokenLinks(page)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("guides")
  void everyTestAndSourceThatAGuideNamesExists(Path guide) throws IOException {
    assertThat(unknownSources(Files.readString(guide))).isEmpty();
  }

  @Test
  void theArchitectureNamesTests() throws IOException {
    assertThat(Files.readString(Path.of("docs", "architecture.md"))).containsPattern("`\\w+Test`");
  }

  @Test
  void aLinkToAMissingFileOrHeadingIsFound(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("other.md"), "# Other\n\n```sh\n# no heading\n```\n\n## Here\n");
    Path page =
        Files.writeString(
            folder.resolve("page.md"),
            """
            # Page
            [a](other.md) [b](other.md#here) [c](#page) [`d`](https://example.com/#x)
            [e](gone.md) [f](other.md#gone) [g](#gone) [h](other.md#no-heading)
            `[code](gone-too.md)`
            """);

    assertThat(brokenLinks(page))
        .containsExactly("gone.md", "other.md#gone", "#gone", "other.md#no-heading");
  }

  @Test
  void aNameOfAMissingTestOrSourceIsFound() {
    assertThat(
            unknownSources(
                "`DocsTest` `DocsTest.pages` `spawn/error/Problem.java` `Gone.java` `GoneTest`"))
        .containsExactly("Gone.java", "GoneTest");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Who may do what | who-may-do-what",
        "A role's life | a-roles-life",
        "`iam` field, and others | iam-field-and-others",
        "See [the guide](guide.md) first | see-the-guide-first",
        "LaunchesNeedOperator | launchesneedoperator",
        "mark, wait – delete | mark-wait--delete",
      })
  void anAnchorIsMadeOfAHeadingAsGitHubMakesIt(String heading, String anchor) {
    assertThat(anchors("## " + heading + "\n")).containsExactly(anchor);
  }

  @Test
  void equalHeadingsAreNumbered() {
    assertThat(anchors("# Try\n## Try\n## Try\n"))
        .containsExactlyInAnyOrder("try", "try-1", "try-2");
  }

  private static List<String> brokenLinks(Path page) throws IOException {
    String text = CODE.matcher(withoutBlocks(Files.readString(page))).replaceAll("code");
    List<String> broken = new ArrayList<>();
    Matcher links = LINK.matcher(text);
    while (links.find()) {
      String link = links.group(1);
      if (!link.matches("[a-z]+:.*") && !leadsSomewhere(page, link)) {
        broken.add(link);
      }
    }
    return broken;
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0 || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  private static List<String> unknownSources(String text) {
    Set<Path> sources =
        Stream.of("functions", "cli", "artifact")
            .flatMap(
                module ->
                    Stream.of("main", "test").map(part -> Path.of(module, "src", part, "java")))
            .filter(Files::isDirectory)
            .flatMap(folder -> files(folder, Integer.MAX_VALUE))
            .collect(Collectors.toSet());
    List<String> unknown = new ArrayList<>();
    Matcher names = CODE.matcher(withoutBlocks(text));
    while (names.find()) {
      String name = names.group(1);
      Matcher test = TEST.matcher(name);
      String file = test.matches() ? test.group(1) + ".java" : name;
      if (SOURCE.matcher(file).matches()
          && sources.stream().noneMatch(source -> source.endsWith(file))) {
        unknown.add(name);
      }
    }
    return unknown;
  }

  /**
   * Returns the anchors of a page's headings: in lower case, without punctuation, with hyphens for
   * spaces, and numbered where they would be equal (<a
   * href="https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links">section
   * links</a>).
   */
  private static Set<String> anchors(String text) {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher headings = HEADING.matcher(withoutBlocks(text));
    while (headings.find()) {
      String slug =
          headings
              .group(1)
              .strip()
              .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}_ -]", "")
              .replace(' ', '-');
      int before = seen.merge(slug, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? slug : slug + "-" + before);
    }
    return anchors;
  }

  private static String withoutBlocks(String text) {
    return FENCED.matcher(text).replaceAll("");
  }

  private static Stream<Path> files(Path folder, int depth) {
    try (Stream<Path> files = Files.find(folder, depth, (path, what) -> what.isRegularFile())) {
      return files.toList().stream();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
