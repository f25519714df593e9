package spawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.DialectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.approval.Answer;
import spawn.audit.AuditRequest;
import spawn.error.InvalidRequest;
import spawn.json.Json;
import spawn.revocation.RevocationRequest;
import spawn.schema.SchemaFile;

/** An editor says nothing against what the readers take, and much of what they refuse. */
class SchemaFilesTest {
  private static final String REWRITE = "rewriteSchema";

  /** What puts a payload wrong, or leaves it right, wherever it stands. */
  private static final List<JsonNode> VALUES = values();

  private static final int CHANGED_PAYLOADS = Integer.getInteger("payloads", 100);

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static final Map<String, Schema> SCHEMAS =
      SchemaFile.ALL.stream()
          .collect(Collectors.toMap(SchemaFile::name, file -> REGISTRY.getSchema(file.schema())));

  /** The events that nobody writes, and the one that is wrong on purpose. */
  private static final Set<String> OTHER_EVENTS =
      Set.of(
          "instance-terminated.json",
          "nightly.json",
          "termination-batch.json",
          "three-mistakes.json");

  static List<SchemaFile> files() {
    return SchemaFile.ALL;
  }

  @BeforeAll
  static void rewrite() throws IOException {
    if (Boolean.getBoolean(REWRITE)) {
      for (SchemaFile file : files()) {
        Files.writeString(file.path(), file.text());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFileIsWhatTheDeclarationsMakeOfIt(SchemaFile file) throws IOException {
    assertThat(Files.exists(file.path()) && Files.readString(file.path()).equals(file.text()))
        .as(
            "%s is what is declared; rewrite it with: mvn test -Dtest=SchemaFilesTest -Djacoco.skip=true -DargLine=-D%s=true",
            file.path(), REWRITE)
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFileIsASchemaOf2020(SchemaFile file) {
    Schema ofSchemas = REGISTRY.getSchema(SchemaLocation.of(DialectId.DRAFT_2020_12));

    assertThat(ofSchemas.validate(file.schema())).isEmpty();
  }

  @Test
  void thereIsNoFileBesideThose() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("schema"))) {
      assertThat(files)
          .containsExactlyInAnyOrderElementsOf(files().stream().map(SchemaFile::path).toList());
    }
  }

  static List<Path> events() throws IOException {
    try (Stream<Path> events = Files.list(Path.of("events"))) {
      return events
          .filter(event -> !OTHER_EVENTS.contains(event.getFileName().toString()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEventThatSomebodyWritesIsRightByOneFile(Path event) throws IOException {
    JsonNode payload = Json.read(Files.readString(event));
    Map<String, List<Error>> wrong = new TreeMap<>();
    SCHEMAS.forEach((name, schema) -> wrong.put(name, schema.validate(payload)));

    assertThat(wrong.values())
        .as("a call of a function needs a line in SchemaFile.ALL; what is said: %s", wrong)
        .filteredOn(List::isEmpty)
        .hasSize(1);
  }

  @Test
  void theMistakesAreShownWhereTheyAre() throws IOException {
    JsonNode payload = Json.read(Files.readString(Path.of("events/three-mistakes.json")));

    // That there is no such word, only the reader knows.
    assertThat(SCHEMAS.get("launch").validate(payload))
        .extracting(error -> error.getInstanceLocation() + " " + error.getKeyword())
        .contains("/instance additionalProperties", "/iam/maxSessionDuration minimum");
  }

  @Test
  void theGuidesPayloadIsRightAndNamesAFile() throws IOException {
    String guide = Files.readString(Path.of("docs/schema.md"));
    Matcher block = Pattern.compile("(?s)```json\n(.*?)```").matcher(guide);
    assertThat(block.find()).isTrue();
    JsonNode payload = Json.read(block.group(1));

    assertThat(SCHEMAS.get("launch").validate(payload)).isEmpty();
    assertThat(payloads().get(0).isTaken(payload)).isTrue();
    assertThat(Path.of("events").resolve(payload.get("$schema").textValue())).exists();
    assertThat(SchemaFile.ALL)
        .allSatisfy(file -> assertThat(guide).contains("(../%s)".formatted(file.path())));
  }

  /** A payload that is right, its reader and its schema. */
  record Right(String name, JsonNode payload, Consumer<JsonNode> reader) {
    Schema schema() {
      return SCHEMAS.get(schemaOf(payload, name));
    }

    boolean isTaken(JsonNode changed) {
      Throwable thrown = catchThrowable(() -> reader.accept(changed));
      assertThat(thrown == null || thrown instanceof InvalidRequest).isTrue();
      return thrown == null;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static String schemaOf(JsonNode payload, String name) {
    return SCHEMAS.containsKey(name) ? name : payload.has("namePrefix") ? "role-set" : "launch";
  }

  static List<Right> payloads() {
    List<Right> all = new ArrayList<>();
    WrongFieldsTest.payloads()
        .forEach(valid -> all.add(new Right(valid.name(), json(valid.json()), valid.reader())));
    Consumer<JsonNode> launch = all.get(0).reader();
    all.add(
        new Right(
            "launch of Terraform's statements",
            json(
                "{'instance': {'LaunchTemplate': {'LaunchTemplateId': 'lt-0123456789abcdef0'}, 'DryRun': false, 'ClientToken': null,"
                    + " 'InstanceMarketOptions': {'MarketType': 'spot', 'SpotOptions': {'ValidUntil': '2026-12-31T00:00:00Z'}}},"
                    + " 'iam': {'assumeRoles': [{'role': 'arn:aws:iam::444455556666:role/a/reader', 'externalId': 'x1'}],"
                    + " 'roleTags': {'a b': '', 'aws:x': null}, 'statements': {'one': {'sid': '', 'effect': null, 'actions': ['s3:Get*'],"
                    + " 'not_actions': [], 'resources': 'arn:aws:s3:::&{aws:username}/*', 'principals': [], 'other': {}, 'condition':"
                    + " [{'test': 'ForAnyValue:StringLikeIfExists', 'variable': 'aws:PrincipalTag/a', 'values': ['b']}]},"
                    + " 'two': {'effect': 'Deny', 'not_actions': '*', 'not_resources': ['*'], 'conditions': {'a': {'test': 'Bool',"
                    + " 'variable': 'aws:SecureTransport', 'values': true}}}}}, 'options': null}"),
            launch));
    all.add(
        new Right(
            "launch that ends and is tested",
            json(
                "{'iam': {'role': 'n', 'policies': ['s3:ReadOnly'], 'resources': ['s3://b/*'], 'expires': 'PT8H', 'expect':"
                    + " {'allow': ['s3:GetObject s3://b/k', {'action': 's3:GetObject', 'resource': 's3://b/k', 'context': null}],"
                    + " 'deny': ['iam:CreateUser'], 'context': {'aws:SourceIp': '10.0.0.1', 'aws:TagKeys': ['a'], 'aws:Epoch': {'type': 'date', 'values': '1'}, 'x': null}}}}"),
            launch));
    all.add(
        new Right(
            "audit",
            json("{'format': 'json', 'roleNames': ['a'], 'after': 'b'}"),
            AuditRequest::read));
    all.add(
        new Right(
            "revocation",
            json("{'role': 'a', 'reason': 'r', 'by': 'b', 'sessions': true}"),
            RevocationRequest::read));
    all.add(
        new Right(
            "approval",
            json(
                "{'approval': '%s', 'planHash': '%s', 'answer': 'deny', 'reason': 'r'}"
                    .formatted("a".repeat(64), "b".repeat(64))),
            Answer::read));
    all.add(
        new Right(
            "launch of conditions",
            json(
                "{'iam': {'role': 'n', 'policyDocument': {'Version': '2008-10-17', 'Id': '', 'Statement': {'Effect': 'Deny',"
                    + " 'NotAction': ['s3:*', '*:*'], 'NotResource': 'arn:aws:s3:::b', 'Condition': {'DateLessThan': {'aws:CurrentTime':"
                    + " '2026-01-31T00:00:00Z'}, 'NumericEqualsIfExists': {'s3:max-keys': [1, '+2.5e3']}, 'NotIpAddress': {'aws:SourceIp':"
                    + " ['10.0.0.0/8', '2001:db8::/32']}, 'ForAllValues:ArnLike': {'aws:PrincipalArn': ['arn:aws:iam::*:role/a', '*']},"
                    + " 'Null': {'aws:TokenIssueTime': false}, 'NoOperator': {}, 'Bool': {'aws:a b': []}}}}}}"),
            launch));
    return all;
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void whateverTheReaderTakesIsRight(Right right) {
    assertThat(right.isTaken(right.payload())).isTrue();
    assertThat(right.schema().validate(right.payload())).isEmpty();
    Random random = new Random(right.name().hashCode());
    for (int count = 0; count < CHANGED_PAYLOADS; count++) {
      JsonNode changed = changed(right, 1 + random.nextInt(3), random);
      if (right.isTaken(changed)) {
        assertThat(right.schema().validate(changed)).as("%s", changed).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void mostOfWhatTheReaderRefusesIsWrong(Right right) {
    Random random = new Random(right.name().hashCode());
    int refused = 0;
    int shown = 0;
    for (int count = 0; count < CHANGED_PAYLOADS; count++) {
      JsonNode changed = changed(right, 1, random);
      if (!right.isTaken(changed)) {
        refused++;
        shown += right.schema().validate(changed).isEmpty() ? 0 : 1;
      }
    }
    assertThat(shown).as("of %d", refused).isGreaterThan(refused * 2 / 3);
  }

  /** Returns the payload with other values at some places, or with unknown members. */
  private static JsonNode changed(Right right, int changes, Random random) {
    JsonNode payload = right.payload().deepCopy();
    for (int change = 0; change < changes; change++) {
      JsonNode value = VALUES.get(random.nextInt(VALUES.size())).deepCopy();
      List<Consumer<JsonNode>> places = random.nextInt(6) == 0 ? gaps(payload) : places(payload);
      if (!places.isEmpty()) {
        places.get(random.nextInt(places.size())).accept(value);
      }
    }
    return payload;
  }

  /** Returns what puts a value into each object of a payload, under a name that nobody knows. */
  private static List<Consumer<JsonNode>> gaps(JsonNode parent) {
    List<Consumer<JsonNode>> gaps = new ArrayList<>();
    if (parent instanceof ObjectNode object) {
      gaps.add(value -> object.set("unknown", value));
    }
    parent.forEach(child -> gaps.addAll(gaps(child)));
    return gaps;
  }

  private static List<JsonNode> values() {
    return Stream.concat(
            WrongFieldsTest.WRONG.stream(),
            Stream.of(
                "null",
                "false",
                "'*'",
                "'arn:aws:s3:::a'",
                "'P1DT-2.5s'",
                "'2026-12-31t18:00+01'",
                "'9999-12-31T18:00:00.5Z'",
                "[null]",
                "{'no such': null}",
                "3.0"))
        .map(SchemaFilesTest::json)
        .toList();
  }

  /** Returns what puts a value at each place of a payload. */
  private static List<Consumer<JsonNode>> places(JsonNode parent) {
    List<Consumer<JsonNode>> places = new ArrayList<>();
    if (parent instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        places.add(value -> object.set(member.getKey(), value));
      }
    } else if (parent instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        int index = i;
        places.add(value -> list.set(index, value));
      }
    }
    parent.forEach(child -> places.addAll(places(child)));
    return places;
  }

  @ParameterizedTest
  @MethodSource("spawn.DeclaredFieldsTest#cases")
  void anExampleIsRightAndWhatIsOfAnotherKindIsWrong(DeclaredFieldsTest.Case each) {
    List<JsonNode> right =
        each.field().examples().stream()
            .map(example -> each.payload().apply(json(example, '"')))
            .toList();
    List<Schema> itsOwn =
        SCHEMAS.values().stream()
            .filter(
                schema -> right.stream().allMatch(payload -> schema.validate(payload).isEmpty()))
            .toList();

    assertThat(itsOwn).isNotEmpty();
    assertThat(itsOwn)
        .anySatisfy(
            schema ->
                assertThat(schema.validate(each.payload().apply(json("[[1]]"))))
                    .extracting(error -> error.getInstanceLocation().toString())
                    .anyMatch(at -> at.contains("/" + each.field().name())));
  }

  @ParameterizedTest
  @MethodSource("spawn.DeclaredFieldsTest#brokenRules")
  void aBrokenRuleIsWrong(DeclaredFieldsTest.Broken broken) {
    assertThat(SCHEMAS.values())
        .allSatisfy(schema -> assertThat(schema.validate(broken.payload())).isNotEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          launch   | {'instance': {'ImageId': 'a', 'IamInstanceProfile': {'Name': 'x'}}}
          launch   | {'instance': {'ImageId': 'a', 'ClientToken': 'x'}}
          launch   | {'instance': {'ImageId': 'a', 'DryRun': true}}
          launch   | {'instance': {'ImageId': null, 'InstanceType': 'm7i.large'}}
          launch   | {'instance': {'ImageId': 'a', 'MinCount': 0}}
          launch   | {'instance': {'ImageId': 'a', 'SecurityGroupIds': [null]}}
          launch   | {'instance': {'ImageId': 'a', 'BlockDeviceMappings': [{'Ebs': {'VolumeSze': 8}}]}}
          launch   | {'instance': {'ImageId': 'a', 'TagSpecifications': [{'Tags': [{'Key': 'SPAWN:role'}]}]}}
          launch   | {'iam': {'role': 'a b'}}
          launch   | {'iam': {'$schema': 'x'}}
          launch   | {'iam': {'role': 'a', 'roleTags': {'awS:x': 'y'}}}
          launch   | {'iam': {'role': 'a', 'roleTags': {'a,b': 'y'}}}
          launch   | {'iam': {'role': 'a', 'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 's3://b/*'}]}}
          launch   | {'iam': {'role': 'a', 'statements': [{'Effect': 'Allow', 'Action': 'GetObject', 'Resource': '*'}]}}
          launch   | {'iam': {'role': 'a', 'statements': [{'Effect': 'Allow', 'Action': 's3:*', 'NotAction': 's3:*', 'Resource': '*'}]}}
          launch   | {'iam': {'role': 'a', 'statements': [{'Effect': 'Allow', 'Principal': '*', 'Action': 's3:*', 'Resource': '*'}]}}
          launch   | {'iam': {'role': 'a', 'statements': [{'effect': 'Allow', 'Action': 's3:*', 'resources': '*'}]}}
          launch   | {'iam': {'role': 'a', 'statements': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}}}
          launch   | {'iam': {'role': 'a', 'statements': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'stringEquals': {'a:b': 'c'}}}]}}
          launch   | {'iam': {'role': 'a', 'statements': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'Null': {'b': 'c'}}}]}}
          launch   | {'iam': {'role': 'a', 'assumeRoles': ['arn:aws:iam::444455556666:user/x']}}
          role-set | {'namePrefix': null, 'preset': 'metaflow-batch'}
          role-set | {'namePrefix': 'n'}
          role-set | {'namePrefix': 'n', 'preset': 'metaflow'}
          role-set | {'namePrefix': 'n', 'delete': true, 'plann': true}
          sweep    | {'dryRun': null}
          sweep    | {'dryrun': true}
          sweep    | {'olderThan': '7 days'}
          sweep    | {'regions': ['eu-west']}
          launch   | {'iam': {'role': 'a', 'expires': 'tomorrow'}}
          launch   | {'iam': {'role': 'a', 'expect': {'allow': [{'actions': 's3:GetObject'}]}}}
          audit    | {'format': 'pdf'}
          revocation | {'role': 'a', 'sessions': true, 'undo': true}
          """)
  void whatIsWrongIsShown(String schema, String payload) {
    assertThat(SCHEMAS.get(schema).validate(json(payload))).isNotEmpty();
  }

  @Test
  void asManyTagsAsARoleTakesAreRightAndNullsAreNotCounted() {
    ObjectNode payload = (ObjectNode) json("{'iam': {'role': 'a', 'roleTags': {}}}");
    ObjectNode tags = (ObjectNode) payload.at("/iam/roleTags");
    for (int i = 0; i < 38; i++) {
      tags.put("k" + i, "");
    }
    Schema launch = SCHEMAS.get("launch");

    assertThat(launch.validate(payload)).isEmpty();
    assertThat(launch.validate(with(payload, tags, "null"))).isEmpty();
    assertThat(launch.validate(with(payload, tags, "''"))).isNotEmpty();
  }

  private static JsonNode with(JsonNode payload, ObjectNode object, String value) {
    object.set("one more", json(value));
    return payload;
  }

  @Test
  void aSetIsRemovedWhateverElseIsWrong() {
    assertThat(
            SCHEMAS
                .get("role-set")
                .validate(json("{'namePrefix': 'n', 'delete': true, 'preset': 7, 'roles': 'all'}")))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void aPayloadMayNameItsSchema(Right right) {
    for (String value : List.of("'schema/launch.schema.json'", "null", "7")) {
      ObjectNode payload = right.payload().deepCopy();
      payload.set("$schema", json(value));

      assertThat(right.isTaken(payload)).isTrue();
      assertThat(right.schema().validate(payload)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("spawn.DeclaredFieldsTest#cases")
  void whatIsReadIsTheSameWithASchema(DeclaredFieldsTest.Case each) {
    JsonNode payload = each.payload().apply(json(each.field().examples().get(0), '"'));
    JsonNode withSchema = ((ObjectNode) payload.deepCopy()).put("$schema", "x.json");

    assertThat(each.read().apply(withSchema)).isEqualTo(each.read().apply(payload));
  }

  private static JsonNode json(String text) {
    return json(text, '\'');
  }

  private static JsonNode json(String text, char quotes) {
    try {
      return Json.read(text.replace(quotes, '"'));
    } catch (IOException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }
}
