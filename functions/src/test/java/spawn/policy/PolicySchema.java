package spawn.policy;

import static spawn.schema.Definitions.anyOf;
import static spawn.schema.Definitions.closed;
import static spawn.schema.Definitions.like;
import static spawn.schema.Definitions.object;
import static spawn.schema.Definitions.orNull;
import static spawn.schema.Definitions.texts;
import static spawn.schema.Definitions.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import spawn.schema.Definitions;
import spawn.schema.EcmaPattern;
import spawn.schema.FieldSchema;

/**
 * What policy documents, statements in both spellings and roles to assume are in JSON Schema, as
 * {@link StatementReader} and {@link AssumedRoleReader} read them.
 */
public final class PolicySchema {
  private static final String GRAMMAR =
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";

  /** What {@link ResourceRules} asks of every resource; the rest depends on the stack. */
  private static final Pattern RESOURCE =
      Pattern.compile("\\*|arn:(?!:)" + StatementReader.CHARACTERS.pattern());

  private static final Pattern SET =
      Pattern.compile("(?:" + String.join("|", ConditionReader.SETS) + "):");

  private PolicySchema() {}

  /** Returns the schema of a whole document. */
  public static ObjectNode document(Definitions definitions) {
    return definitions.ref(
        "policyDocument",
        () -> {
          ObjectNode document = closed().put("description", GRAMMAR);
          ObjectNode members = document.withObjectProperty("properties");
          members.set(
              "Version",
              type("string").set("enum", texts(new TreeSet<>(StatementReader.VERSIONS))));
          members.set("Id", type("string"));
          ObjectNode statement = iam(definitions);
          members.set("Statement", either(listOf(statement), statement));
          document.putArray("required").add("Statement");
          return document;
        });
  }

  /** Returns the schema of several statements: a list, or an object of them by name. */
  public static ObjectNode statements(Definitions definitions) {
    ObjectNode statement =
        definitions.ref(
            "statement",
            () -> {
              ObjectNode either = object();
              ArrayNode names = either.putObject("if").putArray("anyOf");
              Spelling.TERRAFORM
                  .names()
                  .forEach(name -> names.addObject().putArray("required").add(name));
              either.set("then", terraform(definitions));
              either.set("else", iam(definitions));
              return either;
            });
    return either(listOf(statement), byName(statement)).setAll(type("array", "object"));
  }

  /** Returns the schema of a role to assume. */
  public static ObjectNode assumedRole(Definitions definitions) {
    return definitions.ref(
        "roleToAssume",
        () -> {
          ObjectNode role = new FieldSchema(definitions, Map.of()).of(AssumedRoleReader.FIELDS);
          role.withObjectProperty("properties")
              .withObjectProperty("role")
              .setAll(like(IamArns.ROLE));
          ObjectNode arnOrObject = object();
          arnOrObject.putObject("if").put("type", "string");
          arnOrObject.set("then", like(IamArns.ROLE));
          return arnOrObject.set("else", role);
        });
  }

  /** Returns the schema of a list, or of something else: an editor then knows which is meant. */
  private static ObjectNode either(ObjectNode list, ObjectNode other) {
    ObjectNode either = object();
    either.putObject("if").put("type", "array");
    either.set("then", list);
    return either.set("else", other);
  }

  /** Returns the schema of a single value of some schema, or of a list of them. */
  private static ObjectNode oneOrMore(ObjectNode item) {
    ObjectNode both = item.deepCopy();
    ArrayNode types = both.putArray("type");
    OneOrMore.of(item.get("type")).forEach(types::add);
    types.add("array");
    return both.set("items", item);
  }

  /** Returns the schema of what a role must, or must not, be allowed. */
  public static ObjectNode expectation(Definitions definitions) {
    return definitions.ref(
        "expectation",
        () -> {
          ObjectNode textOrObject = type("string", "object");
          textOrObject.putObject("if").put("type", "object");
          ObjectNode entry = new FieldSchema(definitions, Map.of()).of(ExpectationReader.ENTRY);
          entry
              .withObjectProperty("properties")
              .set(ExpectFields.CONTEXT.name(), orNull(context(definitions)));
          return textOrObject.set("then", entry);
        });
  }

  /** Returns the schema of the context of what a role must be allowed. */
  public static ObjectNode context(Definitions definitions) {
    return definitions.ref(
        "context",
        () -> {
          ObjectNode context = type("object").put("maxProperties", ContextReader.MAX_KEYS);
          ObjectNode value = oneOrMore(type("string", "number", "boolean"));
          value.put("minItems", 1).put("maxItems", ContextReader.MAX_VALUES);
          value.withArrayProperty("type").add("object").add("null");
          value.putObject("if").put("type", "object");
          value.set("then", new FieldSchema(definitions, Map.of()).of(ContextReader.TYPED));
          Pattern key = Pattern.compile("(?=[^:]+:)" + ContextReader.KEY.pattern());
          context.putObject("patternProperties").set(EcmaPattern.whole(key).orElseThrow(), value);
          return context.set("additionalProperties", type("null"));
        });
  }

  private static ObjectNode listOf(ObjectNode item) {
    return type("array").put("minItems", 1).set("items", item);
  }

  private static ObjectNode byName(ObjectNode item) {
    return type("object").put("minProperties", 1).set("additionalProperties", item);
  }

  private static ObjectNode iam(Definitions definitions) {
    return definitions.ref(
        "iamStatement",
        () -> {
          ObjectNode statement = closed().put("description", GRAMMAR);
          ObjectNode members = statement.withObjectProperty("properties");
          members.set(Spelling.IAM.sid(), like(StatementElements.SID));
          members.set(Spelling.IAM.effect(), effect());
          lists(Spelling.IAM, members);
          members.set(Spelling.IAM.condition(), condition(definitions));
          statement.putArray("required").add(Spelling.IAM.effect());
          for (String element : List.of("Action", "Resource")) {
            statement
                .withArrayProperty("allOf")
                .addObject()
                .putArray("oneOf")
                .add(required(element))
                .add(required("Not" + element));
          }
          return statement;
        });
  }

  private static ObjectNode effect() {
    return type("string").set("enum", texts(new TreeSet<>(StatementElements.EFFECTS)));
  }

  private static void lists(Spelling spelling, ObjectNode members) {
    spelling
        .lists()
        .forEach(
            (element, name) -> {
              ObjectNode text =
                  like(element.endsWith("Action") ? StatementElements.ACTION : RESOURCE);
              members.set(name, oneOrMore(text).put("minItems", 1));
            });
  }

  private static ObjectNode required(String name) {
    ObjectNode required = object();
    required.putArray("required").add(name);
    return required;
  }

  /** What is null or empty counts as left out, whatever its name. */
  private static ObjectNode leftOut(Definitions definitions) {
    return definitions.ref(
        "leftOut",
        () -> type("null", "array", "object").put("maxItems", 0).put("maxProperties", 0));
  }

  private static ObjectNode unlessLeftOut(Definitions definitions, JsonNode schema) {
    ObjectNode unless = object();
    unless.set("if", leftOut(definitions));
    return unless.set("else", schema);
  }

  private static ObjectNode given(String name, Definitions definitions) {
    ObjectNode given = required(name);
    given.putObject("properties").putObject(name).set("not", leftOut(definitions));
    return given;
  }

  private static ObjectNode terraform(Definitions definitions) {
    return definitions.ref(
        "terraformStatement",
        () -> {
          Spelling spelling = Spelling.TERRAFORM;
          ObjectNode statement = closed();
          statement.put(
              "description",
              "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document");
          ObjectNode own = object();
          own.set(spelling.sid(), like(StatementElements.SID));
          own.set(spelling.effect(), effect());
          lists(spelling, own);
          for (String name : spelling.conditions()) {
            own.set(name, blocks(definitions));
          }
          ObjectNode members = statement.withObjectProperty("properties");
          own.properties()
              .forEach(
                  member ->
                      members.set(member.getKey(), unlessLeftOut(definitions, member.getValue())));
          Spelling.IAM.names().forEach(name -> members.put(name, false));
          statement.set("additionalProperties", leftOut(definitions));
          ArrayNode rules = statement.putArray("allOf");
          for (String element : List.of("Action", "Resource")) {
            rules
                .addObject()
                .putArray("oneOf")
                .add(given(spelling.lists().get(element), definitions))
                .add(given(spelling.lists().get("Not" + element), definitions));
          }
          ObjectNode both = rules.addObject().putObject("not");
          spelling
              .conditions()
              .forEach(name -> both.withArrayProperty("allOf").add(given(name, definitions)));
          return statement;
        });
  }

  private static ObjectNode blocks(Definitions definitions) {
    ObjectNode block =
        definitions.ref(
            "terraformCondition",
            () -> {
              ObjectNode one = closed();
              ObjectNode members = one.withObjectProperty("properties");
              members.set("test", like(operator(ConditionReader.OPERATORS)));
              members.set("variable", like(key()));
              ObjectNode value = value(EcmaPattern.whole(StatementReader.CHARACTERS));
              members.set("values", oneOrMore(value));
              one.set("required", texts(ConditionReader.BLOCK));
              return one;
            });
    return anyOf(block, type("array").set("items", block), byName(block));
  }

  /**
   * Returns what the names of some operators match, with set and ending where they may have any.
   */
  private static Optional<String> operator(Iterable<String> operators) {
    TreeSet<String> withEnding = new TreeSet<>();
    operators.forEach(withEnding::add);
    boolean hasNull = withEnding.remove(ConditionReader.NULL_OPERATOR);
    StringBuilder names = new StringBuilder();
    if (!withEnding.isEmpty()) {
      names.append(
          "(?:%s)(?:%s)?".formatted(String.join("|", withEnding), ConditionReader.IF_EXISTS));
    }
    if (hasNull) {
      names.append(names.isEmpty() ? "" : "|").append(ConditionReader.NULL_OPERATOR);
    }
    return Optional.of("^(?:%s)?(?:%s)$".formatted(SET.pattern(), names));
  }

  private static Optional<String> key() {
    return EcmaPattern.part(ConditionReader.KEY)
        .flatMap(
            key ->
                EcmaPattern.part(StatementReader.CHARACTERS)
                    .map(characters -> "^(?=%s$)(?:%s)$".formatted(characters, key)));
  }

  private static ObjectNode condition(Definitions definitions) {
    return definitions.ref(
        "condition",
        () -> {
          ObjectNode condition = type("object");
          ObjectNode plain = condition.putObject("properties"); // for an editor to offer
          ObjectNode others = condition.putObject("patternProperties");
          for (String operator : new TreeSet<>(ConditionReader.OPERATORS)) {
            plain.set(operator, keys(operator, definitions));
            others.set(operator(List.of(operator)).orElseThrow(), keys(operator, definitions));
          }
          // What compares nothing may have any name.
          return condition.set("additionalProperties", type("object").put("maxProperties", 0));
        });
  }

  private static ObjectNode keys(String operator, Definitions definitions) {
    String kind =
        operator.startsWith("Date")
            ? "dates"
            : operator.startsWith("Numeric")
                ? "numbers"
                : operator.endsWith("IpAddress")
                    ? "addresses"
                    : operator.startsWith("Arn") ? "arns" : "texts";
    return definitions.ref(
        "condition." + kind,
        () -> {
          ObjectNode value = value(values(kind));
          ObjectNode keys = type("object").put("additionalProperties", false);
          keys.putObject("patternProperties").set(key().orElseThrow(), oneOrMore(value));
          return keys;
        });
  }

  private static Optional<String> values(String kind) {
    return switch (kind) {
      case "dates" -> EcmaPattern.whole(ConditionValues.DATE);
      case "numbers" -> EcmaPattern.whole(ConditionValues.NUMBER);
      case "addresses" -> EcmaPattern.whole(ConditionValues.ADDRESS);
      case "arns" ->
          EcmaPattern.part(StatementReader.CHARACTERS)
              .map(any -> "^(?=%s$)(?:arn:|%s(?:[*?]|\\$\\{))".formatted(any, "[\\s\\S]*"));
      default -> EcmaPattern.whole(StatementReader.CHARACTERS);
    };
  }

  /**
   * Returns the schema of a value of a condition: strings are of a form, others are not checked.
   */
  private static ObjectNode value(Optional<String> pattern) {
    ObjectNode value = type("string", "number", "boolean");
    pattern.ifPresent(form -> value.put("pattern", form));
    return value;
  }
}
