package spawn.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.json.Json;
import spawn.policy.PermissionFields;
import spawn.policy.PermissionsReader;
import spawn.policy.PolicyDocument;
import spawn.policy.ResolvedPermissions;
import spawn.policy.StackContext;
import spawn.policy.Wording;
import spawn.role.IamFields;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.RoleExport;
import spawn.role.RoleRecord;
import spawn.role.Tags;

/**
 * Writes a role down as the {@code iam} of a payload, and says in words what no payload can say of
 * it and what holds in this account only.
 *
 * <p>The stack's own boundary is left out, since every stack puts its own on what it makes; so in
 * the stack that made a role its export has the hash of the role, and in another stack the same
 * content behind another boundary. Words stand for what they grant exactly, and statements for the
 * rest.
 */
final class PortableRole {
  /** More than that are named by their number. */
  private static final int SHOWN = 20;

  private static final Pattern ARN =
      Pattern.compile("arn:[a-z-]+:[a-z0-9-]+:([a-z0-9-]*):(\\d{12})?:[^\"]+");

  private static final String SERVICES = PermissionFields.TRUST_SERVICES.name();
  private static final String SUFFIX = ".amazonaws.com";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final StackContext context;
  private final Wording wording;
  private final PermissionsReader reader;

  /**
   * Creates the writing.
   *
   * @param clock tells whether a role has ended
   */
  PortableRole(StackContext context, Clock clock) {
    this.context = context;
    this.wording = new Wording(context);
    this.reader = new PermissionsReader(Wording.withoutLimits(context), clock);
  }

  /** Returns how policies are said in words. */
  Wording wording() {
    return wording;
  }

  /**
   * Returns the document of a role: {@code role}, which it is; {@code iam}, which makes it again;
   * {@code hash}, of what that makes in this stack; {@code leftOut} and {@code bound}, sentences.
   */
  ObjectNode document(ReadRole read) {
    KnownRole role = read.role().role();
    Map<String, JsonNode> inline = read.role().policies().inline();
    List<String> leftOut = new ArrayList<>();
    ObjectNode iam = asIs(read);
    Optional.ofNullable(iam.remove(PermissionFields.POLICY_DOCUMENT.name()))
        .ifPresent(document -> iam.setAll(wording.exactly(PolicyDocument.of(document))));
    if (inline.size() > 1) {
      leftOut.add(
          "The names of its inline policies %s: they are joined into one."
              .formatted(String.join(", ", inline.keySet())));
    }
    trust(role, iam, leftOut);
    boundary(role, iam, leftOut);
    tags(iam, leftOut);
    if (read.profiles().size() > 1) {
      leftOut.add(
          "All but one of its instance profiles %s: a role that is made has one."
              .formatted(String.join(", ", new TreeSet<>(read.profiles()))));
    }
    role.set().ifPresent(set -> leftOut.add("That it belongs to the role set %s.".formatted(set)));
    if (role.tags().containsKey(Tags.REVOKED)) {
      leftOut.add(
          "That an operator has revoked it: the denial is one of the statements, and nothing takes it off what is made.");
    }
    ObjectNode document = JSON.objectNode();
    document
        .putObject("role")
        .put("name", role.name())
        .put("arn", role.arn())
        .put("created", role.created().toString());
    document.set("iam", iam);
    hash(iam, leftOut).ifPresent(hash -> document.put("hash", hash));
    leftOut.forEach(document.putArray("leftOut")::add);
    bound(role, iam).forEach(document.putArray("bound")::add);
    return document;
  }

  /** Returns what the role's inline policies grant, as a payload says it in statements. */
  Optional<JsonNode> inlinePolicy(ReadRole read) {
    return Optional.ofNullable(asIs(read).get(PermissionFields.POLICY_DOCUMENT.name()));
  }

  /** Returns the role as the sweep writes it down, its inline policies joined by their meaning. */
  private ObjectNode asIs(ReadRole read) {
    Collection<JsonNode> inline = read.role().policies().inline().values();
    Map<String, JsonNode> joined =
        inline.isEmpty() ? Map.of() : Map.of("joined", PolicyDocument.joined(inline).toJson());
    return (ObjectNode)
        new RoleExport(
                Owner.of(context),
                read.role().role(),
                joined,
                read.role().policies().managed(),
                read.profiles())
            .payload()
            .path("iam");
  }

  private static void trust(KnownRole role, ObjectNode iam, List<String> leftOut) {
    TrustLeftOut trust = TrustLeftOut.of(role.trustPolicy());
    leftOut.addAll(trust.leftOut());
    iam.remove(PermissionFields.TRUST_SERVICES.name());
    if (!trust.services().isEmpty()) {
      trust.services().stream()
          .map(
              name ->
                  name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name)
          .forEach(iam.putArray(PermissionFields.TRUST_SERVICES.name())::add);
    }
  }

  private void boundary(KnownRole role, ObjectNode iam, List<String> leftOut) {
    iam.remove(PermissionFields.PERMISSIONS_BOUNDARY.name());
    String own =
        reader
            .read(iam.deepCopy().retain(SERVICES), "$.iam", new Problems())
            .permissions()
            .permissionsBoundary();
    Optional<String> boundary = role.permissionsBoundary();
    if (boundary.isEmpty()) {
      leftOut.add(
          "That it has no permissions boundary: the role that is made has that of its stack.");
    } else if (context.allowedBoundaries().contains(boundary.get())) {
      iam.put(PermissionFields.PERMISSIONS_BOUNDARY.name(), boundary.get());
    } else if (!boundary.get().equals(own)) {
      leftOut.add(
          "Its permissions boundary %s, which this stack does not allow: the role that is made has that of its stack."
              .formatted(boundary.get()));
    }
  }

  private static void tags(ObjectNode iam, List<String> leftOut) {
    if (!(iam.get(IamFields.ROLE_TAGS.name()) instanceof ObjectNode tags)) {
      return;
    }
    List<String> keys = new ArrayList<>();
    tags.fieldNames().forEachRemaining(keys::add);
    List<String> tooMany = keys.subList(Math.min(keys.size(), Tags.MAX_OF_CALLER), keys.size());
    if (!tooMany.isEmpty()) {
      leftOut.add("Its tags %s: %s.".formatted(String.join(", ", tooMany), Tags.WHY_NO_MORE));
      tags.remove(tooMany);
    }
  }

  /** Returns the hash of what is made; notes what is refused. */
  private Optional<String> hash(ObjectNode iam, List<String> leftOut) {
    Problems problems = new Problems();
    ResolvedPermissions resolved = reader.read(iam, "$.iam", problems);
    for (Problem problem : problems.list()) {
      leftOut.add("%s, since spawn refuses it: %s".formatted(problem.path(), problem.message()));
    }
    SortedMap<String, String> tags = new TreeMap<>();
    iam.path(IamFields.ROLE_TAGS.name())
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
    return problems.isEmpty()
        ? Optional.of(new RoleRecord(resolved.permissions(), tags).hash().hex())
        : Optional.empty();
  }

  /** Returns what of the role means another thing, or nothing, in another account or region. */
  List<String> bound(KnownRole role, ObjectNode iam) {
    SortedSet<String> arns = new TreeSet<>();
    SortedSet<String> policies = new TreeSet<>();
    Matcher arn = ARN.matcher(Json.text(iam));
    while (arn.find()) {
      boolean isBound = arn.group(2) != null || !arn.group(1).isEmpty();
      if (isBound) {
        (arn.group().contains(":policy/") ? policies : arns).add(arn.group());
      }
    }
    List<String> bound = new ArrayList<>();
    if (!policies.isEmpty()) {
      bound.add("These policies are of one account: %s.".formatted(some(policies)));
    }
    if (!arns.isEmpty()) {
      bound.add("These resources are of one account or region: %s.".formatted(some(arns)));
    }
    bound.add(
        "Whatever names the role as %s, the policy of a resource for example, does not name the role that is made."
            .formatted(role.arn()));
    return bound;
  }

  private static String some(SortedSet<String> texts) {
    Stream<String> first = texts.stream().limit(SHOWN);
    Stream<String> more =
        texts.size() > SHOWN
            ? Stream.of("and %d more".formatted(texts.size() - SHOWN))
            : Stream.empty();
    return String.join(", ", Stream.concat(first, more).toList());
  }
}
