package spawn.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The project's template, with its intrinsic functions worked out as CloudFormation would in a
 * sample account (<a
 * href="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html">intrinsic
 * functions</a>); one that it does not know fails loudly.
 */
public final class Template {
  /** The account that the template is deployed in. */
  public static final String ACCOUNT = "123456789012";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^!}]+)}");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JsonNode document;
  private final Map<String, String> given;

  private Template(JsonNode document, Map<String, String> given) {
    this.document = document;
    this.given = given;
  }

  /** The file, read once: nobody changes what is read. */
  private static final class Read {
    static final JsonNode DOCUMENT = document();

    private static JsonNode document() {
      try (Reader file = Files.newBufferedReader(Path.of("template.yaml"))) {
        Object tree = new Yaml(new ShortTags()).load(file);
        return new ObjectMapper().valueToTree(tree);
      } catch (IOException brokenTest) {
        throw new UncheckedIOException(brokenTest);
      }
    }
  }

  /** Returns the template with its parameters' defaults, in the partition {@code aws}. */
  public static Template read() {
    Map<String, String> pseudo =
        Map.of(
            "AWS::Partition", "aws",
            "AWS::URLSuffix", "amazonaws.com",
            "AWS::Region", "us-east-1",
            "AWS::AccountId", ACCOUNT,
            "AWS::StackName", "spawn");
    return new Template(Read.DOCUMENT, pseudo);
  }

  /** Returns the template with another value for a parameter, given or AWS's own. */
  public Template with(String parameter, String value) {
    Map<String, String> more = new TreeMap<>(given);
    more.put(parameter, value);
    return new Template(document, more);
  }

  /** Returns the names of all parameters. */
  public List<String> parameters() {
    return document.path("Parameters").propertyStream().map(Map.Entry::getKey).toList();
  }

  /** Returns the logical ids of all resources of a type. */
  public List<String> idsOf(String type) {
    return document.path("Resources").properties().stream()
        .filter(resource -> resource.getValue().path("Type").asText().equals(type))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the types of all resources. */
  public List<String> types() {
    return document
        .path("Resources")
        .valueStream()
        .map(resource -> resource.path("Type").asText())
        .distinct()
        .toList();
  }

  /** Returns a property that all functions have, worked out. */
  public JsonNode ofEachFunction(String name) {
    return resolved(document.at("/Globals/Function").path(name));
  }

  /** Returns a property of a resource, worked out. */
  public JsonNode property(String id, String name) {
    return resolved(raw(id).path("Properties").path(name));
  }

  /** Returns a member of a resource beside its properties. */
  public JsonNode member(String id, String name) {
    return resolved(raw(id).path(name));
  }

  /**
   * Returns the variables that the template sets for a function, those of all functions among them
   * (<a
   * href="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html">globals
   * are added</a>), and the region, which Lambda sets.
   */
  public Map<String, String> environment(String function) {
    Map<String, String> variables = new TreeMap<>();
    for (JsonNode environment :
        List.of(ofEachFunction("Environment"), property(function, "Environment"))) {
      environment
          .path("Variables")
          .properties()
          .forEach(variable -> variables.put(variable.getKey(), variable.getValue().asText()));
    }
    variables.put("AWS_REGION", given.get("AWS::Region"));
    return variables;
  }

  /** Returns the values that a parameter lists, or the ends of its range; empty if it has none. */
  public List<String> values(String parameter) {
    JsonNode described = document.path("Parameters").path(parameter);
    return Stream.concat(
            described.path("AllowedValues").valueStream(),
            Stream.of(described.path("MinValue"), described.path("MaxValue")))
        .filter(value -> !value.isMissingNode())
        .map(JsonNode::asText)
        .toList();
  }

  /**
   * Returns the statements of all policies that the template gives to a function or a state
   * machine; those that SAM adds by itself are not among them.
   */
  public List<ObjectNode> statements(String id) {
    List<ObjectNode> statements = new ArrayList<>();
    for (JsonNode policy : raw(id).path("Properties").path("Policies")) {
      JsonNode of =
          policy.has("Ref")
              ? property(policy.get("Ref").asText(), "PolicyDocument")
              : resolved(policy);
      of.path("Statement").forEach(statement -> statements.add(statement.deepCopy()));
    }
    return statements;
  }

  /** Returns the name of every property that any resource sets, or that all functions share. */
  public Set<String> propertyNames() {
    Set<String> names = new TreeSet<>();
    document.path("Globals").path("Function").fieldNames().forEachRemaining(names::add);
    for (JsonNode resource : document.path("Resources")) {
      resource.path("Properties").fieldNames().forEachRemaining(names::add);
    }
    return names;
  }

  private JsonNode raw(String id) {
    JsonNode resource = document.path("Resources").path(id);
    if (resource.isMissingNode()) {
      throw new IllegalArgumentException("The template has no resource " + id);
    }
    return resource;
  }

  private JsonNode resolved(JsonNode node) {
    if (node.isArray()) {
      ArrayNode items = JSON.arrayNode();
      for (JsonNode item : node) {
        JsonNode value = resolved(item);
        if (!value.isMissingNode()) { // AWS::NoValue takes the item away
          items.add(value);
        }
      }
      return items;
    }
    if (!node.isObject()) {
      return node;
    }
    if (node.size() == 1) {
      Map.Entry<String, JsonNode> only = node.properties().iterator().next();
      if (only.getKey().equals("Ref") || only.getKey().startsWith("Fn::")) {
        return intrinsic(only.getKey(), only.getValue());
      }
    }
    ObjectNode members = JSON.objectNode();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      JsonNode value = resolved(member.getValue());
      if (!value.isMissingNode()) { // as above
        members.set(member.getKey(), value);
      }
    }
    return members;
  }

  private JsonNode intrinsic(String name, JsonNode argument) {
    return switch (name) {
      case "Ref" -> reference(argument.asText());
      case "Fn::GetAtt" -> JSON.textNode(attribute(getAtt(argument)));
      case "Fn::Sub" ->
          JSON.textNode(
              PLACEHOLDER
                  .matcher(argument.asText())
                  .replaceAll(found -> inText(found.group(1)))
                  .replace("${!", "${")); // a variable of IAM's
      case "Fn::If" -> resolved(argument.get(isTrue(argument.get(0).asText()) ? 1 : 2));
      case "Fn::Join" ->
          JSON.textNode(
              resolved(argument.get(1))
                  .valueStream()
                  .map(JsonNode::asText)
                  .collect(Collectors.joining(argument.get(0).asText())));
      case "Fn::Split" ->
          list(resolved(argument.get(1)).asText().split(Pattern.quote(argument.get(0).asText())));
      default -> throw new IllegalArgumentException("unknown intrinsic function " + name);
    };
  }

  private boolean isTrue(String condition) {
    return holds(document.path("Conditions").path(condition));
  }

  private boolean holds(JsonNode condition) {
    if (condition.has("Fn::Not")) {
      return !holds(condition.get("Fn::Not").get(0));
    }
    if (condition.has("Fn::Equals")) {
      JsonNode sides = resolved(condition.get("Fn::Equals"));
      return sides.get(0).equals(sides.get(1));
    }
    if (condition.has("Condition")) {
      return isTrue(condition.get("Condition").asText());
    }
    if (condition.has("Fn::Or")) {
      return condition.get("Fn::Or").valueStream().anyMatch(this::holds);
    }
    if (condition.has("Fn::And")) {
      return condition.get("Fn::And").valueStream().allMatch(this::holds);
    }
    throw new IllegalArgumentException("unknown condition " + condition);
  }

  private String inText(String name) {
    return name.contains(".") ? attribute(name) : reference(name).asText();
  }

  private JsonNode reference(String name) {
    JsonNode parameter = document.path("Parameters").path(name);
    if (!parameter.isMissingNode()) {
      String value = given.getOrDefault(name, parameter.path("Default").asText());
      return parameter.path("Type").asText().equals("CommaDelimitedList")
          ? list(value.split(","))
          : JSON.textNode(value);
    }
    if (name.equals("AWS::NoValue")) {
      return JSON.missingNode();
    }
    if (name.startsWith("AWS::")) {
      return JSON.textNode(given.get(name));
    }
    if (name.endsWith(".Alias")) {
      return JSON.textNode(attribute(name.replace(".Alias", ".Arn")) + ":live");
    }
    return JSON.textNode(
        switch (raw(name).path("Type").asText()) {
          case "AWS::IAM::ManagedPolicy" ->
              "arn:%s:iam::%s:policy/spawn-%s-1A2B"
                  .formatted(given.get("AWS::Partition"), ACCOUNT, name);
          case "AWS::Serverless::StateMachine" ->
              arn("states", "stateMachine:" + attribute(name + ".Name"));
          default -> "spawn-" + name + "-1A2B";
        });
  }

  private String attribute(String name) {
    String id = name.substring(0, name.indexOf('.'));
    String attribute = name.substring(name.indexOf('.') + 1);
    if (attribute.equals("Name")) {
      return property(id, "Name").asText();
    }
    String physical = "spawn-" + id + "-1A2B";
    return switch (raw(id).path("Type").asText() + " " + attribute) {
      case "AWS::Serverless::Function Arn" -> arn("lambda", "function:" + physical);
      case "AWS::Logs::LogGroup Arn" -> arn("logs", "log-group:" + physical + ":*");
      case "AWS::SQS::Queue Arn" -> arn("sqs", physical);
      case "AWS::SQS::Queue QueueName" -> physical;
      case "AWS::Events::Rule Arn" -> arn("events", "rule/" + physical);
      case "AWS::CloudWatch::Alarm Arn" -> arn("cloudwatch", "alarm:" + physical);
      default -> throw new IllegalArgumentException("unknown attribute " + name);
    };
  }

  private String arn(String service, String rest) {
    return "arn:%s:%s:%s:%s:%s"
        .formatted(given.get("AWS::Partition"), service, given.get("AWS::Region"), ACCOUNT, rest);
  }

  private static String getAtt(JsonNode argument) {
    return argument.isArray()
        ? argument.get(0).asText() + "." + argument.get(1).asText()
        : argument.asText();
  }

  private static ArrayNode list(String[] items) {
    ArrayNode list = JSON.arrayNode();
    Arrays.stream(items).filter(item -> !item.isEmpty()).forEach(list::add);
    return list;
  }

  /** Reads {@code !Ref x} as {@code {"Ref": x}} and {@code !Sub x} as {@code {"Fn::Sub": x}}. */
  private static final class ShortTags extends SafeConstructor {
    ShortTags() {
      super(new LoaderOptions());
      yamlMultiConstructors.put(
          "!",
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              String name = node.getTag().getValue().substring(1);
              Map<String, Object> full = new LinkedHashMap<>();
              full.put(
                  name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name,
                  content(node));
              return full;
            }
          });
    }

    private Object content(Node node) {
      if (node instanceof ScalarNode text) {
        return text.getValue();
      }
      return node instanceof SequenceNode items
          ? constructSequence(items)
          : constructMapping((MappingNode) node);
    }
  }
}
