package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.association.AssociationTarget;
import spawn.json.Json;
import spawn.launch.InstanceRequest;
import spawn.policy.Permissions;
import spawn.policy.PolicyReview;
import spawn.policy.Warning;
import spawn.role.CrossAccountTrust;
import spawn.role.KnownRole;
import spawn.role.PolicyVersion;
import spawn.role.RoleForecast;
import spawn.role.RoleRequest;

/** Puts a plan into the one document that people read from its top: what matters comes first. */
final class PlanDocument {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final PlanRequest request;
  private final Found found;
  private final PlannedStack stack;
  private final String planHash;
  private final List<Warning> warnings;

  PlanDocument(PlanRequest request, Found found, PlannedStack stack, String planHash) {
    this.request = request;
    this.found = found;
    this.stack = stack;
    this.planHash = planHash;
    this.warnings = warnings(request, found);
  }

  /**
   * Returns the document.
   *
   * @param asksEc2 whether EC2 is to be asked after this
   */
  ObjectNode json(boolean asksEc2) {
    ObjectNode json = JSON.objectNode();
    json.set("summary", Json.of(new PlanSummary(request, found, stack.owner(), warnings).lines()));
    json.put("planHash", planHash);
    json.set("role", node(found.forecast().map(this::role)));
    json.set("instanceProfile", node(found.profile().map(PlanDocument::profile)));
    json.put("instanceId", request.instanceId().orElse(null));
    json.set("existingInstance", node(found.looked().map(PlanDocument::looked)));
    json.set("grants", Grants.json(found.comparedWith(), found.difference(), found.after()));
    json.set("managedPolicies", managedPolicies());
    json.set("usedBy", usedBy());
    json.set("quotas", new QuotasLeft(found.quotas(), found.after()).json());
    json.set("ec2", ec2(asksEc2));
    json.set("instance", node(request.instance().map(this::instance)));
    json.put("policyHash", request.role().map(role -> role.hash().hex()).orElse(null));
    json.set("warnings", Json.of(warnings));
    json.set("trustPolicies", Json.of(trustPolicies()));
    json.put("awsConfig", request.awsConfig().orElse(null));
    json.set("pins", Json.of(found.pins()));
    return json;
  }

  private static JsonNode node(Optional<? extends JsonNode> json) {
    return json.isPresent() ? json.get() : JSON.nullNode();
  }

  /** Returns the role as it would be, with what becomes of it. */
  private ObjectNode role(RoleForecast forecast) {
    RoleRequest asked = request.role().orElseThrow();
    Optional<KnownRole> used =
        forecast.role().filter(role -> !asked.described() && forecast.outcome().isOfExisting());
    Permissions permissions = asked.permissions();
    ObjectNode json = JSON.objectNode();
    json.put("name", forecast.name());
    json.put("outcome", forecast.outcome().word());
    json.put("message", forecast.refusal().map(Throwable::getMessage).orElse(null));
    json.set("otherNames", Json.of(forecast.passed()));
    json.put("arn", forecast.role().map(KnownRole::arn).orElseGet(() -> arn(forecast.name())));
    json.set(
        "trustPolicy",
        used.map(role -> HoldingsReader.parsed(role.trustPolicy()))
            .orElseGet(permissions::trustPolicy));
    json.set(
        "inlinePolicy",
        used.isPresent() ? found.after().inlineDocument() : permissions.inlinePolicy().toJson());
    json.set(
        "managedPolicyArns",
        Json.of(
            used.isPresent()
                ? found.after().managed().stream().map(PolicyVersion::arn).toList()
                : permissions.managedPolicyArns()));
    json.put(
        "permissionsBoundary",
        used.isPresent()
            ? found.after().boundaryArn().orElse(null)
            : permissions.permissionsBoundary());
    json.put(
        "maxSessionDuration",
        used.map(KnownRole::maxSessionDuration).orElse(permissions.maxSessionDuration()));
    json.set("tags", Json.of(asked.tags()));
    return json;
  }

  private String arn(String roleName) {
    return stack.roleArns() + roleName;
  }

  private static ObjectNode profile(ProfileForecast forecast) {
    ObjectNode json = JSON.objectNode();
    json.put("name", forecast.name());
    json.put(
        "outcome",
        forecast.refusal().isPresent()
            ? "conflict"
            : forecast.arn().isPresent() ? "reuse" : "create");
    json.put("message", forecast.refusal().orElse(null));
    json.put("arn", forecast.arn().orElse(null));
    return json;
  }

  private static ObjectNode looked(Looked looked) {
    ObjectNode json = JSON.objectNode();
    json.put("mayBeChanged", looked.target().isPresent());
    json.put("message", looked.refusal().orElse(null));
    json.put("state", looked.target().map(target -> target.instance().state()).orElse(null));
    json.put(
        "instanceProfile",
        looked.target().map(AssociationTarget::profile).map(profile -> profile.arn()).orElse(null));
    json.put("role", looked.role().map(KnownRole::arn).orElse(null));
    return json;
  }

  private ArrayNode managedPolicies() {
    ArrayNode list = JSON.arrayNode();
    for (PolicyVersion policy : found.after().managed()) {
      list.addObject().put("arn", policy.arn()).put("versionId", policy.id());
    }
    return list;
  }

  private JsonNode usedBy() {
    if (found.profiles().isEmpty()) {
      return JSON.nullNode();
    }
    ObjectNode json = JSON.objectNode();
    json.set(
        "instanceProfiles", Json.of(found.profiles().stream().map(InstanceProfile::arn).toList()));
    json.set(
        "instances",
        Json.of(
            found.profiles().stream()
                .flatMap(profile -> found.usage().instances(profile.instanceProfileId()).stream())
                .toList()));
    json.set("unreadableRegions", Json.of(found.usage().unreadableRegions()));
    return json;
  }

  private ObjectNode ec2(boolean asked) {
    return JSON.objectNode().put("asked", asked).put("why", asked ? null : whyEc2IsNotAsked());
  }

  private String whyEc2IsNotAsked() {
    if (request.instance().isEmpty()) {
      return "Nothing is launched.";
    }
    if (found.forecast().filter(role -> role.outcome().isUsable()).isEmpty()) {
      return "The role could not be used.";
    }
    return found.profile().flatMap(ProfileForecast::arn).isPresent()
        ? "The instance profile was completed a few minutes ago, and EC2 may not see it yet."
        : "EC2 answers a dry run only with an instance profile that holds the role, and there is none yet.";
  }

  private JsonNode instance(JsonNode launch) {
    return InstanceRequest.of(launch)
        .planned(
            found.profile().map(ProfileForecast::name).orElseThrow(),
            found.forecast().map(RoleForecast::name).orElseThrow(),
            request.executionName(),
            request.subnetIds().stream().findFirst());
  }

  private List<CrossAccountTrust> trustPolicies() {
    return found
        .forecast()
        .map(
            role ->
                CrossAccountTrust.of(
                    request.assumedRoles(),
                    role.role().map(KnownRole::arn).orElseGet(() -> arn(role.name()))))
        .orElse(List.of());
  }

  /** Returns the payload's warnings, and those about what only IAM could tell the content of. */
  private static List<Warning> warnings(PlanRequest request, Found found) {
    if (request.role().isEmpty()) {
      return List.of();
    }
    RoleRequest role = request.role().get();
    List<Warning> warnings = new ArrayList<>(request.warnings());
    boolean isUsedAsItIs =
        !role.described()
            && found.forecast().filter(each -> each.outcome().isOfExisting()).isPresent();
    Stream<JsonNode> documents =
        isUsedAsItIs
            ? found.after().documents().stream()
            : found.after().managed().stream()
                .filter(policy -> !policy.isOfAws())
                .map(PolicyVersion::document);
    String path = isUsedAsItIs ? role.paths().role() + ".role" : role.paths().managedPolicies();
    documents
        .flatMap(document -> PolicyReview.of(document, path).stream())
        .map(warning -> warning.at(path))
        .distinct()
        .forEach(warnings::add);
    found.looked().flatMap(Looked::target).ifPresent(target -> warnings.addAll(target.warnings()));
    return List.copyOf(warnings);
  }
}
