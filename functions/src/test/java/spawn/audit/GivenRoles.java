package spawn.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import spawn.aws.SimulatedAws;
import spawn.error.InvalidRequest;
import spawn.launch.PayloadReader;
import spawn.policy.RandomPolicy;
import spawn.role.LeaseTerms;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;
import spawn.role.Roles;

/** Roles of every kind that payloads can ask for, as launches make them. */
final class GivenRoles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WORDS =
      List.of(
          "s3:ReadOnly",
          "s3:ReadWrite",
          "dynamodb:WriteOnly",
          "sqs:ReadWrite",
          "logs:WriteOnly",
          "ecr:Pull",
          "sns:WriteOnly");
  private static final List<String> MANAGED =
      List.of(
          "AmazonSSMManagedInstanceCore",
          "CloudWatchAgentServerPolicy",
          "AmazonS3ReadOnlyAccess",
          "arn:aws:iam::123456789012:policy/team/ours");

  private final SimulatedAws aws;
  private final Random dice;

  GivenRoles(SimulatedAws aws, Random dice) {
    this.aws = aws;
    this.dice = dice;
  }

  /** Makes so many different roles; returns their names. */
  List<String> make(int count) {
    List<String> names = new ArrayList<>();
    while (names.size() < count) {
      ObjectNode iam = iam(names.size());
      if (isTaken(iam)) {
        String name = make(iam);
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** Some of the policies that AWS takes are refused by spawn. */
  private boolean isTaken(ObjectNode iam) {
    try {
      request(iam);
      return true;
    } catch (InvalidRequest refused) {
      return false;
    }
  }

  String make(ObjectNode iam) {
    return new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
        .ensure(request(iam))
        .role()
        .name();
  }

  private RoleRequest request(ObjectNode iam) {
    ObjectNode payload = JSON.createObjectNode();
    payload.set("iam", iam);
    if (!iam.has("role")) {
      payload.putObject("instance").put("ImageId", "ami-1");
    }
    return new PayloadReader(RoleRequests.CONTEXT, aws.clock())
        .read(payload, "execution")
        .role()
        .orElseThrow();
  }

  private ObjectNode iam(int number) {
    ObjectNode iam = JSON.createObjectNode();
    if (dice.nextInt(3) == 0) {
      iam.put("role", "job-" + number);
    }
    if (dice.nextInt(4) > 0) {
      ArrayNode words = iam.putArray("policies");
      words.add(any(WORDS));
      iam.putArray("resources").add("*");
    }
    if (dice.nextInt(3) == 0) {
      iam.set("policyDocument", RandomPolicy.document(dice));
    }
    if (dice.nextInt(2) == 0) {
      iam.putArray("managedPolicies").add(any(MANAGED));
    }
    if (dice.nextInt(3) == 0) {
      iam.put("maxSessionDuration", 3600 + 900 * dice.nextInt(44));
    }
    if (dice.nextInt(3) == 0) {
      iam.putObject("roleTags").put("Cost", "c" + dice.nextInt(100)).put("zone", "z é+/=@");
    }
    if (iam.has("role") && dice.nextInt(3) == 0) {
      iam.putArray("trustServices").add("ec2").add("ecs-tasks");
    }
    return iam.put("creator", "tester " + number);
  }

  private <T> T any(List<T> list) {
    return list.get(dice.nextInt(list.size()));
  }

  /** Lets so much time pass that nothing is new. */
  GivenRoles settled() {
    aws.advance(Duration.ofMinutes(10));
    return this;
  }
}
