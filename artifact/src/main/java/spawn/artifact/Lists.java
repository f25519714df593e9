package spawn.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Takes out of the lists of libraries those of which nothing travels. */
public final class Lists {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The end of a line of THIRD-PARTY.txt: {@code (group:artifact:version - address)}. */
  private static final Pattern LIBRARY =
      Pattern.compile("\\([^()\\s]+:([^()\\s:]+):([^()\\s:]+) - ");

  private Lists() {}

  /**
   * Rewrites both lists.
   *
   * @param arguments {@code libraries.txt}, as {@link Build} writes it; the SBOM, as CycloneDX's
   *     plugin does; and the list of licences
   */
  public static void main(String... arguments) throws IOException {
    Set<String> travelling =
        Files.readAllLines(Path.of(arguments[0])).stream()
            .map(line -> line.replaceFirst(" <- .*", ""))
            .collect(Collectors.toSet());
    Path sbom = Path.of(arguments[1]);
    if (Files.exists(sbom)) { // the plugin can be skipped
      Files.writeString(sbom, sbom(Files.readString(sbom), travelling));
    }
    Path licences = Path.of(arguments[2]);
    if (Files.exists(licences)) {
      Files.writeString(licences, licences(Files.readString(licences), travelling));
    }
  }

  /**
   * Returns an SBOM without components that do not travel.
   *
   * @param travelling the file names of the libraries that do
   */
  static String sbom(String sbom, Set<String> travelling) throws IOException {
    ObjectNode bom = (ObjectNode) JSON.readTree(sbom);
    Set<String> left = new HashSet<>();
    for (Iterator<JsonNode> each = bom.path("components").iterator(); each.hasNext(); ) {
      JsonNode component = each.next();
      String file =
          component.path("name").textValue() + "-" + component.path("version").textValue() + ".jar";
      if (!travelling.contains(file)) {
        left.add(component.path("bom-ref").textValue());
        each.remove();
      }
    }
    for (Iterator<JsonNode> each = bom.path("dependencies").iterator(); each.hasNext(); ) {
      JsonNode dependency = each.next();
      if (left.contains(dependency.path("ref").textValue())) {
        each.remove();
      } else if (dependency.path("dependsOn") instanceof ArrayNode on) {
        for (Iterator<JsonNode> one = on.iterator(); one.hasNext(); ) {
          if (left.contains(one.next().textValue())) {
            one.remove();
          }
        }
      }
    }
    return bom.toPrettyString() + "\n";
  }

  /** Returns a list of licences without libraries that do not travel. */
  static String licences(String licences, Set<String> travelling) {
    List<String> lines = licences.lines().filter(line -> travels(line, travelling)).toList();
    long libraries = lines.stream().filter(line -> LIBRARY.matcher(line).find()).count();
    return (String.join("\n", lines) + "\n")
        .replaceFirst("Lists of \\d+ third", "Lists of " + libraries + " third");
  }

  private static boolean travels(String line, Set<String> travelling) {
    Matcher library = LIBRARY.matcher(line);
    return !library.find()
        || travelling.contains(library.group(1) + "-" + library.group(2) + ".jar");
  }
}
