package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.cli.RoleSimulation.Decision;
import spawn.expect.PermissionTests;
import spawn.expect.RoleToTest;
import spawn.launch.PayloadReader;
import spawn.policy.Expectation;
import spawn.policy.StackContext;
import spawn.role.Owner;
import spawn.role.RoleRequest;

/**
 * {@code spawn iam-test}: what IAM decides about requests of a role, or of one that is only
 * described.
 */
@Command(
    name = "iam-test",
    description = {
      "Has IAM's simulator decide whether a role may do something, and says which statement decides.",
      "Of a role that exists it knows the policies, the permissions boundary and the tags; without --role it tries what",
      "the other options would give a new role. Exit code 0 if all is allowed, 1 if anything is denied."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: spawn iam-test --role my-role --action s3:GetObject --resource s3://bucket/key",
      "Example: spawn iam-test --iam-policy s3:ReadOnly --action s3:PutObject --resource s3://bucket/key"
    })
final class IamTest implements Callable<Integer> {
  /** Between two resources; a key of S3 may hold a comma itself. */
  private static final String BETWEEN_RESOURCES = ",(?=arn:|[a-z0-9-]+://|\\*$|\\*,)";

  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "the role, by name or ARN; it must exist")
  private String role;

  @Option(
      names = "--action",
      required = true,
      split = ",",
      paramLabel = "ACTION",
      description = "what is tried: s3:GetObject")
  private List<String> actions;

  @Option(
      names = "--resource",
      paramLabel = "RESOURCE",
      description = "on what: s3://bucket/key, or an ARN; several are tried each")
  private List<String> resources = List.of();

  @Option(
      names = "--context",
      paramLabel = "KEY=VALUE",
      description = "the value of a condition key, as text or JSON: aws:SourceIp=10.0.0.1")
  private Map<String, String> context = Map.of();

  @Option(
      names = "--iam-policy",
      split = ",",
      paramLabel = "WORD",
      description = "words of a role that does not exist: s3:ReadOnly")
  private List<String> words = List.of();

  @Option(
      names = "--iam-resources",
      paramLabel = "RESOURCE",
      description = "what the words are bound to")
  private List<String> scope = List.of();

  @Option(
      names = "--iam-managed-policies",
      split = ",",
      paramLabel = "POLICY",
      description = "managed policies of a role that does not exist")
  private List<String> managedPolicies = List.of();

  @Option(
      names = "--iam-policy-file",
      paramLabel = "FILE",
      description = "the policy document of a role that does not exist")
  private String policyFile;

  @Option(
      names = "--payload",
      paramLabel = "FILE",
      description = "a launch payload, whose iam describes the role")
  private String payload;

  IamTest(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    ObjectNode described = described();
    if ((role == null) == described.isEmpty()) {
      throw CommandFailure.wrongCall(
          "Name a role that exists by --role, or say by --iam-policy and the like what it would hold: one of the two.");
    }
    Connection connection = stack.connect(shell);
    StackContext context = StackOfRoles.of(connection);
    Requests.Read requests =
        Requests.of(
            actions, resources.stream().flatMap(IamTest::each).toList(), contextValues(), context);
    List<Decision> decisions =
        role == null
            ? wouldBe(described, requests.expectations(), context, connection)
            : is(requests.expectations(), connection);
    print(decisions);
    requests.warnings().forEach(warning -> shell.err().println("Note: " + warning));
    return decisions.stream().allMatch(Decision::isAllowed) ? 0 : CommandFailure.FAILED;
  }

  private List<Decision> is(List<Expectation> requests, Connection connection) {
    try (IamClient iam = connection.iam()) {
      return new RoleSimulation(iam, Clock.systemUTC()).decide(role, requests);
    }
  }

  private static List<Decision> wouldBe(
      ObjectNode described,
      List<Expectation> requests,
      StackContext context,
      Connection connection) {
    described.put("role", "iam-test");
    RoleRequest request =
        WrongCalls.checked(
                () ->
                    new PayloadReader(context)
                        .read(Json.object().set("iam", described), "spawn iam-test"))
            .role()
            .orElseThrow(() -> CommandFailure.wrongCall("The payload's iam describes no role."));
    try (IamClient iam = connection.iam()) {
      return new PermissionTests(iam, Owner.of(context), Clock.systemUTC())
          .verdicts(List.of(new RoleToTest(request, requests))).stream()
              .map(
                  verdict ->
                      new Decision(
                          verdict.action(),
                          verdict.resource(),
                          verdict.decision(),
                          verdict.because(),
                          verdict.met() ? List.of() : verdict.notTold()))
              .toList();
    }
  }

  private ObjectNode described() {
    ObjectNode iam = Json.object();
    if (payload != null) {
      JsonNode base = read(payload).path("iam");
      if (base instanceof ObjectNode object) {
        iam.setAll(object);
        iam.remove("expect");
      }
    }
    Json.put(iam, "policies", words);
    Json.put(iam, "resources", scope.stream().flatMap(IamTest::each).toList());
    Json.put(iam, "managedPolicies", managedPolicies);
    if (policyFile != null) {
      iam.set("policyDocument", read(policyFile));
    }
    return iam;
  }

  private JsonNode read(String file) {
    try {
      return Json.read(Files.readString(shell.file(file)), file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Stream<String> each(String resources) {
    return Stream.of(resources.split(BETWEEN_RESOURCES, -1));
  }

  private ObjectNode contextValues() {
    ObjectNode values = Json.object();
    context.forEach((key, value) -> values.set(key, Json.valueOrText(value)));
    return values;
  }

  private void print(List<Decision> decisions) {
    Table table = Table.of("ACTION", "RESOURCE", "DECISION", "BECAUSE");
    ObjectNode json = Json.object();
    json.put("allowed", decisions.stream().allMatch(Decision::isAllowed));
    ArrayNode all = json.putArray("decisions");
    for (Decision decision : decisions) {
      table.row(
          decision.action(),
          decision.resource(),
          decision.isAllowed()
              ? "allowed"
              : decision.decision().equals("explicitDeny") ? "denied (explicitly)" : "denied",
          decision.because());
      all.add(decision.toJson());
    }
    output.print(shell, json, table);
    decisions.stream()
        .flatMap(decision -> decision.notTold().stream())
        .distinct()
        .forEach(
            key ->
                shell
                    .err()
                    .println(
                        "IAM was told nothing of %s, which the policies ask about: give it by --context %s=…"
                            .formatted(key, key)));
  }
}
