package spawn.artifact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What code loads by name, which no reference shows: by reflection, by {@link
 * java.util.ServiceLoader} and as a resource. Somebody has looked at each such class, and written a
 * line: {@code class | what it loads | why}.
 *
 * <p>What it loads is {@code nothing}, or a list by commas: classes; resources of libraries, with
 * slashes; and after {@code not}, names of classes that the code holds and that stay out. {@code *}
 * stands for anything.
 */
final class ByName {
  private static final Pattern COLUMNS = Pattern.compile("\\s*\\|\\s*");

  private record Site(List<String> classes, List<Pattern> resources, List<Pattern> left) {}

  private final Map<String, Site> sites = new LinkedHashMap<>();

  private ByName() {}

  /** Reads the lines of a list. Empty ones and those that begin with {@code #} say nothing. */
  static ByName of(List<String> lines) {
    ByName read = new ByName();
    rows(lines, 3).forEach(row -> read.sites.put(row.get(0).replace('.', '/'), site(row.get(1))));
    return read;
  }

  /** Returns the columns of each line of a list. */
  static List<List<String>> rows(List<String> lines, int columns) {
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        List<String> row = Arrays.asList(COLUMNS.split(line.strip(), -1));
        if (row.size() != columns || row.stream().anyMatch(String::isEmpty)) {
          throw new IllegalArgumentException(
              "This line must have " + columns + " columns, with | between: " + line);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static Site site(String loads) {
    List<String> classes = new ArrayList<>();
    List<Pattern> resources = new ArrayList<>();
    List<Pattern> left = new ArrayList<>();
    for (String one : loads.equals("nothing") ? List.<String>of() : List.of(loads.split(",\\s*"))) {
      if (one.startsWith("not ")) {
        left.add(pattern(one.substring("not ".length()).replace('.', '/')));
      } else if (one.contains("/")) {
        resources.add(pattern(one));
      } else {
        classes.add(one.replace('.', '/'));
      }
    }
    return new Site(classes, resources, left);
  }

  /** Returns what matches a name in which {@code *} stands for anything. */
  static Pattern pattern(String name) {
    return Pattern.compile(
        String.join(".*", Stream.of(name.split("\\*", -1)).map(Pattern::quote).toList()));
  }

  /** Returns the classes that have a line. */
  List<String> sites() {
    return List.copyOf(sites.keySet());
  }

  /** Returns whether a class has a line. */
  boolean has(String className) {
    return sites.containsKey(className);
  }

  /** Returns the classes that a class loads by name. */
  List<String> classes(String site) {
    return Optional.ofNullable(sites.get(site)).map(Site::classes).orElse(List.of());
  }

  /** Returns whether a class reads a resource of this name. */
  boolean reads(String site, String resource) {
    return sites.containsKey(site)
        && sites.get(site).resources.stream().anyMatch(one -> one.matcher(resource).matches());
  }

  /** Returns whether a class may hold the name of another one that stays out. */
  boolean leaves(String site, String className) {
    return sites.containsKey(site)
        && sites.get(site).left.stream().anyMatch(one -> one.matcher(className).matches());
  }
}
