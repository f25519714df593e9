package spawn.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.sfn.SfnClient;
import spawn.cli.Doctor.Look;

/** Whether the stack is there, whole, and of this command's version. */
final class TheStack {
  /** The output that says which version of spawn the stack is of. */
  static final String VERSION = "Version";

  private final Connection connection;

  TheStack(Connection connection) {
    this.connection = connection;
  }

  /** Returns whether the stack is there. */
  Finding status() {
    connection.output("LaunchStateMachineArn"); // says in one sentence what is wrong with a name
    try (CloudFormationClient cloudFormation = connection.cloudFormation()) {
      Stack found =
          cloudFormation
              .describeStacks(asked -> asked.stackName(connection.stackName()))
              .stacks()
              .get(0);
      String status = found.stackStatusAsString();
      String detail = "%s in %s: %s".formatted(connection.stackName(), connection.region(), status);
      return status.endsWith("_FAILED")
              || status.startsWith("DELETE")
              || status.startsWith("ROLLBACK")
          ? Finding.missing("stack", detail + ". Deploy it anew.")
          : Finding.ok("stack", detail);
    }
  }

  /** Returns what else to look at. */
  List<Look> looks() {
    return List.of(
        new Look("version", this::version),
        new Look("state machines", this::machines),
        new Look("functions", this::functions),
        new Look("boundaries", this::boundaries));
  }

  private Finding version() {
    String own = Spawn.version();
    String deployed = connection.outputs().getOrDefault(VERSION, "");
    if (deployed.isEmpty()) {
      return Finding.note(
          "version", "the stack does not say which one it is of: it is older than this command");
    }
    return deployed.equals(own) || own.isEmpty()
        ? Finding.ok("version", deployed)
        : Finding.note(
            "version",
            "the stack is of %s and this command of %s: deploy the stack anew, or take the command that belongs to it"
                .formatted(deployed, own));
  }

  private Finding machines() {
    try (SfnClient states = connection.stepFunctions()) {
      String status =
          states
              .describeStateMachine(
                  asked -> asked.stateMachineArn(connection.output("LaunchStateMachineArn")))
              .statusAsString();
      return status.equals("ACTIVE")
          ? Finding.ok("state machines", "the one of launches is active")
          : Finding.missing(
              "state machines",
              "the one of launches is %s. Deploy the stack anew.".formatted(status));
    }
  }

  private Finding functions() {
    Map<String, String> states = new TreeMap<>();
    try (LambdaClient lambda = connection.lambda()) {
      connection
          .outputs()
          .forEach(
              (output, name) -> {
                if (output.endsWith("FunctionName")) {
                  states.put(output, state(lambda, name));
                }
              });
    }
    Map<String, List<String>> byState =
        states.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getValue,
                    LinkedHashMap::new,
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    byState.remove("Active");
    if (byState.isEmpty()) {
      return Finding.ok("functions", "%d are active".formatted(states.size()));
    }
    List<String> others = new ArrayList<>();
    byState.forEach(
        (state, names) -> others.add("%s: %s".formatted(state, String.join(", ", names))));
    // Lambda makes a function ready that was not called for two weeks, when it is called.
    return byState.keySet().stream()
            .allMatch(state -> state.equals("Inactive") || state.equals("Pending"))
        ? Finding.note(
            "functions", "the first call waits some minutes; " + String.join("; ", others))
        : Finding.missing("functions", String.join("; ", others) + ". Deploy the stack anew.");
  }

  private static String state(LambdaClient lambda, String name) {
    GetFunctionConfigurationResponse found =
        lambda.getFunctionConfiguration(asked -> asked.functionName(name));
    return String.valueOf(found.stateAsString());
  }

  private Finding boundaries() {
    try (IamClient iam = connection.iam()) {
      for (String output : List.of("InstanceBoundaryArn", "ServiceBoundaryArn")) {
        String arn = connection.output(output);
        try {
          iam.getPolicy(get -> get.policyArn(arn));
        } catch (NoSuchEntityException gone) {
          return Finding.missing(
              "boundaries", "There is no policy %s: deploy the stack anew.".formatted(arn));
        }
      }
      return Finding.ok("boundaries", "both policies are there");
    }
  }
}
