package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.regions.Region;
import spawn.policy.Warning;
import spawn.roleset.RoleSetFields;

/** {@code spawn role-set}: roles that belong together. */
@Command(
    name = "role-set",
    description =
        "Makes roles that belong together, changes them as the payload says, or removes them.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: spawn role-set --name-prefix metaflow-prod --preset metaflow-batch --job-resources s3://metaflow-data/* --plan"
    })
final class RunRoleSet implements Callable<Integer>, PayloadFlags.Taker {
  private static final Map<String, List<String>> NAMES =
      Map.of("creator", List.of("--iam-creator", "--creator"));

  private final Shell shell;
  private final PayloadFlags flags = new PayloadFlags(PayloadFlag.of(RoleSetFields.ALL, NAMES));

  @Mixin private RunOptions run;

  @Mixin private BaseOption base;

  @Spec private CommandSpec command;

  RunRoleSet(Shell shell) {
    this.shell = shell;
  }

  @Override
  public PayloadFlags flags() {
    return flags;
  }

  @Override
  public Integer call() {
    TypedFiles files = new TypedFiles(shell);
    Payload payload = base.payload(files);
    flags.put(command.commandLine().getParseResult(), payload, files);
    JsonNode json = payload.json();
    return run.run(
        shell,
        payload,
        new Workflow(),
        json.path("delete").asBoolean()
            ? Optional.of(
                "The role set %s and all its roles are removed."
                    .formatted(json.path("namePrefix").asText()))
            : Optional.empty());
  }

  /** The workflow of role sets, and how people see what came of one. */
  private static final class Workflow implements RunOptions.Workflow {
    @Override
    public String machine() {
      return "RoleSetStateMachineArn";
    }

    @Override
    public List<Warning> check(Payload payload, Region region) {
      return PayloadCheck.ofRoleSet(payload, region);
    }

    @Override
    public void show(JsonNode output, Payload payload, Shell shell) {
      Table table = Table.of("ROLE", "OUTCOME", "CHANGES", "ARN");
      for (JsonNode role : output.path("roles")) {
        table.row(
            role.path("name").asText(""),
            role.path("outcome").asText(role.path("verdict").asText("")),
            role.path("changes")
                .valueStream()
                .map(JsonNode::asText)
                .collect(Collectors.joining(", ")),
            role.path("arn").asText(""));
      }
      table.print(shell.out());
    }
  }
}
