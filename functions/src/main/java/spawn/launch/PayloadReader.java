package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.policy.Nearest;
import spawn.policy.PermissionsReader;
import spawn.policy.PolicyContext;
import spawn.policy.ResolvedPermissions;
import spawn.role.RoleNames;
import spawn.role.RoleRequest;
import spawn.role.Tags;

/**
 * Reads a launch payload, or says everything that is wrong with it. Pure: whatever it refuses,
 * nothing was written.
 */
public final class PayloadReader {
  private static final Set<String> FIELDS = Set.of("instance", "iam", "options");
  private static final Set<String> OPTIONS = Set.of("plan", "subnetIds");
  private static final Pattern SUBNET_ID = Pattern.compile("subnet-[0-9a-f]{8,17}");
  private static final Set<String> ROLE_FIELDS =
      Set.of("role", "roleTags", "instanceProfile", "creator");
  private static final Set<String> IAM_FIELDS = union(ROLE_FIELDS, PermissionsReader.FIELDS);

  /**
   * What IAM takes as the name of an instance profile (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html">CreateInstanceProfile</a>).
   */
  private static final Pattern PROFILE_NAME = Pattern.compile("[\\w+=,.@-]{1,128}");

  private final PermissionsReader permissions;
  private final PolicyContext context;

  /** Creates a reader for the payloads of one stack. */
  public PayloadReader(PolicyContext context) {
    this.permissions = new PermissionsReader(context);
    this.context = context;
  }

  /**
   * Returns what the payload asks for.
   *
   * @param payload the execution's input
   * @param executionName the execution's name: the creator, where the payload names none
   * @throws InvalidRequest with every problem of the payload
   */
  public LaunchPlan read(JsonNode payload, String executionName) {
    if (!payload.isObject()) {
      throw new InvalidRequest(
          "$",
          "The payload must be an object with \"instance\" and \"iam\", not %s."
              .formatted(SdkJson.kind(payload)));
    }
    Problems problems = new Problems();
    checkFields(payload, "$", FIELDS, problems);
    JsonNode iam = object(payload, "$", "iam", problems);
    checkFields(iam, "$.iam", IAM_FIELDS, problems);
    Optional<InstanceRequest> instance =
        given(payload, "instance").map(node -> InstanceRequest.read(node, "$.instance", problems));
    ResolvedPermissions resolved =
        iam.isMissingNode() ? permissions.defaultRole() : permissions.read(iam, "$.iam", problems);
    RoleRequest role = role(iam, resolved, executionName, problems);
    Optional<String> profileName = profileName(iam, problems);
    if (instance.isEmpty() && role.names().size() > 1) {
      problems.add(
          "$.iam.role",
          "Without an instance to launch, the role needs a name of its own: one that spawn names would be removed as unused.");
    }
    if (instance.isPresent()
        && !resolved.permissions().trustedServices().isEmpty()
        && resolved.permissions().trustedServices().stream().noneMatch(s -> s.startsWith("ec2."))) {
      problems.add(
          "$.iam.trustServices",
          "The role of an instance must trust ec2: without it the instance gets no credentials. Add \"ec2\".");
    }
    JsonNode options = object(payload, "$", "options", problems);
    checkFields(options, "$.options", OPTIONS, problems);
    boolean planOnly = planOnly(options, problems);
    List<String> subnetIds = subnetIds(options, instance, problems);
    problems.throwIfAny();
    return new LaunchPlan(
        planOnly,
        role,
        "arn:%s:iam::%s:role%s%s"
            .formatted(context.partition(), context.account(), Tags.PATH, role.names().get(0)),
        profileName,
        instance,
        subnetIds,
        resolved.assumedRoles(),
        resolved.warnings());
  }

  private static RoleRequest role(
      JsonNode iam, ResolvedPermissions resolved, String executionName, Problems problems) {
    boolean isDefault = iam.isMissingNode();
    Optional<String> name = text(iam, "$.iam", "role", problems);
    name.filter(given -> !RoleNames.isValid(given))
        .ifPresent(
            given ->
                problems.add(
                    "$.iam.role",
                    "\"%s\" is no role name: IAM takes 1 to 64 letters, digits and _ + = , . @ -, without a path."
                        .formatted(given)));
    List<String> names =
        isDefault
            ? List.of(RoleNames.DEFAULT)
            : name.map(List::of)
                .orElseGet(() -> RoleNames.generated(resolved.permissions().hash()));
    return new RoleRequest(
        names,
        resolved.permissions(),
        isDefault || resolved.described(),
        roleTags(iam, problems),
        creator(iam, executionName, problems));
  }

  private static String creator(JsonNode iam, String executionName, Problems problems) {
    return text(iam, "$.iam", "creator", problems)
        .map(
            creator -> {
              if (!Tags.isValidValue(creator)) {
                problems.add(
                    "$.iam.creator",
                    "This becomes a tag: up to 256 letters, digits, spaces and _ . : / = + - @.");
              }
              return creator;
            })
        .orElse(executionName);
  }

  private static Map<String, String> roleTags(JsonNode iam, Problems problems) {
    JsonNode given = object(iam, "$.iam", "roleTags", problems);
    Map<String, String> tags = new TreeMap<>();
    Set<String> keysIgnoringCase = new HashSet<>();
    given
        .properties()
        .forEach(
            tag -> {
              String path = "$.iam.roleTags." + tag.getKey();
              if (!Tags.isValidKey(tag.getKey())) {
                problems.add(
                    path,
                    "IAM takes tag keys of 1 to 128 letters, digits, spaces and _ . : / = + - @ (no comma).");
              }
              if (Tags.isReserved(tag.getKey())) {
                problems.add(
                    path,
                    "Tags that begin with \"spawn:\" or \"aws:\" are written by spawn and AWS; choose another key.");
              }
              if (!keysIgnoringCase.add(tag.getKey().toLowerCase(Locale.ROOT))) {
                problems.add(
                    path, "This key is given twice: IAM ignores case in the keys of role tags.");
              }
              if (!tag.getValue().isTextual()) {
                problems.add(
                    path, "This must be a string, not %s.".formatted(SdkJson.kind(tag.getValue())));
              } else if (!Tags.isValidValue(tag.getValue().textValue())) {
                problems.add(
                    path,
                    "IAM takes tag values of up to 256 letters, digits, spaces and _ . : / = + - @ (no comma).");
              } else {
                tags.put(tag.getKey(), tag.getValue().textValue());
              }
            });
    if (given.size() > Tags.MOST_OF_CALLER) {
      problems.add(
          "$.iam.roleTags",
          "%d tags are too many: IAM takes 50 a role, and spawn needs %d of them."
              .formatted(given.size(), 50 - Tags.MOST_OF_CALLER));
    }
    return tags;
  }

  private static Optional<String> profileName(JsonNode iam, Problems problems) {
    Optional<String> name = text(iam, "$.iam", "instanceProfile", problems);
    name.filter(given -> !PROFILE_NAME.matcher(given).matches())
        .ifPresent(
            given ->
                problems.add(
                    "$.iam.instanceProfile",
                    "\"%s\" is no profile name: IAM takes 1 to 128 letters, digits and _ + = , . @ -, without a path."
                        .formatted(given)));
    return name;
  }

  private static List<String> subnetIds(
      JsonNode options, Optional<InstanceRequest> instance, Problems problems) {
    Optional<JsonNode> given = given(options, "subnetIds");
    if (given.isEmpty()) {
      return List.of();
    }
    String path = "$.options.subnetIds";
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

  private static boolean planOnly(JsonNode options, Problems problems) {
    Optional<JsonNode> plan = given(options, "plan");
    plan.filter(node -> !node.isBoolean())
        .ifPresent(
            node ->
                problems.add(
                    "$.options.plan",
                    "This must be true or false, not %s.".formatted(SdkJson.kind(node))));
    return plan.map(JsonNode::asBoolean).orElse(false);
  }

  private static void checkFields(
      JsonNode object, String path, Set<String> known, Problems problems) {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problems.add(
                    path + "." + name,
                    "There is no field of this name.%s Known are: %s."
                        .formatted(
                            Nearest.question(name, known),
                            String.join(", ", known.stream().sorted().toList())));
              }
            });
  }

  private static JsonNode object(JsonNode parent, String path, String field, Problems problems) {
    Optional<JsonNode> node = given(parent, field);
    if (node.isEmpty()) {
      return MissingNode.getInstance();
    }
    if (!node.get().isObject()) {
      problems.add(
          path + "." + field,
          "This must be an object, not %s.".formatted(SdkJson.kind(node.get())));
      return JsonNodeFactory.instance.objectNode();
    }
    return node.get();
  }

  private static Optional<String> text(
      JsonNode parent, String path, String field, Problems problems) {
    return given(parent, field)
        .flatMap(
            node -> {
              if (!node.isTextual()) {
                problems.add(
                    path + "." + field,
                    "This must be a string, not %s.".formatted(SdkJson.kind(node)));
                return Optional.empty();
              }
              return Optional.of(node.textValue());
            });
  }

  private static Optional<JsonNode> given(JsonNode parent, String field) {
    return Optional.ofNullable(parent.get(field)).filter(node -> !node.isNull());
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> all = new HashSet<>(one);
    all.addAll(other);
    return Set.copyOf(all);
  }
}
