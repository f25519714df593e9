package spawn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import spawn.error.InvalidRequest;
import spawn.launch.PayloadReader;
import spawn.policy.StackContext;
import spawn.policy.StackContext.BroadAccess;
import spawn.roleset.RoleSetReader;

/**
 * The payloads that cost most to read, of every kind that anybody could think of.
 *
 * <p>Its {@code main} prints what each of them costs: CPU on the reading thread, once, after a
 * hundred typical launches, as a function has read them before.
 */
public final class WorstPayloads {
  /** What Step Functions takes as the input of an execution, in bytes. */
  static final int MOST = 262_144;

  private static final int WARM_UP = 100;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static final StackContext STACK =
      new StackContext(
          "aws",
          "123456789012",
          "us-east-1",
          "/spawn/",
          "spawn",
          "spawn",
          "arn:aws:iam::123456789012:policy/spawn/InstanceBoundary",
          "arn:aws:iam::123456789012:policy/spawn/ServiceBoundary",
          List.of(),
          BroadAccess.WARN);

  /** What people send. */
  static final JsonNode TYPICAL =
      json(
          "{'instance': {'ImageId': 'ami-0123456789abcdef0', 'InstanceType': 'm7i.large'}, 'iam': {'policies':"
              + " ['s3:ReadOnly', 'dynamodb:WriteOnly', 'logs:WriteOnly'], 'resources': ['s3://data/in/*', 'dynamodb://results']}}");

  /** Managed policies of AWS that can be attached, by name. */
  private static final List<String> MANAGED = managedPolicies();

  private WorstPayloads() {}

  private static List<String> managedPolicies() {
    try (Stream<String> lines =
        Files.lines(Path.of("functions/src/main/resources/spawn/policy/managed-policies.txt"))) {
      return lines
          .map(line -> line.split(" ", 2)[0])
          .filter(path -> !path.startsWith("/aws-service-role/"))
          .map(path -> path.substring(path.lastIndexOf('/') + 1))
          .toList();
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }

  /** Returns the payloads by what is in them. */
  static Map<String, JsonNode> all() {
    Map<String, JsonNode> all = new TreeMap<>();
    statements(all);
    reviewed(all);
    lists(all);
    roleSets(all);
    instances(all);
    return all;
  }

  /** Returns a launch by one statement of many short patterns. */
  static JsonNode wildcards(int actions, int resources) {
    return launch(
        allow(actions, i -> "a:" + x(i) + "*", resources, i -> "arn:aws:s:::" + x(i) + "*"));
  }

  private static void statements(Map<String, JsonNode> all) {
    all.put("300 wildcard actions on 300 wildcard resources", wildcards(300, 300));
    all.put(
        "900 actions on 900 resources",
        launch(allow(900, i -> "a:" + x(i), 900, i -> "arn:aws:s:::" + x(i))));
    all.put(
        "2,600 actions on 1,100 resources",
        launch(allow(2_600, i -> "a:" + x(i), 1_100, i -> "arn:aws:s:::" + x(i))));
    all.put(
        "900 actions on 28 KB of ${",
        launch(allow(900, i -> "a:" + x(i), 1, i -> "arn:aws:s3:::" + "${".repeat(14_000))));
    all.put("4,300 wildcard actions", launch(allow(4_300, i -> "a:" + x(i) + "*", 1, i -> "*")));
    all.put(
        "970 patterns that begin with *, 10 KB",
        launch(allow(970, i -> "a:*" + x(2_000 + i) + "*", 1, i -> "*")));
    all.put(
        "3,900 patterns that begin with *, 40 KB",
        launch(allow(3_900, i -> "a:*" + x(2_000 + i) + "*", 1, i -> "*")));
    all.put(
        "6 patterns of 1,600 characters with * before what is nearly repeated",
        launch(allow(1, i -> "*", 6, i -> hostile(i, 1_600))));
    all.put(
        "24 patterns of 1,600 characters, the same",
        launch(allow(1, i -> "*", 24, i -> hostile(i, 1_600))));
    all.put(
        "80 patterns of *a*a*a, 500 characters each",
        launch(allow(1, i -> "*", 80, i -> "arn:aws:s3:::" + x(i) + "*a".repeat(243) + "b")));
    all.put("each action on resources of its own, 10 KB", launch(allDiffer(128, 7, 48)));
    all.put("each action on resources of its own, 40 KB", launch(allDiffer(512, 9, 150)));
    ArrayNode butSome = MAPPER.createArrayNode();
    for (int i = 0; i < 20; i++) {
      int each = i;
      butSome.add(
          MAPPER
              .createObjectNode()
              .put("Effect", "Deny")
              .put("Resource", "*")
              .set("NotAction", list(190, j -> "a:" + x(each * 190 + j) + "*")));
    }
    all.put("20 times all but 190 wildcard actions", launch(butSome));
    ArrayNode guards = allow(1, i -> "*", 400, i -> "arn:aws:s3:::*" + x(i) + "*");
    for (int i = 0; i < 280; i++) {
      ObjectNode guarded = guards.addObject().put("Effect", "Allow").put("Action", "s3:GetObject");
      guarded.put("Resource", "arn:aws:s3:::" + x(i));
      guarded.putObject("Condition").putObject("StringEquals").put("aws:x", x(i));
    }
    all.put("280 conditions beside 400 wildcard resources", launch(guards));
    ArrayNode conditions = allow(1, i -> "s3:GetObject", 1, i -> "*");
    ObjectNode keys =
        ((ObjectNode) conditions.get(0)).putObject("Condition").putObject("StringLike");
    for (int i = 0; i < 1_000; i++) {
      keys.set("aws:RequestTag/" + x(i), list(3, WorstPayloads::x));
    }
    all.put("a condition of 1,000 keys", launch(conditions));
    ArrayNode deep = allow(1, i -> "s3:GetObject", 1, i -> "*");
    JsonNode inner = MAPPER.createObjectNode();
    for (int i = 0; i < 900; i++) {
      inner = MAPPER.createObjectNode().set("StringLike", inner);
    }
    ((ObjectNode) deep.get(0)).set("Condition", inner);
    all.put("a condition 900 deep", launch(deep));
    ArrayNode unknown = MAPPER.createArrayNode();
    unknown.add(members(4_000));
    all.put("a statement of 4,000 unknown elements", launch(unknown));
    ObjectNode both =
        launch(allow(2_400, i -> "a:" + x(i) + "*", 950, i -> "arn:aws:s:::" + x(i) + "*"));
    ObjectNode document = ((ObjectNode) both.get("iam")).putObject("policyDocument");
    document.put("Version", "2012-10-17");
    document.set(
        "Statement", allow(2_400, i -> "b:" + x(i) + "*", 950, i -> "arn:aws:s:::*" + x(i)));
    all.put("a document and statements of 2,400 on 950 wildcards", both);
  }

  /** Returns a pattern that is compared to the end of others before it turns out not to match. */
  private static String hostile(int number, int length) {
    String same = "a".repeat(length / 2);
    return "arn:aws:s3:::*%s%s%s".formatted(same, x(number), same);
  }

  /** Returns statements by which no two actions are granted on the same resources. */
  private static ArrayNode allDiffer(int actions, int statements, int resources) {
    ArrayNode all = MAPPER.createArrayNode();
    for (int i = 0; i < statements; i++) {
      int bit = i;
      ObjectNode statement = all.addObject().put("Effect", "Allow");
      statement.set(
          "Action",
          list(
              IntStream.range(0, actions)
                  .filter(action -> (action >> bit & 1) == 1)
                  .mapToObj(action -> "a:" + x(action))
                  .toList()));
      statement.set("Resource", list(resources, r -> "arn:aws:s:::" + x(bit * resources + r)));
    }
    return all;
  }

  /** What makes the review of a policy look at many of AWS's actions. */
  private static void reviewed(Map<String, JsonNode> all) {
    all.put(
        "676 patterns of EC2's actions, two letters each",
        launch(allow(676, i -> "ec2:*" + letters(i) + "*", 1, i -> "*")));
    all.put(
        "676 patterns of EC2's actions on all of a kind",
        launch(
            allow(
                676,
                i -> "ec2:*" + letters(i) + "*",
                60,
                i -> "arn:aws:ec2:*:*:" + "*".repeat(i % 3 + 1) + "/" + x(i) + "*")));
    all.put("200 managed policies", iam("managedPolicies", list(200, MANAGED::get)));
    all.put(
        "40 roles of 40 managed policies",
        roles(
            40,
            (role, i) -> role.set("managedPolicies", list(40, j -> MANAGED.get(40 * i / 2 + j)))));
  }

  private static String letters(int i) {
    return "" + (char) ('a' + i / 26) + (char) ('a' + i % 26);
  }

  private static void lists(Map<String, JsonNode> all) {
    all.put(
        "200 misspelt managed policies of 128 characters",
        iam("managedPolicies", list(200, i -> "AmazonS3ReadOnly" + "x".repeat(109) + x(i))));
    all.put(
        "200 misspelt managed policies of 22 characters",
        iam("managedPolicies", list(200, i -> "AmazonS3ReadOnlyAcc" + x(i))));
    all.put("200 misspelt words", iam("policies", list(200, i -> "dynamdb:ReedOnli" + x(i))));
    all.put("200 words of 1,200 characters", iam("policies", list(200, i -> x(i).repeat(400))));
    all.put(
        "200 resources of no service", iam("resources", list(200, i -> "dynamdb" + x(i) + "://t")));
    ObjectNode scoped = iam("resources", list(200, i -> "s3://" + x(i) + "*".repeat(1_200)));
    ((ObjectNode) scoped.get("iam")).putArray("policies").add("s3:FullAccess");
    all.put("200 resources of 1,200 stars", scoped);
    all.put("20,000 words", iam("policies", list(20_000, i -> "s3:ReadOnly")));
    all.put(
        "200 roles to assume",
        iam(
            "assumeRoles",
            list(200, i -> "arn:aws:iam::111122223333:role/" + "r".repeat(60) + x(i))));
    all.put("200 services", iam("trustServices", list(200, i -> "s".repeat(60) + x(i))));
    ObjectNode tags = MAPPER.createObjectNode();
    for (int i = 0; i < 20_000; i++) {
      tags.put("k" + i, "");
    }
    all.put("20,000 tags", iam("roleTags", tags));
    ObjectNode expectations = MAPPER.createObjectNode();
    ArrayNode wrong = expectations.putArray("allow");
    ArrayNode right = expectations.putArray("deny");
    for (int i = 0; i < 25; i++) {
      wrong.add("s3:" + "GetObjec".repeat(600) + " s3://a");
      right.add("s3:GetObject kinesis://" + x(i).repeat(400));
    }
    all.put("50 expectations that are wrong", iam("expect", expectations));
    all.put("20,000 unknown members of iam", MAPPER.createObjectNode().set("iam", members(20_000)));
    all.put("20,000 unknown members", members(20_000));
    ObjectNode subnets = (ObjectNode) TYPICAL.deepCopy();
    subnets.putObject("options").set("subnetIds", list(13_000, i -> "subnet-%08x".formatted(i)));
    all.put("13,000 subnets", subnets);
  }

  private static void roleSets(Map<String, JsonNode> all) {
    all.put(
        "40 roles of 40 misspelt managed policies of 128 characters",
        roles(
            40,
            (role, i) ->
                role.set("managedPolicies", list(40, j -> "AmazonS3" + "x".repeat(117) + x(j)))));
    all.put(
        "40 roles of 200 misspelt words",
        roles(40, (role, i) -> role.set("policies", list(200, j -> "dynamdb:ReedOnli" + x(j)))));
    all.put(
        "40 roles of all words on 100 resources",
        roles(
            40,
            (role, i) -> {
              ArrayNode words = role.putArray("policies");
              for (String service :
                  List.of("s3", "sqs", "sns", "dynamodb", "logs", "ec2", "ecr", "ssm")) {
                words
                    .add(service + ":FullAccess")
                    .add(service + ":ReadOnly")
                    .add(service + ":ReadWrite");
              }
              role.set(
                  "resources",
                  list(100, j -> (j % 2 == 0 ? "s3://" : "sqs://") + "bucket-" + x(j)));
            }));
    all.put(
        "40 roles of 200 wildcard actions on 200 wildcard resources",
        roles(
            40,
            (role, i) ->
                role.set(
                    "statements",
                    allow(200, j -> "a:" + x(j) + "*", 200, j -> "arn:aws:s:::" + x(j) + "*"))));
    all.put(
        "40 roles, each action on resources of its own",
        roles(40, (role, i) -> role.set("statements", allDiffer(64, 6, 36))));
    all.put(
        "25 roles of 6 hostile patterns",
        roles(
            25,
            (role, i) -> role.set("statements", allow(1, j -> "*", 6, j -> hostile(j, 1_600)))));
    all.put(
        "6 roles of 24 hostile patterns",
        roles(
            6,
            (role, i) -> role.set("statements", allow(1, j -> "*", 24, j -> hostile(j, 1_600)))));
    all.put(
        "6 roles of 3,900 patterns that begin with *",
        roles(
            6,
            (role, i) ->
                role.set(
                    "statements", allow(3_900, j -> "a:*" + x(2_000 + j) + "*", 1, j -> "*"))));
    all.put(
        "3 roles of 380 conditions beside 1,900 wildcard resources",
        roles(
            3,
            (role, i) -> {
              ObjectNode document = role.putObject("policyDocument").put("Version", "2012-10-17");
              document.set(
                  "Statement",
                  allow(1, j -> "*", 1_900, j -> "arn:aws:s3:::*" + x(1_300 + j) + "*"));
              ArrayNode guards = role.putArray("statements");
              for (int j = 0; j < 380; j++) {
                ObjectNode guarded = guards.addObject().put("Effect", "Allow").put("Action", "a:a");
                guarded.put("Resource", "arn:aws:s3:::" + x(j));
                guarded.putObject("Condition").putObject("Bool").put("a:" + x(j), 1);
              }
            }));
    all.put("40 roles of 500 unknown members", roles(40, (role, i) -> role.setAll(members(500))));
    ObjectNode preset =
        MAPPER.createObjectNode().put("namePrefix", "n").put("preset", "metaflow-batch");
    preset.set(
        "jobStatements",
        allow(2_400, i -> "a:" + x(i) + "*", 950, i -> "arn:aws:s:::" + x(i) + "*"));
    all.put("jobStatements of 2,400 on 950 wildcards", preset);
  }

  private static void instances(Map<String, JsonNode> all) {
    all.put(
        "20,000 unknown members of instance",
        MAPPER.createObjectNode().set("instance", members(20_000)));
    all.put(
        "80,000 empty objects in a list",
        instance(
            instance -> {
              ArrayNode list = instance.putArray("BlockDeviceMappings");
              IntStream.range(0, 80_000).forEach(i -> list.addObject());
            }));
    all.put(
        "120,000 entries of the wrong type",
        instance(instance -> instance.set("SecurityGroupIds", numbers(120_000))));
    all.put(
        "10,000 tags of an instance",
        instance(
            instance -> {
              ObjectNode tags = instance.putArray("TagSpecifications").addObject();
              tags.put("ResourceType", "instance");
              ArrayNode list = tags.putArray("Tags");
              IntStream.range(0, 8_000)
                  .forEach(i -> list.addObject().put("Key", "k" + i).put("Value", ""));
            }));
    all.put(
        "240 KB of user data",
        instance(instance -> instance.put("UserData", "#!/bin/sh\n" + "a b\n".repeat(60_000))));
    all.put(
        "240 KB of base64", instance(instance -> instance.put("UserData", "QUJD".repeat(60_000))));
    all.put(
        "240 KB of =", instance(instance -> instance.put("UserData", "A" + "=".repeat(240_000))));
  }

  private interface Filling {
    void fill(ObjectNode role, int number);
  }

  private static ObjectNode roles(int count, Filling filling) {
    ObjectNode payload = MAPPER.createObjectNode().put("namePrefix", "n");
    ArrayNode roles = payload.putArray("roles");
    for (int i = 0; i < count; i++) {
      filling.fill(roles.addObject().put("role", "n-" + i), i);
    }
    return payload;
  }

  private static ObjectNode instance(Consumer<ObjectNode> filling) {
    ObjectNode payload = MAPPER.createObjectNode();
    filling.accept(payload.putObject("instance").put("ImageId", "ami-1"));
    return payload;
  }

  private static ObjectNode launch(ArrayNode statements) {
    return iam("statements", statements);
  }

  private static ObjectNode iam(String field, JsonNode value) {
    ObjectNode payload = (ObjectNode) json("{'instance': {'ImageId': 'ami-1'}}");
    payload.putObject("iam").set(field, value);
    return payload;
  }

  private static ArrayNode allow(
      int actions, IntFunction<String> action, int resources, IntFunction<String> resource) {
    ArrayNode statements = MAPPER.createArrayNode();
    ObjectNode statement = statements.addObject().put("Effect", "Allow");
    statement.set("Action", list(actions, action));
    statement.set("Resource", list(resources, resource));
    return statements;
  }

  private static ObjectNode members(int count) {
    ObjectNode members = MAPPER.createObjectNode();
    IntStream.range(0, count).forEach(i -> members.put("n" + i, 1));
    return members;
  }

  private static ArrayNode numbers(int count) {
    ArrayNode numbers = MAPPER.createArrayNode();
    IntStream.range(0, count).forEach(i -> numbers.add(1));
    return numbers;
  }

  private static ArrayNode list(int count, IntFunction<String> text) {
    return list(IntStream.range(0, count).mapToObj(text).toList());
  }

  private static ArrayNode list(List<String> texts) {
    ArrayNode list = MAPPER.createArrayNode();
    texts.forEach(list::add);
    return list;
  }

  /** Returns a short text of letters and digits, another one for each number. */
  private static String x(int number) {
    return Integer.toString(number, 36);
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }

  /** Reads a payload as its state does. Returns what is said of it, nothing if it is accepted. */
  static String read(JsonNode payload) {
    try {
      if (payload.has("namePrefix")) {
        new RoleSetReader(STACK).read(payload, "execution");
      } else {
        new PayloadReader(STACK).read(payload, "execution");
      }
      return "";
    } catch (InvalidRequest refused) {
      return refused.getMessage();
    }
  }

  /** Prints what the payloads cost, those whose names hold an argument, or all. */
  public static void main(String[] arguments) {
    for (int i = 0; i < WARM_UP; i++) {
      read(TYPICAL);
    }
    print("typical", TYPICAL);
    all()
        .forEach(
            (name, payload) -> {
              if (arguments.length == 0 || Arrays.stream(arguments).anyMatch(name::contains)) {
                print(name, payload);
              }
            });
  }

  private static void print(String name, JsonNode payload) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    String said;
    try {
      said = read(payload);
    } catch (OutOfMemoryError outOfMemory) {
      said = outOfMemory.toString();
    }
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    System.out.printf(
        "| %s | %,d | %,.1f ms | %s |%n",
        name,
        payload.toString().length(),
        nanos / 1e6,
        said.isEmpty()
            ? "accepted"
            : said.lines()
                .limit(2)
                .map(l -> l.substring(0, Math.min(150, l.length())))
                .collect(Collectors.joining(" ")));
  }
}
