package spawn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * Where the end-to-end tests run: the tests' own {@link LocalStack}, or a {@link DeployedStack} in
 * an account. Tests that are tagged {@code account} hold in both.
 */
public interface Target {
  /**
   * Returns the second stack, in another region of the same account; none where there is no such.
   */
  Optional<Target> second();

  /** Returns one of the stack's outputs. */
  String output(String key);

  /** Returns a client for the workflow. */
  SfnClient stepFunctions();

  /** Returns a client for the account's IAM. */
  IamClient iam();

  /** Returns a client for EC2 in a region. */
  Ec2Client ec2(String region);

  /** Returns the stack's region. */
  String region();

  /** Returns the IAM path of the roles that the stack makes. */
  default String rolePath() {
    String machine = output("LaunchStateMachineArn");
    String stack = machine.substring(machine.lastIndexOf(':') + 1).replaceAll("-launch$", "");
    return "/spawn/%s/%s/".formatted(stack, region());
  }

  /** Returns the account's number. */
  String account();

  /** Returns the partition of the region, {@code aws} for one. */
  String partition();

  /** Returns what the names begin with that tests give: nothing else in the account does. */
  String name();

  /** Returns whether this is AWS, and not a server that stands in for it. */
  boolean isAws();

  /** Returns an image that instances can be launched from, an id or an SSM parameter. */
  String image();

  /** Returns a small type of instances that fits the image. */
  String instanceType();

  /** Returns the subnet that instances are launched in; none for EC2's own choice. */
  Optional<String> subnet();

  /** Returns an example payload, or one made of it, as it can be launched here. */
  String payload(String example);

  /** Makes the role of the user's own that {@code events/existing-role.json} names, once. */
  String ownRole();

  /** Returns the customer's key that launches may encrypt volumes with, if the stack has one. */
  Optional<String> volumeKey();

  /** Invokes the clean-up function as an operator would, and returns its report. */
  JsonNode cleanUp(String request);

  /**
   * Changes how the simulated edges of AWS behave, or forgets the calls that they have seen.
   *
   * @return whether they can be changed; AWS's cannot
   */
  boolean edges(String settings);

  /**
   * Returns the IAM and EC2 calls since they were last forgotten.
   *
   * @throws UnsupportedOperationException where calls cannot be seen
   */
  List<JsonNode> calls();

  /** Returns those calls of an operation that were no dry runs. */
  List<JsonNode> calls(String operation);

  /** Checks the calls that {@link #calls} returns, where they can be seen. */
  void whereCallsAreSeen(Consumer<List<JsonNode>> check);

  /** Keeps something for the report of this run, if there is one. */
  void note(ObjectNode note);
}
