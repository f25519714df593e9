package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import spawn.policy.Expiry;
import spawn.policy.PermissionFields;
import spawn.policy.PolicyDocument;
import spawn.policy.TrustedPrincipals;

/**
 * A role written down as it is, with a launch payload that makes it again.
 *
 * <p>For a role as spawn made it, reading the payload gives the hash that the role carries in its
 * tag {@link Tags#POLICIES}, in every stack that allows its boundary and its broad access, if any.
 * It does not where someone has changed the role since: the payload says what the role holds, the
 * tag what it was made with. Nor can a payload say everything that someone may have put into a
 * role:
 *
 * <ul>
 *   <li>A trust policy that names anyone but AWS services makes a payload that is refused; its
 *       conditions are left out.
 *   <li>Several inline policies become one document of the current version: a policy variable in
 *       one of version 2008-10-17, plain text there, becomes a variable.
 *   <li>Only one instance profile can be named, and the role set of a role cannot.
 * </ul>
 *
 * @param owner the stack in which the payload is to make it
 * @param role the role
 * @param inlinePolicies its inline policies by their names, decoded
 * @param managedPolicies the ARNs of the managed policies that are attached to it
 * @param profiles the names of the instance profiles that hold it
 */
public record RoleExport(
    Owner owner,
    KnownRole role,
    Map<String, JsonNode> inlinePolicies,
    List<String> managedPolicies,
    List<String> profiles) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Copies the map and the lists; what an operator has denied is no part of the role. */
  public RoleExport {
    Map<String, JsonNode> own = new TreeMap<>(inlinePolicies);
    own.keySet().removeIf(Revocation::isPolicy);
    inlinePolicies = Collections.unmodifiableMap(own);
    managedPolicies = List.copyOf(managedPolicies);
    profiles = List.copyOf(profiles);
  }

  /** Returns what the role is, as {@code role}, and the payload that makes it again. */
  public ObjectNode document() {
    ObjectNode document = JSON.objectNode();
    document
        .putObject("role")
        .put("name", role.name())
        .put("arn", role.arn())
        .put("id", role.id())
        .put("created", role.created().toString())
        .put("trustPolicy", role.trustPolicy())
        .set("tags", object(RoleRecord.without(role.tags())));
    document.set("payload", payload());
    return document;
  }

  /**
   * Returns the payload of a launch that makes the role again. Where spawn has generated the role's
   * name it lacks an {@code instance}, without which only a role with a name of its own is made.
   */
  public ObjectNode payload() {
    ObjectNode payload = JSON.objectNode();
    ObjectNode iam = payload.putObject("iam");
    identity(iam);
    permissions(iam);
    trust(iam);
    return payload;
  }

  private void identity(ObjectNode iam) {
    // A name that spawn itself gives follows from the content, and a payload may not ask for one.
    if (!owner.isReserved(role.name())) {
      iam.put("role", role.name());
    }
    profiles.stream()
        .filter(name -> !name.equals(role.name()))
        .findFirst()
        .ifPresent(name -> iam.put("instanceProfile", name));
    Optional.ofNullable(role.tags().get(Tags.CREATOR))
        .ifPresent(creator -> iam.put("creator", creator));
    Map<String, String> tags = Tags.ofCaller(role.tags());
    if (!tags.isEmpty()) {
      iam.set("roleTags", object(tags));
    }
  }

  private void permissions(ObjectNode iam) {
    Optional<Instant> expires = expires();
    List<JsonNode> documents = new ArrayList<>(inlinePolicies.values());
    if (expires.isPresent()) {
      iam.put(PermissionFields.EXPIRES.name(), expires.get().toString());
      documents.replaceAll(document -> PolicyDocument.of(document).withoutExpiry().toJson());
      documents.removeIf(document -> PolicyDocument.of(document).isEmpty());
    }
    if (!documents.isEmpty()) {
      iam.set("policyDocument", oneDocument(documents));
    }
    if (!managedPolicies.isEmpty()) {
      managedPolicies.forEach(iam.putArray("managedPolicies")::add);
    }
  }

  /**
   * Returns when the role ends, if a payload can say it: a statement that somebody has written for
   * another time than a payload's stays among the others.
   */
  private Optional<Instant> expires() {
    List<Instant> ends =
        inlinePolicies.values().stream()
            .flatMap(document -> PolicyDocument.of(document).ends().stream())
            .distinct()
            .toList();
    return ends.size() == 1 && Expiry.isOnQuarter(ends.get(0))
        ? Optional.of(ends.get(0))
        : Optional.empty();
  }

  private static JsonNode oneDocument(List<JsonNode> documents) {
    if (documents.size() == 1) {
      return documents.get(0);
    }
    ObjectNode all = JSON.objectNode().put("Version", "2012-10-17");
    ArrayNode statements = all.putArray("Statement");
    for (JsonNode document : documents) {
      JsonNode oneOrMore = document.path("Statement");
      if (oneOrMore.isArray()) {
        oneOrMore.forEach(statements::add);
      } else {
        statements.add(oneOrMore);
      }
    }
    return all;
  }

  private void trust(ObjectNode iam) {
    ArrayNode services = iam.putArray("trustServices");
    TrustedPrincipals.of(role.trustPolicy()).names().stream()
        .map(service -> service.replaceFirst("\\.amazonaws\\.com(\\.cn)?$", ""))
        .distinct()
        .forEach(services::add);
    iam.put("maxSessionDuration", role.maxSessionDuration());
    role.permissionsBoundary().ifPresent(boundary -> iam.put("permissionsBoundary", boundary));
  }

  private static ObjectNode object(Map<String, String> values) {
    ObjectNode object = JSON.objectNode();
    values.forEach(object::put);
    return object;
  }
}
