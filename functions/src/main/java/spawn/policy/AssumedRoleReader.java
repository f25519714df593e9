package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import spawn.error.Problems;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.JsonPath;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;
import spawn.payload.Text;

/** Reads {@code assumeRoles}: the roles, mostly of other accounts, that the role may assume. */
final class AssumedRoleReader {
  private static final String EXAMPLE = "\"arn:aws:iam::111122223333:role/reader\"";

  private static final Field<String> ROLE =
      Field.required("role", Text.ANY, "the ARN of the role to assume", EXAMPLE);

  /**
   * As STS takes it (<a
   * href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html">AssumeRole</a>).
   */
  private static final Field<String> EXTERNAL_ID =
      Field.optional(
          "externalId",
          Text.of(
              "external id",
              2,
              1224,
              "[A-Za-z0-9_+=,.@:/-]",
              "letters, digits and _ + = , . @ : / -"),
          "what the role's owner asks for beside its ARN",
          "\"team-7\"");

  /** The members of an entry that is an object. */
  static final Fields FIELDS = Fields.of(ROLE, EXTERNAL_ID);

  private final StackContext context;

  AssumedRoleReader(StackContext context) {
    this.context = context;
  }

  /** Returns the roles, in the payload's order. */
  List<AssumedRole> read(Reading reading) {
    String field = PermissionFields.ASSUME_ROLES.name();
    String path = reading.path(field);
    Problems problems = reading.problems();
    List<JsonNode> entries =
        reading
            .field(field)
            .flatMap(list -> PermissionFields.ASSUME_ROLES.kind().read(list, path, problems))
            .orElse(List.of());
    Map<String, AssumedRole> roles = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      String at = JsonPath.index(path, i);
      role(entries.get(i), at, reading)
          .ifPresent(
              role -> {
                AssumedRole before = roles.putIfAbsent(role.arn(), role);
                if (before != null && !before.equals(role)) {
                  reading.problem(
                      at,
                      "%s is given twice, with different external ids: leave one out."
                          .formatted(Quote.of(role.arn())));
                }
              });
    }
    return List.copyOf(roles.values());
  }

  private Optional<AssumedRole> role(JsonNode entry, String at, Reading reading) {
    if (entry.isTextual()) {
      return arn(entry.textValue(), at, reading).map(arn -> new AssumedRole(arn, Optional.empty()));
    }
    if (!entry.isObject()) {
      reading.problem(
          at,
          "Must be the ARN of a role, or an object with \"role\" and \"externalId\", not %s."
              .formatted(Quote.kind(entry)));
      return Optional.empty();
    }
    PayloadObject role = PayloadObject.at(entry, at, FIELDS, reading.problems());
    Optional<String> externalId = role.get(EXTERNAL_ID);
    return role.get(ROLE)
        .flatMap(text -> arn(text, role.path(ROLE), reading))
        .map(arn -> new AssumedRole(arn, externalId));
  }

  private Optional<String> arn(String text, String at, Reading reading) {
    Matcher arn = IamArns.ROLE.matcher(text);
    if (!arn.matches()) {
      reading.problem(
          at,
          "%s is not the ARN of a role: write for example arn:%s:iam::111122223333:role/reader, without wildcards."
              .formatted(Quote.of(text), context.partition()));
      return Optional.empty();
    }
    if (!arn.group(1).equals(context.partition())) {
      reading.problem(at, context.notOfPartition(text));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /**
   * Returns what lets the role assume the roles; nothing if there are none. With an external id it
   * may do so under that one only: the key is in each request that has one (<a
   * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html">STS's
   * condition keys</a>).
   */
  static List<Grant> grants(Collection<AssumedRole> roles, Reading reading) {
    Map<Optional<String>, List<String>> byExternalId = new LinkedHashMap<>();
    roles.forEach(
        role ->
            byExternalId
                .computeIfAbsent(role.externalId(), id -> new ArrayList<>())
                .add(role.arn()));
    return byExternalId.entrySet().stream()
        .map(
            each ->
                new Grant(
                    reading.path(PermissionFields.ASSUME_ROLES.name()),
                    Statement.allow(
                        List.of("sts:AssumeRole"),
                        each.getValue(),
                        each.getKey().map(AssumedRoleReader::only).orElse(Condition.NONE))))
        .toList();
  }

  private static Condition only(String externalId) {
    ObjectNode condition = JsonNodeFactory.instance.objectNode();
    condition.putObject("StringEquals").put("sts:ExternalId", externalId);
    return Condition.fromJson(condition);
  }
}
