package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** {@code spawn status}: how far an execution is, or how an instance stands. */
@Command(
    name = "status",
    description = "Shows how far executions are, and how instances stand.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn status my-instance"})
final class Status implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Parameters(
      paramLabel = "EXECUTION|INSTANCE",
      arity = "1..*",
      description =
          "ids or names of instances, ARNs or names of the stack's executions; what is the name of both is the instance")
  private List<String> words = List.of();

  private final ArrayNode json = Json.array();

  Status(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Connection connection = stack.connect(shell);
    try (Ec2Client ec2 = connection.ec2(connection.region());
        IamClient iam = connection.iam();
        SfnClient stepFunctions = connection.stepFunctions()) {
      for (String word : words) {
        boolean isInstance =
            !ExecutionStatus.isArn(word) && showInstances(word, connection.region().id(), ec2, iam);
        if (!isInstance
            && (InstanceTargets.isId(word) || !showExecution(word, stepFunctions, connection))) {
          throw CommandFailure.failed(
              "Neither an instance nor an execution of the stack %s in %s is called \"%s\"."
                  .formatted(connection.stackName(), connection.region(), Table.printable(word)));
        }
      }
    }
    if (output.isJson()) {
      shell.out().println(Json.pretty(json));
    }
    return 0;
  }

  private boolean showInstances(String word, String region, Ec2Client ec2, IamClient iam) {
    List<ListedInstance> found =
        new RegionInstances(region, ec2, new InstanceRoles(iam)).named(List.of(word));
    for (ListedInstance one : found.stream().sorted(ListedInstance.ORDER).toList()) {
      InstanceStatus status = InstanceStatus.of(one, ec2, iam);
      json.add(status.json());
      if (!output.isJson()) {
        status.print(shell.out());
      }
    }
    return !found.isEmpty();
  }

  private boolean showExecution(String word, SfnClient stepFunctions, Connection connection) {
    Optional<ExecutionStatus> found = ExecutionStatus.find(word, stepFunctions, connection);
    found.ifPresent(
        status -> {
          json.add(status.json());
          if (!output.isJson()) {
            status.print(shell.out());
          }
        });
    return found.isPresent();
  }
}
