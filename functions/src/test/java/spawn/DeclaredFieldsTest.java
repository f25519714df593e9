package spawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.approval.Answer;
import spawn.approval.ApprovalFields;
import spawn.audit.AuditFields;
import spawn.audit.AuditRequest;
import spawn.audit.RepairFields;
import spawn.audit.RepairRequest;
import spawn.cleanup.SweepFields;
import spawn.cleanup.SweepRequestReader;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.export.ExportFields;
import spawn.export.ExportRequest;
import spawn.json.Json;
import spawn.launch.LaunchFields;
import spawn.launch.PayloadReader;
import spawn.launch.PlannedLaunch;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Kind;
import spawn.payload.ObjectOf;
import spawn.payload.Rule;
import spawn.policy.StackContext;
import spawn.revocation.RevocationFields;
import spawn.revocation.RevocationRequest;
import spawn.role.RoleRequests;
import spawn.roleset.RoleSet;
import spawn.roleset.RoleSetFields;
import spawn.roleset.RoleSetReader;

/** What is declared of the fields of all payloads is what their readers do. */
class DeclaredFieldsTest {
  private static final StackContext STACK =
      new StackContext(
          RoleRequests.CONTEXT.partition(),
          RoleRequests.CONTEXT.account(),
          RoleRequests.CONTEXT.region(),
          "/spawn/",
          "spawn",
          "spawn",
          RoleRequests.CONTEXT.defaultBoundary(),
          RoleRequests.CONTEXT.serviceBoundary(),
          List.of("arn:aws:iam::123456789012:policy/TeamBoundary"),
          RoleRequests.CONTEXT.broadAccess());

  /** A field, and a payload that holds a value of it. */
  record Case(
      Field<?> field, Function<JsonNode, JsonNode> payload, Function<JsonNode, Object> read) {
    @Override
    public String toString() {
      return field.name();
    }

    Object with(JsonNode value) {
      return read.apply(payload.apply(value));
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
            cases(LaunchFields.ALL, DeclaredFieldsTest::launch, DeclaredFieldsTest::readLaunch),
            cases(members("iam"), DeclaredFieldsTest::iam, DeclaredFieldsTest::readLaunch),
            cases(
                members("options"),
                (name, value) ->
                    launch("options", JsonNodeFactory.instance.objectNode().set(name, value)),
                DeclaredFieldsTest::readLaunch),
            cases(RoleSetFields.ALL, DeclaredFieldsTest::roleSet, DeclaredFieldsTest::readRoleSet),
            cases(ApprovalFields.ALL, DeclaredFieldsTest::answer, Answer::read),
            cases(
                SweepFields.ALL,
                (name, value) -> JsonNodeFactory.instance.objectNode().set(name, value),
                SweepRequestReader::read),
            cases(ExportFields.ALL, DeclaredFieldsTest::export, ExportRequest::of),
            cases(AuditFields.ALL, DeclaredFieldsTest::audit, AuditRequest::read),
            cases(RevocationFields.ALL, DeclaredFieldsTest::revocation, RevocationRequest::read),
            cases(
                RepairFields.ALL,
                (name, value) -> JsonNodeFactory.instance.objectNode().set(name, value),
                RepairRequest::read))
        .flatMap(cases -> cases);
  }

  /** A payload with a field set to a value. */
  private interface Payload {
    JsonNode with(String name, JsonNode value);
  }

  private static Stream<Case> cases(
      Fields fields, Payload payload, Function<JsonNode, Object> read) {
    return fields.list().stream()
        .map(field -> new Case(field, value -> payload.with(field.name(), value), read));
  }

  private static Fields members(String name) {
    return ((ObjectOf) (Kind<?>) LaunchFields.ALL.named(name).kind()).fields();
  }

  private static ObjectNode audit(String name, JsonNode value) {
    ObjectNode call = JsonNodeFactory.instance.objectNode().set(name, value);
    if (name.equals("services")) {
      call.putArray("roleNames").add("report-writer");
    }
    return call;
  }

  private static ObjectNode launch(String name, JsonNode value) {
    ObjectNode payload = (ObjectNode) json("{\"instance\": {\"ImageId\": \"ami-1\"}}");
    if (name.equals("instanceId")) {
      payload.removeAll();
    }
    return payload.set(name, value);
  }

  private static JsonNode iam(String name, JsonNode value) {
    ObjectNode iam = JsonNodeFactory.instance.objectNode().set(name, value);
    if (name.equals("resources")) {
      iam.putArray("policies").add("s3:ReadOnly").add("dynamodb:WriteOnly");
    }
    if (name.equals("trustServices")) {
      iam.put("role", "reports");
      return JsonNodeFactory.instance.objectNode().set("iam", iam);
    }
    ObjectNode payload =
        name.equals("none")
            ? launch("instanceId", json("\"i-0123456789abcdef0\""))
            : launch("iam", iam);
    return payload.set("iam", iam);
  }

  private static JsonNode export(String name, JsonNode value) {
    ObjectNode call = JsonNodeFactory.instance.objectNode();
    if (!name.equals("export")) {
      call.put("shrink", "reports");
    }
    return call.set(name, value);
  }

  private static JsonNode roleSet(String name, JsonNode value) {
    ObjectNode payload =
        (ObjectNode) json("{\"namePrefix\": \"nightly\", \"preset\": \"metaflow-batch\"}");
    if (name.equals("roles")) {
      payload.remove("preset");
    }
    return payload.set(name, value);
  }

  private static JsonNode answer(String name, JsonNode value) {
    return examples(ApprovalFields.ALL, ApprovalFields.ALL.names()).set(name, value);
  }

  private static ObjectNode revocation(String name, JsonNode value) {
    ObjectNode call = (ObjectNode) json("{\"role\": \"reports\", \"reason\": \"leaked\"}");
    return call.set(name, value);
  }

  private static PlannedLaunch readLaunch(JsonNode payload) {
    return PlannedLaunch.of(new PayloadReader(STACK).read(payload, "execution"), "execution");
  }

  private static RoleSet readRoleSet(JsonNode payload) {
    return new RoleSetReader(STACK).read(payload, "execution");
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text);
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyExampleIsAccepted(Case each) {
    assertThat(each.field().examples()).isNotEmpty();
    assertThat(each.field().examples())
        .allSatisfy(
            example -> assertThatCode(() -> each.with(json(example))).doesNotThrowAnyException());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anExampleIsOfItsFieldsKind(Case each) {
    for (String example : each.field().examples()) {
      Problems problems = new Problems();

      assertThat(each.field().kind().read(json(example), "$", problems)).isPresent();
      assertThat(problems.list()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsNotOfItsFieldsKindIsRefusedByTheReader(Case each) {
    JsonNode wrong = json("[[1]]");

    assertThatCode(() -> each.with(wrong)).hasMessageContaining(each.field().name());
  }

  static Stream<Case> casesThatTakeNull() {
    return cases()
        .filter(each -> !SweepFields.ALL.list().contains(each.field()))
        .filter(each -> !ApprovalFields.ALL.list().contains(each.field()))
        .filter(each -> !RevocationFields.ALL.list().contains(each.field()))
        .filter(each -> !RepairFields.ALL.list().contains(each.field()));
  }

  @ParameterizedTest
  @MethodSource("casesThatTakeNull")
  void aMemberThatIsNullIsReadAsIfItWereLeftOut(Case each) {
    JsonNode withNull = each.payload().apply(json("null"));
    JsonNode without = withNull.deepCopy();
    leaveOutNulls(without);

    assertThat(without).isNotEqualTo(withNull);
    assertThat(outcome(each, withNull)).isEqualTo(outcome(each, without));
  }

  private static Object outcome(Case each, JsonNode payload) {
    try {
      return each.read().apply(payload);
    } catch (InvalidRequest refused) {
      return refused.getMessage();
    }
  }

  private static void leaveOutNulls(JsonNode json) {
    if (json instanceof ObjectNode object) {
      object.properties().removeIf(member -> member.getValue().isNull());
    }
    json.forEach(DeclaredFieldsTest::leaveOutNulls);
  }

  /** A rule, and a payload that breaks it. */
  record Broken(Rule rule, JsonNode payload, Function<JsonNode, Object> read) {
    @Override
    public String toString() {
      return rule.type() + " " + payload;
    }
  }

  static Stream<Broken> brokenRules() {
    return Stream.of(
            broken(LaunchFields.ALL, members -> members, DeclaredFieldsTest::readLaunch),
            broken(
                members("iam"), members -> launch("iam", members), DeclaredFieldsTest::readLaunch),
            broken(
                RoleSetFields.ALL,
                members -> members.put("namePrefix", "nightly"),
                DeclaredFieldsTest::readRoleSet),
            broken(SweepFields.ALL, members -> members, SweepRequestReader::read))
        .flatMap(broken -> broken);
  }

  private static Stream<Broken> broken(
      Fields fields, Function<ObjectNode, JsonNode> payload, Function<JsonNode, Object> read) {
    return fields.rules().stream()
        .flatMap(
            rule ->
                breaking(rule, fields).map(each -> new Broken(rule, payload.apply(each), read)));
  }

  private static Stream<ObjectNode> breaking(Rule rule, Fields fields) {
    String first = rule.names().get(0);
    Stream<ObjectNode> pairs =
        rule.names().stream().skip(1).map(other -> examples(fields, List.of(first, other)));
    return switch (rule.type()) {
      case EXACTLY_ONE -> Stream.concat(Stream.of(examples(fields, List.of())), pairs);
      case EXCLUDES -> pairs;
    };
  }

  private static ObjectNode examples(Fields fields, List<String> names) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    names.forEach(name -> object.set(name, json(fields.named(name).examples().get(0))));
    return object;
  }

  @ParameterizedTest
  @MethodSource("brokenRules")
  void aBrokenRuleIsRefusedByTheReader(Broken broken) {
    assertThatCode(() -> broken.read().apply(broken.payload()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining(broken.rule().message());
  }

  @Test
  void everyMeaningIsAPhrase() {
    assertThat(cases().map(each -> each.field().meaning()))
        .allSatisfy(meaning -> assertThat(meaning).isNotBlank().doesNotEndWith("."));
  }
}
