package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.StackContext;
import spawn.role.ReadRole;
import spawn.role.RoleRequest;
import spawn.role.RoleRequestReader;
import spawn.role.Tags;

/**
 * Reads a launch payload, or says everything that is wrong with it. Pure: whatever it refuses,
 * nothing was written.
 */
public final class PayloadReader {
  private static final Set<String> FIELDS = Set.of("instance", "instanceId", "iam", "options");
  private static final Set<String> OPTIONS = Set.of("plan", "subnetIds");
  private static final Set<String> IAM_FIELDS =
      Stream.concat(Stream.of("none"), RoleRequestReader.FIELDS.stream())
          .collect(Collectors.toUnmodifiableSet());

  private static final Pattern SUBNET_ID = Pattern.compile("subnet-[0-9a-f]{8,17}");

  /**
   * An id, or the ARN that EC2's events have for it (<a
   * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html">EC2's
   * resource types</a>).
   */
  private static final Pattern INSTANCE =
      Pattern.compile("(?:arn:[a-z-]+:ec2:([a-z0-9-]+):(\\d{12}):instance/)?(i-[0-9a-f]{8,17})");

  private final RoleRequestReader roles;
  private final StackContext context;

  /** Creates a reader for the payloads of one stack. */
  public PayloadReader(StackContext context) {
    this.roles = new RoleRequestReader(context);
    this.context = context;
  }

  /**
   * Returns what the payload asks for.
   *
   * @param json the execution's input
   * @param executionName the execution's name: the creator, where the payload names none
   * @throws InvalidRequest with every problem of the payload
   */
  public LaunchPlan read(JsonNode json, String executionName) {
    Problems problems = new Problems();
    PayloadObject payload = PayloadObject.of(json, "\"instance\" and \"iam\"", problems);
    payload.only(FIELDS);
    PayloadObject iam = payload.object("iam");
    iam.only(IAM_FIELDS);
    Optional<InstanceRequest> instance =
        payload
            .member("instance")
            .map(node -> InstanceRequest.read(node, payload.path("instance"), problems));
    Optional<String> instanceId = instanceId(payload, problems);
    PayloadObject options = payload.object("options");
    options.only(OPTIONS);
    boolean planOnly = options.flag("plan");
    List<String> subnetIds = subnetIds(options, instance, problems);
    if (iam.flag("none")) {
      checkNone(iam, instanceId, problems);
      problems.throwIfAny();
      return LaunchPlan.withoutRole(planOnly, instanceId.orElseThrow());
    }
    ReadRole role = roles.read(iam, executionName, problems);
    checkRole(role, iam, instance.isPresent() || instanceId.isPresent(), problems);
    problems.throwIfAny();
    return new LaunchPlan(
        planOnly,
        Optional.of(role.request()),
        arn(role.request()),
        role.profileName(),
        role.isForEc2(),
        instance,
        instanceId,
        subnetIds,
        role.permissions().assumedRoles(),
        role.permissions().warnings());
  }

  private String arn(RoleRequest role) {
    return context.roleArn(Tags.PATH, role.names().get(0));
  }

  private static void checkRole(
      ReadRole role, PayloadObject iam, boolean isForAnInstance, Problems problems) {
    if (!isForAnInstance && role.request().names().size() > 1) {
      problems.add(
          iam.path("role"),
          "Without an instance to launch, the role needs a name of its own: one that spawn names would be removed as unused.");
    }
    if (isForAnInstance
        && !role.isForEc2()
        && !role.permissions().permissions().trustedServices().isEmpty()) {
      problems.add(
          iam.path("trustServices"),
          "The role of an instance must trust ec2: without it the instance gets no credentials. Add \"ec2\".");
    }
  }

  private static void checkNone(PayloadObject iam, Optional<String> instanceId, Problems problems) {
    if (iam.json().size() > 1) {
      problems.add(
          iam.path("none"),
          "This takes the role off an instance, so it stands alone. Leave out either this or the rest.");
    }
    if (instanceId.isEmpty() && problems.isEmpty()) {
      problems.add(
          iam.path("none"),
          "There is no $.instanceId to take the role off. An instance is launched with the default role if there is no $.iam.");
    }
  }

  private Optional<String> instanceId(PayloadObject payload, Problems problems) {
    Optional<String> given = payload.text("instanceId");
    if (given.isEmpty()) {
      return given;
    }
    String path = payload.path("instanceId");
    if (payload.member("instance").isPresent()) {
      problems.add(
          path,
          "$.instance launches an instance, and this names one that is there. Leave out one or the other.");
    }
    Matcher form = INSTANCE.matcher(given.get());
    if (!form.matches()) {
      problems.add(
          path, "This must be an instance id such as \"i-0123456789abcdef0\", or its ARN.");
      return Optional.empty();
    }
    if (form.group(1) != null && !form.group(1).equals(context.region())) {
      problems.add(
          path,
          "This instance is in %s, and this stack serves %s. Ask a stack of that region."
              .formatted(form.group(1), context.region()));
    }
    if (form.group(2) != null && !form.group(2).equals(context.account())) {
      problems.add(path, "This instance belongs to another account, %s.".formatted(form.group(2)));
    }
    return Optional.of(form.group(3));
  }

  private static List<String> subnetIds(
      PayloadObject options, Optional<InstanceRequest> instance, Problems problems) {
    Optional<JsonNode> given = options.member("subnetIds");
    if (given.isEmpty()) {
      return List.of();
    }
    String path = options.path("subnetIds");
    if (!given.get().isArray() || given.get().isEmpty()) {
      problems.add(path, "This must be a list of one or more subnet ids.");
      return List.of();
    }
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < given.get().size(); i++) {
      String id = given.get().get(i).textValue();
      if (id == null || !SUBNET_ID.matcher(id).matches()) {
        problems.add(
            "%s[%d]".formatted(path, i), "This must be a subnet id such as \"subnet-0123abcd\".");
      } else if (ids.contains(id)) {
        problems.add(
            "%s[%d]".formatted(path, i), "%s is given twice; leave one out.".formatted(id));
      } else {
        ids.add(id);
      }
    }
    if (instance.isEmpty()) {
      problems.add(path, "There is no $.instance to launch into a subnet.");
    } else if (instance.get().saysWhere()) {
      problems.add(
          path,
          "$.instance already says where, by SubnetId or NetworkInterfaces. Leave out one or the other.");
    }
    return List.copyOf(ids);
  }
}
