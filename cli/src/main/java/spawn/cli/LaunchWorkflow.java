package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;
import spawn.policy.Warning;

/** The workflow of launches, and how people see what came of one. */
final class LaunchWorkflow implements RunOptions.Workflow {
  @Override
  public String machine() {
    return "LaunchStateMachineArn";
  }

  @Override
  public List<Warning> check(Payload payload, Region region) {
    return PayloadCheck.ofLaunch(payload, region);
  }

  @Override
  public void show(JsonNode output, Payload payload, Shell shell) {
    if (output.has("summary")) {
      plan(output, shell);
      return;
    }
    if (!output.path("instances").isEmpty()) {
      instances(output, payload).print(shell.out());
    }
    role(output).ifPresent(shell.out()::println);
    output
        .path("trustPolicies")
        .forEach(
            trust ->
                shell
                    .out()
                    .println(
                        "%s must trust the role:%n%s"
                            .formatted(
                                trust.path("roleArn").asText(),
                                Json.pretty(trust.path("document")))));
    Optional.ofNullable(output.path("awsConfig").textValue())
        .ifPresent(text -> shell.out().print("~/.aws/config of the instances:\n" + text));
  }

  /** What would be made, and what stands in the way. */
  private static void plan(JsonNode plan, Shell shell) {
    plan.path("summary").forEach(sentence -> shell.out().println(sentence.asText()));
    Optional.ofNullable(plan.path("role").path("message").textValue())
        .ifPresent(shell.out()::println);
    Optional.ofNullable(plan.path("ec2").path("message").textValue())
        .ifPresent(shell.out()::println);
    for (String difference : List.of("more", "less")) {
      plan.path("grants")
          .path(difference)
          .forEach(grant -> shell.out().println("  %s: %s".formatted(difference, grant)));
    }
  }

  private static Table instances(JsonNode output, Payload payload) {
    JsonNode request = payload.json().path("instance");
    String role = output.path("role").path("name").asText("");
    Table table = Table.of("NAME", "INSTANCE ID", "TYPE", "STATE", "IAM ROLE", "IP", "ZONE");
    for (JsonNode instance : output.path("instances")) {
      table.row(
          name(request),
          instance.path("instanceId").asText(""),
          request.path("InstanceType").asText(""),
          instance.path("state").asText(""),
          role,
          instance.path("publicIpAddress").asText(instance.path("privateIpAddress").asText("")),
          instance.path("availabilityZone").asText(""));
    }
    return table;
  }

  private static String name(JsonNode request) {
    return request
        .path("TagSpecifications")
        .valueStream()
        .filter(specification -> specification.path("ResourceType").asText().equals("instance"))
        .flatMap(specification -> specification.path("Tags").valueStream())
        .filter(tag -> tag.path("Key").asText().equals("Name"))
        .map(tag -> tag.path("Value").asText())
        .findFirst()
        .orElse("");
  }

  private static Optional<String> role(JsonNode output) {
    JsonNode role = output.path("role");
    return role.isObject()
        ? Optional.of(
            "Role %s %s: %s"
                .formatted(
                    role.path("name").asText(),
                    role.path("outcome").asText(),
                    role.path("arn").asText()))
        : Optional.empty();
  }
}
