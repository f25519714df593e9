package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.FunctionCalls;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.launch.Requests;
import spawn.template.Access;
import spawn.template.AccessRecorder;
import spawn.template.LeastPrivilege;
import spawn.template.Template;

/**
 * The policies of the template, which the local stack does not enforce, held against all the calls
 * that its functions have made there, for whichever test.
 */
@Isolated("it looks at what the others did")
@OnLocalStack
class PoliciesIT {
  private static final Template TEMPLATE = FunctionCalls.template();

  /** Where a second stack of this name may have been, whose calls are held against its policies. */
  private static final String ELSEWHERE = "eu-west-1";

  private final LocalStack stack;
  private final Workflow workflow;

  PoliciesIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  /** So that this class has something to look at when it is run alone. */
  @BeforeEach
  void aLaunchAndASweep() {
    workflow.launch(LocalStack.file("events/launch.json"));
    stack.cleanUp(LocalStack.file("events/nightly.json"));
  }

  @Test
  void everyCallThatAFunctionMadeHereIsAllowed() {
    Map<String, Set<Access>> made = made();

    assertThat(made.keySet()).isEqualTo(functionsWithPermissions());
    made.forEach(
        (function, accesses) ->
            assertThat(refused(TEMPLATE.statements(function), here(accesses)))
                .as(function)
                .isEmpty());
    Template second = TEMPLATE.with("AWS::Region", ELSEWHERE);
    made.forEach(
        (function, accesses) -> {
          Set<Access> elsewhere = new LinkedHashSet<>(accesses);
          elsewhere.removeAll(here(accesses));
          assertThat(refused(second.statements(function), elsewhere))
              .as("%s in %s", function, ELSEWHERE)
              .isEmpty();
        });
  }

  @Test
  void aStatementThatIsTakenAwayIsMissedHere() {
    List<ObjectNode> statements =
        TEMPLATE.statements("EnsureRole").stream()
            .filter(statement -> !statement.path("Sid").asText().equals("TagOwnRoles"))
            .toList();

    assertThat(refused(statements, here(made().get("EnsureRole"))))
        .isNotEmpty()
        .allSatisfy(access -> assertThat(access.action()).isEqualTo("iam:TagRole"));
  }

  @Test
  void nothingIsAllowedThatIsDoneNeitherHereNorOnTheSimulatedAws() {
    Map<String, Set<Access>> done = FunctionCalls.drive(TEMPLATE);
    made()
        .forEach(
            (function, accesses) ->
                done.merge(
                    function,
                    here(accesses),
                    (one, other) ->
                        Stream.of(one, other).flatMap(Set::stream).collect(Collectors.toSet())));

    done.forEach(
        (function, accesses) ->
            assertThat(LeastPrivilege.complaints(TEMPLATE.statements(function), accesses))
                .as(function)
                .isEmpty());
  }

  /** Returns those that are not about what is in the region of a second stack. */
  private static Set<Access> here(Set<Access> accesses) {
    return accesses.stream()
        .filter(access -> !access.resource().matches(".*[:/]" + ELSEWHERE + "[:/].*"))
        .collect(Collectors.toSet());
  }

  private static List<Access> refused(List<ObjectNode> statements, Set<Access> accesses) {
    return accesses.stream().filter(access -> !LeastPrivilege.allows(statements, access)).toList();
  }

  /** Returns the functions that call IAM or EC2, whose calls the local stack records. */
  private static Set<String> functionsWithPermissions() {
    Set<String> functions = new TreeSet<>();
    for (String function : TEMPLATE.idsOf("AWS::Serverless::Function")) {
      if (TEMPLATE.statements(function).stream()
          .filter(statement -> statement.path("Effect").asText().equals("Allow"))
          .anyMatch(statement -> statement.path("Action").toString().matches(".*\"(iam|ec2):.*"))) {
        functions.add(function);
      }
    }
    return functions;
  }

  /** Returns the access that each function's calls needed, by its logical id. */
  private Map<String, Set<Access>> made() {
    Map<String, Set<Access>> made = new TreeMap<>();
    String told =
        stack
            .access()
            .toString()
            .replace(
                stack.output("InstanceBoundaryArn"),
                TEMPLATE.environment("ResolvePolicies").get("SPAWN_BOUNDARY"))
            .replace(
                stack.output("ServiceBoundaryArn"),
                TEMPLATE.environment("ResolvePolicies").get("SPAWN_SERVICE_BOUNDARY"))
            .replace(":000000000000:", ":" + Template.ACCOUNT + ":");
    for (JsonNode call : LocalStack.json(told)) {
      made.computeIfAbsent(call.path("function").asText(), first -> new LinkedHashSet<>())
          .addAll(access(call));
    }
    return made;
  }

  /** Lets the recorder see the call in an account that holds what the call was about. */
  private static List<Access> access(JsonNode call) {
    SimulatedAws aws = SimulatedAws.create().account(Template.ACCOUNT);
    call.path("profiles").forEach(profile -> giveProfile(aws, profile));
    call.path("roles").forEach(role -> giveRole(aws, role, call.path("profiles")));
    AccessRecorder recorder = new AccessRecorder(aws);
    String service = call.path("service").asText();
    String operation = call.path("operation").asText();
    recorder.before(
        new Call(
            1,
            service,
            call.path("region").asText(),
            operation,
            Requests.of(service, operation, call.path("parameters"))));
    Map<String, String> tags = new TreeMap<>();
    call.path("instanceTags")
        .forEach(
            tag ->
                tags.put(
                    "aws:ResourceTag/" + tag.path("Key").asText(), tag.path("Value").asText()));
    return recorder.taken().stream().map(access -> with(tags, access)).toList();
  }

  private static Access with(Map<String, String> instanceTags, Access access) {
    if (!access.resource().contains(":instance/i-")) {
      return access;
    }
    Map<String, String> context = new TreeMap<>(access.context());
    context.putAll(instanceTags);
    return new Access(access.action(), access.resource(), context);
  }

  private static void giveProfile(SimulatedAws aws, JsonNode profile) {
    String name = profile.path("name").asText();
    aws.givenProfile(name, profile.path("path").asText());
    aws.personsIam()
        .tagInstanceProfile(
            request -> request.instanceProfileName(name).tags(tags(profile).toList()));
  }

  private static void giveRole(SimulatedAws aws, JsonNode role, JsonNode profiles) {
    String name = role.path("name").asText();
    aws.givenRole(
        name,
        given -> {
          given.path(role.path("path").asText());
          if (role.hasNonNull("boundary")) {
            given.boundary(role.path("boundary").asText());
          }
          tags(role).forEach(tag -> given.tag(tag.key(), tag.value()));
        });
    for (JsonNode profile : profiles) {
      if (profile.path("roles").valueStream().anyMatch(held -> held.asText().equals(name))) {
        aws.personsIam()
            .addRoleToInstanceProfile(
                request ->
                    request.roleName(name).instanceProfileName(profile.path("name").asText()));
      }
    }
  }

  private static Stream<Tag> tags(JsonNode tagged) {
    return tagged
        .path("tags")
        .valueStream()
        .map(
            tag ->
                Tag.builder()
                    .key(tag.path("Key").asText())
                    .value(tag.path("Value").asText())
                    .build());
  }
}
