package spawn.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.policy.StackContext;
import spawn.role.Roles;
import spawn.role.Tags;
import spawn.workflow.Outcome;
import spawn.workflow.Stack;

/**
 * A payload that launches ask for, and what a plan says of its role.
 *
 * @param label what it is here for
 * @param payload the launch payload
 * @param described whether it says what the role should hold
 * @param roleName the role's name, or the first of the generated ones
 * @param hash the hash of the role's content
 * @param trustPolicy the role's trust policy
 * @param inlinePolicy the role's inline policy
 * @param managedPolicies what is attached to the role
 */
record RequestedRole(
    String label,
    JsonNode payload,
    boolean described,
    String roleName,
    String hash,
    String trustPolicy,
    JsonNode inlinePolicy,
    Set<String> managedPolicies) {
  /** The role of the user's own that launches may name. */
  static final String OWN_ROLE = "my-own-role";

  /** Stands in a policy that IAM refuses for good, however often it is put. */
  static final String REFUSED_BY_IAM = "refused-by-iam";

  /** Each launch draws its own. */
  private static final String SUBNETS =
      "\"subnetIds\":[\"" + Subnets.A + "\",\"" + Subnets.B + "\"]";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** All payloads of the simulation: same, overlapping and different permissions. */
  static List<RequestedRole> all() {
    return Site.FIRST.requestedRoles();
  }

  /** The same for a stack that says something else of itself. */
  static List<RequestedRole> all(StackContext context) {
    return List.of(
        of(context, "reader", "{\"policies\":[\"s3:ReadOnly\"]}"),
        of(
            context,
            "reader written otherwise",
            "{\"policies\":[\"s3:readonly\",\"s3:ReadOnly\"],\"roleTags\":{\"team\":\"data\"}}"),
        of(
            context,
            "reader in another profile",
            "{\"policies\":[\"s3:ReadOnly\"],\"instanceProfile\":\"readers\"}"),
        of(
            context,
            "worker",
            "{\"policies\":[\"sqs:ReadWrite\",\"s3:ReadOnly\"],\"managedPolicies\":[\"AmazonSSMManagedInstanceCore\"]}"),
        of(context, "named", "{\"role\":\"report-writer\",\"policies\":[\"dynamodb:WriteOnly\"]}"),
        of(
            context,
            "named otherwise",
            "{\"role\":\"report-writer\",\"policies\":[\"sqs:ReadOnly\"]}"),
        of(
            context,
            "named wrongly",
            "{\"role\":\"report-writer\",\"policies\":[\"s3:ReadOnly\"],\"statements\":[{\"Effect\":\"Allow\","
                + "\"Action\":\"sns:Publish\",\"Resource\":\"arn:aws:sns:us-east-1:123456789012:"
                + REFUSED_BY_IAM
                + "\"}]}"),
        of(context, "named only", "{\"role\":\"report-writer\"}"),
        of(context, "the user's own", "{\"role\":\"" + OWN_ROLE + "\"}"),
        of(context, "default", ""),
        of(
            context,
            "reader in one of several subnets",
            "{\"policies\":[\"s3:ReadOnly\"]}",
            SUBNETS));
  }

  /** The name of a role that ends. */
  static final String ENDING_NAME = "brief-report";

  /** Returns payloads of roles that end an hour and a half after the account begins. */
  static List<RequestedRole> ending() {
    String brief = "{%s\"policies\":[\"s3:ReadOnly\"],\"expires\":\"2026-01-01T01:30:00Z\"}";
    return List.of(
        of(Stack.CONTEXT, "ending", brief.formatted("")),
        of(
            Stack.CONTEXT,
            "named and ending",
            brief.formatted("\"role\":\"" + ENDING_NAME + "\",")));
  }

  /** Returns whether IAM refuses its policy for good. */
  boolean isRefusedByIam() {
    return inlinePolicy.toString().contains(REFUSED_BY_IAM);
  }

  /** Returns a payload that names a role and does not say what it holds. */
  static RequestedRole naming(String role) {
    return of(Stack.CONTEXT, "naming " + role, "{\"role\":\"" + role + "\"}", SUBNETS);
  }

  private static RequestedRole of(StackContext context, String label, String iam) {
    return of(context, label, iam, "");
  }

  private static RequestedRole of(StackContext context, String label, String iam, String options) {
    String given = "{\"instance\":" + Subnets.instance() + (iam.isEmpty() ? "" : ",\"iam\":" + iam);
    JsonNode payload = json(given + ",\"options\":{" + options + "}}");
    JsonNode plan =
        json(
            given
                + ",\"options\":{\"plan\":true"
                + (options.isEmpty() ? "" : "," + options)
                + "}}");
    Outcome planned = Stack.on(SimulatedAws.create(), context).launch("plan", plan);
    JsonNode output =
        planned.output().orElseThrow(() -> new IllegalStateException(label + planned));
    JsonNode role = output.path("role");
    Set<String> managed = new TreeSet<>();
    role.path("managedPolicyArns").forEach(arn -> managed.add(arn.asText()));
    return new RequestedRole(
        label,
        payload,
        payload.path("iam").has("policies"),
        role.path("name").asText(),
        output.path("policyHash").asText(),
        role.path("trustPolicy").toString(),
        role.path("inlinePolicy"),
        managed);
  }

  /** Returns the payload that asks for the same role for an existing instance. */
  JsonNode payloadFor(String instance) {
    ObjectNode other = payload.deepCopy();
    other.remove("instance");
    other.remove("options");
    return other.put("instanceId", instance);
  }

  /** Returns the payload of one launch, which names some of the subnets if it names any. */
  JsonNode payload(Subnets subnets, SplittableRandom random) {
    if (Subnets.namedBy(payload).isEmpty()) {
      return payload;
    }
    ObjectNode drawn = payload.deepCopy();
    ArrayNode ids = ((ObjectNode) drawn.path("options")).putArray("subnetIds");
    subnets.some(random).forEach(ids::add);
    return drawn;
  }

  /** Returns whether spawn chooses the role's name, and removes the role when nothing uses it. */
  boolean isGenerated() {
    return !payload.path("iam").has("role") && described;
  }

  /** Returns whether it is the role of launches that ask for no permissions. */
  boolean isDefault() {
    return !payload.has("iam");
  }

  /** Returns the name of the profile that the role goes into if it has this name. */
  String profileName(String role) {
    return Optional.ofNullable(payload.path("iam").path("instanceProfile").textValue())
        .orElse(role);
  }

  /** Returns whether a role holds all that this payload asks for. */
  boolean isHeldBy(SimulatedRole role) {
    return role.tag(Tags.POLICIES).equals(Optional.of(hash))
        && role.attachedPolicies().equals(managedPolicies)
        && Optional.ofNullable(role.inlinePolicies().get(Roles.INLINE_POLICY))
            .map(document -> json(document).equals(inlinePolicy))
            .orElse(!hasInlinePolicy());
  }

  /** Returns whether a role holds at least what this payload asks for, whatever else. */
  boolean isPartOf(SimulatedRole role) {
    return role.attachedPolicies().containsAll(managedPolicies)
        && (!hasInlinePolicy() || role.inlinePolicies().containsKey(Roles.INLINE_POLICY));
  }

  /** Returns whether the role has an inline policy at all. */
  boolean hasInlinePolicy() {
    return !inlinePolicy.path("Statement").isEmpty();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }
}
