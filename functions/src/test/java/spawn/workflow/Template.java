package spawn.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What the stack's template says of the workflow and its functions. */
public final class Template {
  private static final Path FILE = Path.of("template.yaml");
  private static final String ALIAS = ".Alias";

  private final JsonNode content;

  private Template(JsonNode content) {
    this.content = content;
  }

  /** Returns the project's own template. CloudFormation's tags are read as what they stand on. */
  public static Template read() {
    try {
      return new Template(new ObjectMapper(new YAMLFactory()).readTree(FILE.toFile()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Returns where the definition of a state machine lies. */
  Path definition(String machine) {
    return Path.of(required(property(machine, "DefinitionUri"), machine).asText());
  }

  /** The one substitution that stands for no function. */
  static final String PARTITION = "Partition";

  /**
   * Returns the functions that a definition's substitutions stand for: the function's name in the
   * template by the substitution's.
   */
  Map<String, String> functionsBySubstitution(String machine) {
    Map<String, String> functions = new TreeMap<>();
    property(machine, "DefinitionSubstitutions")
        .properties()
        .forEach(
            each -> {
              String target = each.getValue().asText();
              if (each.getKey().equals(PARTITION)) {
                return;
              }
              if (!target.endsWith(ALIAS)) {
                throw new IllegalStateException(
                    "The workflow must call a function's alias, not " + target + ".");
              }
              functions.put(each.getKey(), target.substring(0, target.length() - ALIAS.length()));
            });
    return functions;
  }

  /** Returns how long a function may run. */
  public Duration timeout(String function) {
    JsonNode own = property(function, "Timeout");
    JsonNode timeout = own.isMissingNode() ? globals().path("Timeout") : own;
    return Duration.ofSeconds(required(timeout, function + "'s Timeout").asLong());
  }

  /** Returns how much memory a function has. */
  int memoryInMegabytes(String function) {
    JsonNode own = property(function, "MemorySize");
    JsonNode memory = own.isMissingNode() ? globals().path("MemorySize") : own;
    return required(memory, function + "'s MemorySize").asInt();
  }

  /** Returns whether one execution is reserved for a function, so that two never run at once. */
  boolean isReservedOne(String function) {
    return property(function, "ReservedConcurrentExecutions").toString().contains(",1,");
  }

  /** Returns the class of a function's handler. */
  String handler(String function) {
    return required(property(function, "Handler"), function + "'s Handler").asText();
  }

  private JsonNode property(String resource, String name) {
    return required(content.path("Resources").path(resource), resource)
        .path("Properties")
        .path(name);
  }

  private JsonNode globals() {
    return content.path("Globals").path("Function");
  }

  private static JsonNode required(JsonNode node, String what) {
    if (node.isMissingNode()) {
      throw new IllegalStateException("The template does not say: " + what);
    }
    return node;
  }
}
