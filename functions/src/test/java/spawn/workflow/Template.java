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
  private final Map<String, String> parameters;

  private Template(JsonNode content, Map<String, String> parameters) {
    this.content = content;
    this.parameters = parameters;
  }

  /** Returns the project's own template. CloudFormation's tags are read as what they stand on. */
  public static Template read() {
    return with(Map.of());
  }

  /** Returns the same, deployed with values for some of its parameters. */
  static Template with(Map<String, String> parameters) {
    try {
      return new Template(new ObjectMapper(new YAMLFactory()).readTree(FILE.toFile()), parameters);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Returns where the definition of a state machine lies. */
  Path definition(String machine) {
    return Path.of(required(property(machine, "DefinitionUri"), machine).asText());
  }

  /** What stands for a parameter where it is to have no effect. */
  private static final String NO_VALUE = "none";

  /** The one substitution that stands for neither a function nor a parameter. */
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
              if (each.getKey().equals(PARTITION)
                  || isParameter(each.getKey())
                  || isMachine(target)) {
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

  /**
   * Returns the values of the parameters that a definition names, by the parameters' names; each
   * stands under its own.
   */
  Map<String, String> parametersOf(String machine) {
    Map<String, String> values = new TreeMap<>();
    property(machine, "DefinitionSubstitutions")
        .properties()
        .forEach(
            each -> {
              String name = each.getKey();
              if (isParameter(name)) {
                String target =
                    each.getValue().isArray()
                        ? each.getValue().path(1).asText()
                        : each.getValue().asText();
                if (target.equals(NO_VALUE)) {
                  values.put(name, target);
                  return;
                }
                if (!target.equals(name)) {
                  throw new IllegalStateException(
                      "%s must not stand for %s.".formatted(name, target));
                }
                values.put(
                    name,
                    parameters.getOrDefault(
                        name, content.path("Parameters").path(name).path("Default").asText()));
              }
            });
    return values;
  }

  /** Returns the ARNs of the state machines that a definition names, by their substitutions. */
  Map<String, String> machinesBySubstitution(String machine) {
    Map<String, String> machines = new TreeMap<>();
    property(machine, "DefinitionSubstitutions")
        .properties()
        .forEach(
            each -> {
              String target = each.getValue().asText();
              if (isMachine(target)) {
                machines.put(each.getKey(), machineArn(target));
              }
            });
    return machines;
  }

  /** Returns the ARN of a state machine in a stack that is called spawn. */
  String machineArn(String machine) {
    String name = property(machine, "Name").asText().replace("${AWS::StackName}", "spawn");
    return "arn:aws:states:us-east-1:123456789012:stateMachine:" + name;
  }

  private boolean isMachine(String name) {
    return content
        .path("Resources")
        .path(name)
        .path("Type")
        .asText()
        .equals("AWS::Serverless::StateMachine");
  }

  private boolean isParameter(String name) {
    return content.path("Parameters").has(name);
  }

  /** Returns how long a function may run. */
  public Duration timeout(String function) {
    JsonNode own = property(function, "Timeout");
    JsonNode timeout = own.isMissingNode() ? globals().path("Timeout") : own;
    return Duration.ofSeconds(required(timeout, function + "'s Timeout").asLong());
  }

  /** Returns how much memory a function has, if it starts from a snapshot where it can. */
  int memoryInMegabytes(String function) {
    JsonNode own = property(function, "MemorySize");
    JsonNode memory = own.isMissingNode() ? globals().path("MemorySize") : own;
    required(memory, function + "'s MemorySize");
    return (memory.isArray() ? memory.get(1) : memory).asInt();
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
