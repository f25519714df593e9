package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.workflow.Outcome;
import spawn.workflow.Stack;

/** A launch that names several subnets, by the whole workflow. */
class SubnetsInTurnTest {
  private static final String A = "subnet-0000000a";
  private static final String B = "subnet-0000000b";
  private static final String E = "subnet-0000000e";
  private static final String TYPE = "p5.48xlarge";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  @BeforeEach
  void threeZonesOfWhichOneDoesNotOfferTheType() {
    aws.givenSubnet(A, "us-east-1a").givenSubnet(B, "us-east-1b").givenSubnet(E, "us-east-1e");
    aws.doesNotOffer("us-east-1e", TYPE);
  }

  private static JsonNode payload(String... subnets) {
    ObjectMapper json = new ObjectMapper();
    return json.valueToTree(
        Map.of(
            "instance", Map.of("ImageId", "ami-1", "InstanceType", TYPE),
            "iam", Map.of("policies", List.of("s3:ReadOnly")),
            "options", Map.of("subnetIds", List.of(subnets))));
  }

  /** The subnets that were asked for an instance, in their order. */
  private List<String> tried() {
    return aws.calls("RunInstances").stream()
        .filter(Call::isWrite)
        .map(call -> ((RunInstancesRequest) call.request()).subnetId())
        .toList();
  }

  @Test
  void aZoneThatDoesNotOfferTheTypeLeadsToTheNextSubnet() {
    Outcome outcome = stack.launch("unsupported-first", payload(E, B));

    assertThat(outcome.error()).isEmpty();
    assertThat(tried()).containsExactly(E, B);
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void aFullZoneAndOneThatDoesNotOfferTheTypeLeadToTheThirdSubnet() {
    aws.capacity("us-east-1a", 0);

    Outcome outcome = stack.launch("third", payload(A, E, B));

    assertThat(outcome.error()).isEmpty();
    assertThat(tried()).containsExactly(A, E, B);
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void theProfileIsProvenInASubnetThatEc2LaunchesInto() {
    stack.launch("proven", payload(E, B));

    assertThat(aws.calls("RunInstances").stream().filter(call -> !call.isWrite()))
        .extracting(call -> ((RunInstancesRequest) call.request()).subnetId())
        .containsExactly(E, B);
  }

  @Test
  void whereNoZoneOffersTheTypeTheLaunchEndsAsALackOfCapacityAfterAFewTries() {
    aws.doesNotOffer("us-east-1b", TYPE);

    Outcome outcome = stack.launch("nowhere", payload(E, B));

    assertThat(outcome.error()).contains("spawn.error.CapacityUnavailable");
    assertThat(outcome.cause().orElseThrow())
        .contains("Your requested instance type (p5.48xlarge) is not supported");
    assertThat(aws.instances()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EBS-optimized instances are not supported for your requested configuration.",
        "ED25519 key pairs are not supported with Windows AMIs."
      })
  void aConfigurationThatIsUnsupportedEverywhereEndsTheLaunchAtOnce(String message) {
    aws.faults(
        stack.limited(
            new Faults() {
              @Override
              public void before(Call call) {
                if (call.operation().equals("RunInstances") && call.isWrite()) {
                  throw AwsErrors.ec2("Unsupported", 400, message);
                }
              }
            }));

    Outcome outcome = stack.launch("unsupported", payload(A, B));

    assertThat(outcome.error()).contains("spawn.error.LaunchRejected");
    assertThat(tried()).containsExactly(A);
  }
}
