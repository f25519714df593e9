package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.OneOf;
import spawn.payload.PayloadObject;
import spawn.payload.Rule;
import spawn.payload.Text;
import spawn.role.IamFields;

/** The members of a launch payload. */
public final class LaunchFields {
  /**
   * An instance's id, or the ARN that EC2's events have for it (<a
   * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html">EC2's
   * resource types</a>): region, account and id are the groups.
   */
  static final Text INSTANCE_ID_OR_ARN =
      Text.like(
          "instance id",
          128,
          "(?:arn:[a-z-]+:ec2:([a-z0-9-]+):(\\d{12}):instance/)?(i-[0-9a-f]{8,17})",
          "write for example \"i-0123456789abcdef0\", or the instance's ARN");

  /** More than a region has zones to try; each one that has no capacity costs the launch a call. */
  static final int MAX_SUBNETS = 50;

  private static final Text A_SUBNET_ID =
      Text.like("subnet id", 24, "subnet-[0-9a-f]{8,17}", "write for example \"subnet-0123abcd\"");

  static final Field<JsonNode> INSTANCE =
      Field.optional(
          "instance",
          new Document("an EC2 RunInstances request", "EC2 RunInstances requests"),
          "EC2's own RunInstances request, for the instances to launch",
          "{\"ImageId\": \"ami-0123456789abcdef0\", \"InstanceType\": \"m7i.large\"}");

  static final Field<String> RUN =
      Field.optional(
          "run",
          Text.ANY,
          "a shell script or one command that Linux instances run when they first start, in place of user data",
          "\"aws s3 cp s3://training-data/2026/model.bin .\"");

  static final Field<String> INSTANCE_ID =
      Field.optional(
          "instanceId",
          INSTANCE_ID_OR_ARN,
          "the id or ARN of an existing instance, which gets the role",
          "\"i-0123456789abcdef0\"");

  static final Field<Boolean> NONE =
      Field.optional(
          "none", new Flag(), "true takes the role off the instance of instanceId", "true");

  static final Rule NONE_STANDS_ALONE =
      Rule.excludes(
          NONE,
          IamFields.ALL.list(),
          "Takes the role off an instance, so it must stand alone. Leave out either \"none\" or all the rest of $.iam.");

  static final Field<PayloadObject> IAM =
      Field.optional(
          "iam",
          new ObjectOf("roles", IamFields.ALL.and(List.of(NONE)).with(NONE_STANDS_ALONE)),
          "what the instances may do; the default role if left out",
          "{\"policies\": [\"s3:ReadOnly\"]}");

  static final Field<Boolean> PLAN =
      Field.optional(
          "plan", new Flag(), "true ends before anything is made, and returns the plan", "true");

  static final Field<List<String>> SUBNET_IDS =
      Field.optional(
          "subnetIds",
          ListOf.oneOrMore(A_SUBNET_ID).withoutDuplicates(),
          "subnets to try in turn while EC2 has no capacity or does not offer the instance type there",
          "[\"subnet-0123abcd\", \"subnet-4567ef01\"]");

  static final Field<String> WAIT =
      Field.optional(
          "wait",
          new OneOf("state", List.of("running", "pending")),
          "the state that the launch waits for: running, or pending for what EC2 answers at once; running if left out",
          "\"pending\"");

  static final Field<PayloadObject> OPTIONS =
      Field.optional(
          "options",
          new ObjectOf("options", Fields.of(PLAN, SUBNET_IDS, WAIT)),
          "how to launch",
          "{\"plan\": true}");

  static final Rule NEW_OR_EXISTING_INSTANCE =
      Rule.excludes(
          INSTANCE_ID,
          List.of(INSTANCE),
          "Names an existing instance, but $.instance launches one. Leave out one or the other.");

  /** All of them. */
  public static final Fields ALL =
      Fields.of(INSTANCE, RUN, INSTANCE_ID, IAM, OPTIONS).with(NEW_OR_EXISTING_INSTANCE);

  private LaunchFields() {}
}
