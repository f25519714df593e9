package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.launch.PayloadReader;
import spawn.policy.StackContext;
import spawn.policy.StackContext.BroadAccess;
import spawn.policy.Warning;
import spawn.roleset.RoleSetReader;

/**
 * Reads a payload by the code of the stack's functions, before anything is started. What only the
 * stack knows, its limits and boundaries, is left to it.
 */
final class PayloadCheck {
  private static final Pattern INSTANCE_ARN = Pattern.compile("arn:[^:]*:ec2:[^:]*:(\\d{12}):.*");

  /** Stands for the stack's account, of which nobody is asked. */
  static final String ANY_ACCOUNT = "000000000000";

  /** What a stack closes unless its owner opens it, and only the stack can say. */
  static final Map<String, String> OPEN =
      Map.of(
          "OpenResources",
          "snapshot,network-interface,launch-template,capacity-reservation,dedicated-host,placement-group,resource-group,license-configuration",
          "ImageParameterArns",
          "*",
          "AllowedPolicyArns",
          "*");

  private PayloadCheck() {}

  /**
   * Checks the payload of a launch.
   *
   * @return what its caller should know of it
   * @throws CommandFailure with every problem, each with the flag or the JSON path that it is of
   */
  static List<Warning> ofLaunch(Payload payload, Region region) {
    try {
      return new PayloadReader(context(payload.json(), region))
          .read(payload.json(), "spawn", OPEN)
          .warnings();
    } catch (InvalidRequest wrong) {
      throw refused(wrong, payload);
    }
  }

  /** Checks the payload of a role set, as {@link #ofLaunch} does. */
  static List<Warning> ofRoleSet(Payload payload, Region region) {
    try {
      return new RoleSetReader(context(payload.json(), region))
          .read(payload.json(), "spawn", OPEN)
          .warnings();
    } catch (InvalidRequest wrong) {
      throw refused(wrong, payload);
    }
  }

  /** Returns what a stack says of its roles whose boundaries and account are not known. */
  static StackContext context(ObjectNode payload, Region region) {
    String partition = PartitionMetadata.of(region).id();
    String boundary = "arn:%s:iam::%s:policy/spawn".formatted(partition, ANY_ACCOUNT);
    return new StackContext(
        partition,
        account(payload.path("instanceId")),
        region.id(),
        "/spawn/",
        StackOptions.DEFAULT_STACK,
        "spawn",
        boundary + "-instances",
        boundary + "-services",
        payload.findValuesAsText("permissionsBoundary"),
        BroadAccess.WARN);
  }

  /** Only an instance's ARN is refused for its account, which the stack compares with its own. */
  private static String account(JsonNode instanceId) {
    Matcher arn = INSTANCE_ARN.matcher(instanceId.asText());
    return arn.matches() ? arn.group(1) : ANY_ACCOUNT;
  }

  private static CommandFailure refused(InvalidRequest wrong, Payload payload) {
    StringBuilder message = new StringBuilder("Nothing was started:");
    for (Problem problem : wrong.problems()) {
      message.append(
          "\n- %s: %s"
              .formatted(payload.flagOf(problem.path()).orElse(problem.path()), problem.message()));
    }
    wrong
        .getMessage()
        .lines()
        .filter(line -> line.matches("and \\d+ more\\."))
        .forEach(more -> message.append("\n").append(more));
    return CommandFailure.wrongCall(message.toString());
  }
}
