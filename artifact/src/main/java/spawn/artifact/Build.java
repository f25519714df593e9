package spawn.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes the functions' artifact of their classes and libraries, and proves that it is whole. */
public final class Build {
  private static final Pattern HANDLER = Pattern.compile("(?m)^\\s+Handler: (spawn\\.\\S+)");
  private static final Pattern TERMS = Pattern.compile("(?i)META-INF/.*(LICENSE|NOTICE).*");

  private Build() {}

  /**
   * Writes what the artifact consists of.
   *
   * @param arguments the folder with the functions' classes and libraries; template.yaml; the
   *     folder of by-name.txt and absent.txt; the folder to write to; and the date that entries
   *     bear, in ISO 8601. Its folder {@code zip} gets what travels; {@code classes.txt} says of
   *     each class what reached it first, {@code libraries.txt} how much of each library travels
   */
  public static void main(String... arguments) throws IOException {
    ClassPath whole = ClassPath.ofFolder(Path.of(arguments[0]));
    List<String> handlers = handlers(Files.readString(Path.of(arguments[1])));
    Path lists = Path.of(arguments[2]);
    ByName byName = ByName.of(Files.readAllLines(lists.resolve("by-name.txt")));
    Absences absences = Absences.of(Files.readAllLines(lists.resolve("absent.txt")));
    LocalDateTime date =
        OffsetDateTime.parse(arguments[4]).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();

    Reach reach = Reach.from(handlers, whole, byName);
    SortedMap<String, byte[]> contents = SolidJar.contents(whole, reach);
    Path made = Path.of(arguments[3]);
    Path artifact = made.resolve("zip");
    write(artifact.resolve("lib/spawn.jar"), SolidJar.bytes(contents, date));
    write(artifact.resolve("LICENCES.txt"), terms(whole, reach).getBytes(StandardCharsets.UTF_8));
    write(made.resolve("classes.txt"), text(reach.classes()));
    write(made.resolve("libraries.txt"), text(libraries(whole, reach)));

    // What is proved is what was written.
    List<String> problems =
        new ArrayList<>(Proof.problems(whole, ClassPath.ofFolder(artifact), byName, absences));
    problems.addAll(Verification.problems(artifact.resolve("lib/spawn.jar"), contents.keySet()));
    if (!problems.isEmpty()) {
      throw new Unproven(problems);
    }
  }

  /** Returns the classes that the template names as handlers. */
  static List<String> handlers(String template) {
    return HANDLER
        .matcher(template)
        .results()
        .map(found -> found.group(1).replace('.', '/'))
        .distinct()
        .toList();
  }

  /**
   * Returns the licences and notices of the libraries of which anything travels, each text once:
   * most have the same.
   */
  private static String terms(ClassPath whole, Reach reach) {
    Set<String> libraries = libraries(whole, reach).keySet();
    Map<String, List<String>> files = new LinkedHashMap<>();
    whole
        .libraryFiles()
        .filter(file -> libraries.contains(file.place()))
        .filter(file -> TERMS.matcher(file.name()).matches())
        .forEach(
            file ->
                files
                    .computeIfAbsent(
                        new String(whole.bytes(file), StandardCharsets.UTF_8),
                        first -> new ArrayList<>())
                    .add(file.place() + " " + file.name()));
    StringBuilder terms = new StringBuilder();
    files.forEach(
        (text, names) ->
            terms
                .append("=".repeat(80) + "\n" + String.join("\n", names) + "\n")
                .append("=".repeat(80) + "\n" + text.stripTrailing() + "\n\n"));
    return terms.toString();
  }

  /** Returns the libraries of which anything travels, and how many classes do. */
  private static SortedMap<String, String> libraries(ClassPath whole, Reach reach) {
    SortedMap<String, Long> counts =
        reach.classes().keySet().stream()
            .filter(className -> !whole.place(className).equals(ClassPath.ROOT))
            .collect(Collectors.groupingBy(whole::place, TreeMap::new, Collectors.counting()));
    SortedMap<String, String> libraries = new TreeMap<>();
    counts.forEach(
        (library, count) ->
            libraries.put(
                library,
                "%d of %d classes"
                    .formatted(
                        count,
                        whole.files(library).keySet().stream()
                            .filter(ClassPath::isClass)
                            .count())));
    return libraries;
  }

  private static byte[] text(Map<String, String> lines) {
    return lines.entrySet().stream()
        .map(line -> line.getKey() + " <- " + line.getValue() + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }
}
