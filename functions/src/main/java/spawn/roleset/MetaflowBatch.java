package spawn.roleset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import spawn.payload.PayloadObject;

/**
 * The roles that Metaflow needs to run on AWS Batch: one for the jobs, one for Batch itself, one
 * for the instances of its compute environments, and one for Spot Fleet if asked for.
 *
 * <p>Which service each trusts, and the policy that AWS keeps for it, are those of the Batch user
 * guide (<a href="https://docs.aws.amazon.com/batch/latest/userguide/service_IAM_role.html">service
 * role</a>, <a
 * href="https://docs.aws.amazon.com/batch/latest/userguide/instance_IAM_role.html">instance
 * role</a>, <a
 * href="https://docs.aws.amazon.com/batch/latest/userguide/spot_fleet_IAM_role.html">Spot Fleet
 * role</a>). What jobs need are Metaflow's own data in S3, logs, and images (<a
 * href="https://github.com/Netflix/metaflow-tools/blob/master/aws/cloudformation/metaflow-cfn-template.yml">Metaflow's
 * template</a>).
 */
final class MetaflowBatch {
  /** Its name in payloads. */
  static final String NAME = "metaflow-batch";

  /** The fields of a payload that belong to it. */
  static final List<String> FIELDS =
      List.of("jobResources", "additionalJobPolicies", "jobStatements", "enableSpotFleetRole");

  /** Which field of the payload is which of the jobs' role. */
  private static final Map<String, String> OF_THE_JOB =
      Map.of(
          "resources", "jobResources",
          "managedPolicies", "additionalJobPolicies",
          "statements", "jobStatements");

  /** The longest of the endings of its roles' names. */
  static final String LONGEST_ENDING = "-batch-instance-role";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private MetaflowBatch() {}

  /** Returns the roles as a payload would spell them out, by what their outputs begin with. */
  static Map<String, ObjectNode> roles(String prefix, PayloadObject payload) {
    Map<String, ObjectNode> roles = new LinkedHashMap<>();
    ObjectNode job = role(prefix + "-batch-job-role", "ecs-tasks");
    List.of("s3:ReadWrite", "logs:WriteOnly", "ecr:ReadOnly")
        .forEach(job.putArray("policies")::add);
    OF_THE_JOB.forEach(
        (field, here) -> payload.member(here).ifPresent(given -> job.set(field, given)));
    roles.put("batchJob", job);
    roles.put(
        "batchService", with(role(prefix + "-batch-service-role", "batch"), "AWSBatchServiceRole"));
    roles.put(
        "batchInstance",
        with(role(prefix + LONGEST_ENDING, "ec2"), "AmazonEC2ContainerServiceforEC2Role"));
    if (payload.flag("enableSpotFleetRole")) {
      roles.put(
          "spotFleet",
          with(role(prefix + "-spot-fleet-role", "spotfleet"), "AmazonEC2SpotFleetTaggingRole"));
    }
    return roles;
  }

  /** Returns the names of all its outputs. */
  static List<String> outputs() {
    return Stream.concat(
            Stream.of("batchJob", "batchService", "batchInstance", "spotFleet")
                .map(role -> role + "Role"),
            Stream.of("batchInstanceProfile"))
        .flatMap(what -> Stream.of(what + "Arn", what + "Name"))
        .toList();
  }

  /**
   * Returns which field of the payload a field of one of its roles comes from, or the preset where
   * the payload says nothing of it.
   *
   * @param output what the role's outputs begin with
   * @param field the path within the role, for example {@code .statements[0].Action}
   */
  static String origin(String output, String field) {
    for (Map.Entry<String, String> each : OF_THE_JOB.entrySet()) {
      String given = "." + each.getKey();
      if (output.equals("batchJob") && field.startsWith(given)) {
        return "$." + each.getValue() + field.substring(given.length());
      }
    }
    return "$.preset";
  }

  /** What is said of a role because of the service that it is for. */
  static final List<String> WARNINGS = List.of("NO_EC2_TRUST", "TRUST_BEYOND_EC2");

  private static ObjectNode role(String name, String service) {
    ObjectNode role = JSON.objectNode().put("role", name);
    role.putArray("trustServices").add(service);
    return role;
  }

  private static ObjectNode with(ObjectNode role, String managedPolicy) {
    role.putArray("managedPolicies").add(managedPolicy);
    return role;
  }
}
