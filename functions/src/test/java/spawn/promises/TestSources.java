package spawn.promises;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tests of all modules, as they are written: those of another module are in no class path of
 * this one.
 */
final class TestSources {
  private static final Pattern TEST =
      Pattern.compile("@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|ArchTest)\\b");
  private static final Pattern OF_MANY = Pattern.compile("@(?:ParameterizedTest|TestFactory)\\b");

  /** The last line of a member, and the first one of a class. */
  private static final Pattern MEMBER_ENDS =
      Pattern.compile("(?m)^  (?:\\S.*)?[;}]$|^(?:\\w+ )*class .*$");

  private final Map<String, String> sources;

  private TestSources(Map<String, String> sources) {
    this.sources = sources;
  }

  /** Returns the tests below these folders, of which some may not exist. */
  static TestSources of(Path... folders) {
    return new TestSources(
        Stream.of(folders)
            .filter(Files::isDirectory)
            .flatMap(TestSources::files)
            .filter(file -> file.toString().matches(".*(?:Test|IT)\\.java"))
            .collect(
                Collectors.toMap(
                    file -> file.getFileName().toString().replace(".java", ""),
                    TestSources::text,
                    (one, ofTheSameName) -> one + "\n" + ofTheSameName)));
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * Says what is wrong with the name of a test, or nothing.
   *
   * @param test {@code Class#method}, or {@code Class} for one whose tests are given as data
   */
  Optional<String> problem(String test) {
    String[] parts = test.split("#", 2);
    String source = sources.get(parts[0]);
    if (source == null) {
      return Optional.of("there is no class " + parts[0]);
    }
    if (parts.length == 1) {
      return OF_MANY.matcher(source).find()
          ? Optional.empty()
          : Optional.of("name a method of " + test + ", which has no parameterised test");
    }
    return isTest(source, parts[1])
        ? Optional.empty()
        : Optional.of(parts[0] + " has no test " + parts[1]);
  }

  /** A test is a declaration with one of JUnit's or ArchUnit's annotations right before it. */
  private static boolean isTest(String source, String method) {
    Matcher declaration =
        Pattern.compile(
                "(?m)^  (?:public )?(?:void %1$s\\(|static final ArchRule %1$s =)"
                    .formatted(Pattern.quote(method)))
            .matcher(source);
    while (declaration.find()) {
      String[] parts = MEMBER_ENDS.split(source.substring(0, declaration.start()), -1);
      if (TEST.matcher(parts[parts.length - 1]).find()) {
        return true;
      }
    }
    return false;
  }
}
