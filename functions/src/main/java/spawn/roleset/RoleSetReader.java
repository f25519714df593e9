package spawn.roleset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;
import spawn.policy.StackContext;
import spawn.policy.Warning;
import spawn.role.ReadRole;
import spawn.role.RoleNames;
import spawn.role.RoleRequest;
import spawn.role.RoleRequestReader;
import spawn.role.Tags;

/**
 * Reads the payload of a role set, or says everything that is wrong with it. Pure: whatever it
 * refuses, nothing was written.
 */
public final class RoleSetReader {
  private static final Set<String> FIELDS =
      Set.of(
          "namePrefix",
          "preset",
          "roles",
          "tags",
          "creator",
          "jobResources",
          "additionalJobPolicies",
          "jobStatements",
          "enableSpotFleetRole",
          "plan",
          "delete");

  /** A role's name has 64 characters. */
  private static final int LONGEST_PREFIX = 64 - MetaflowBatch.LONGEST_ENDING.length();

  /** What both a role's name and a tag's value take: the set's name becomes a part of each. */
  private static final Pattern PREFIX = Pattern.compile("[\\w+=.@-]{1," + LONGEST_PREFIX + "}");

  /** More than any set of a product needs, and few enough for one execution's history. */
  private static final int MOST_ROLES = 40;

  private final RoleRequestReader reader;
  private final StackContext context;

  /** Creates a reader for the payloads of one stack. */
  public RoleSetReader(StackContext context) {
    this.reader = new RoleRequestReader(context);
    this.context = context;
  }

  /**
   * Returns what the payload asks for.
   *
   * @param json the execution's input
   * @param executionName the execution's name: the creator, where the payload names none
   * @throws InvalidRequest with every problem of the payload
   */
  public RoleSet read(JsonNode json, String executionName) {
    return new Reading(json, executionName).read();
  }

  /** One reading of one payload. */
  private final class Reading {
    private final Problems problems = new Problems();
    private final PayloadObject payload;
    private final List<SetRole> roles = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private final Set<String> namesIgnoringCase = new TreeSet<>();
    private final boolean delete;
    private final Map<String, String> commonTags;
    private final String creator;

    Reading(JsonNode json, String executionName) {
      this.payload = PayloadObject.of(json, "\"namePrefix\" and \"preset\" or \"roles\"", problems);
      this.delete = payload.flag("delete");
      // A set is removed by its name: whatever else is wrong must not keep it.
      this.commonTags =
          delete ? Map.of() : RoleRequestReader.tags(payload.object("tags"), problems);
      this.creator = delete ? "" : RoleRequestReader.creator(payload, executionName, problems);
    }

    RoleSet read() {
      payload.only(FIELDS);
      String prefix = prefix();
      boolean planOnly = payload.flag("plan");
      List<String> outputs = delete ? List.of() : content(prefix);
      problems.throwIfAny();
      return new RoleSet(prefix, planOnly, delete, roles, outputs, warnings);
    }

    private String prefix() {
      Optional<String> given = payload.text("namePrefix");
      if (payload.member("namePrefix").isEmpty()) {
        problems.add(
            payload.path("namePrefix"),
            "A set needs a name, with which the names of its roles begin, for example \"metaflow-prod\".");
      }
      given
          .filter(prefix -> !PREFIX.matcher(prefix).matches())
          .ifPresent(
              prefix ->
                  problems.add(
                      payload.path("namePrefix"),
                      "%s cannot begin names: 1 to %d letters, digits and _ + = . @ - can."
                          .formatted(Quote.of(prefix), LONGEST_PREFIX)));
      return given.orElse("");
    }

    /** Returns the names of the outputs. */
    private List<String> content(String prefix) {
      Optional<String> preset = payload.text("preset");
      Optional<JsonNode> spelt = payload.member("roles");
      if (payload.member("preset").isPresent() == spelt.isPresent()) {
        problems.add(
            "$",
            "A set has either a \"preset\" (\"%s\") or \"roles\" spelt out, each as the \"iam\" of a launch."
                .formatted(MetaflowBatch.NAME));
        return List.of();
      }
      if (spelt.isPresent()) {
        MetaflowBatch.FIELDS.stream()
            .filter(field -> payload.member(field).isPresent())
            .forEach(
                field ->
                    problems.add(
                        payload.path(field),
                        "This belongs to a preset. Put it into the role of $.roles that it is meant for."));
        speltOut(prefix, spelt.get());
        return List.of();
      }
      if (preset.filter(name -> !name.equals(MetaflowBatch.NAME)).isPresent()) {
        problems.add(
            payload.path("preset"),
            "There is no preset %s; there is \"%s\"."
                .formatted(Quote.of(preset.get()), MetaflowBatch.NAME));
      } else if (preset.isPresent()) {
        preset(prefix);
      }
      return MetaflowBatch.outputs();
    }

    private void preset(String prefix) {
      for (Map.Entry<String, ObjectNode> each : MetaflowBatch.roles(prefix, payload).entrySet()) {
        String output = each.getKey();
        role(
            each.getValue(),
            "$",
            field -> MetaflowBatch.origin(output, field.substring(1)),
            Optional.of(output));
      }
      warnings.removeIf(warning -> MetaflowBatch.WARNINGS.contains(warning.code()));
    }

    private void speltOut(String prefix, JsonNode given) {
      if (!given.isArray() || given.isEmpty() || given.size() > MOST_ROLES) {
        problems.add(
            payload.path("roles"),
            "This must be a list of 1 to %d roles, each as the \"iam\" of a launch."
                .formatted(MOST_ROLES));
        return;
      }
      for (int i = 0; i < given.size(); i++) {
        String path = "%s[%d]".formatted(payload.path("roles"), i);
        PayloadObject role = PayloadObject.at(given.get(i), path, problems);
        role.only(RoleRequestReader.FIELDS);
        String name = role.text("role").orElse("");
        if (!name.startsWith(prefix + "-") || RoleNames.isGenerated(name)) {
          problems.add(
              role.path("role"),
              "Each role of a set has a name of its own that begins with \"%s-\"."
                  .formatted(prefix));
        }
        role(role.json(), path, UnaryOperator.identity(), Optional.empty());
      }
    }

    /**
     * Reads one role.
     *
     * @param origin turns a path within the role into where the payload says it
     */
    private void role(
        JsonNode json, String path, UnaryOperator<String> origin, Optional<String> output) {
      Problems found = new Problems();
      ReadRole read = reader.read(PayloadObject.at(json, path, found), creator, found);
      found.list().forEach(each -> problems.add(origin.apply(each.path()), each.message()));
      RoleRequest request = withCommonTags(read.request(), path);
      String name = request.names().get(0);
      if (!namesIgnoringCase.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(path + ".role", "This name is given twice: IAM ignores case in role names.");
      }
      read.permissions().warnings().stream()
          .map(
              warning ->
                  new Warning(
                      warning.code(),
                      warning.severity(),
                      origin.apply(warning.path()),
                      warning.message(),
                      warning.advice()))
          .forEach(warnings::add);
      roles.add(
          new SetRole(
              request,
              context.roleArn(Tags.PATH, name),
              read.profileName(),
              read.isForEc2(),
              read.permissions().assumedRoles(),
              output));
    }

    /** A role's own tag comes before the set's of the same key. */
    private RoleRequest withCommonTags(RoleRequest own, String path) {
      Map<String, String> tags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      tags.putAll(own.tags());
      commonTags.forEach(tags::putIfAbsent);
      if (tags.size() > Tags.MOST_OF_CALLER && own.tags().size() <= Tags.MOST_OF_CALLER) {
        problems.add(
            path + ".roleTags",
            "With those of $.tags these are %d tags: IAM takes 50 a role, and spawn needs %d of them."
                .formatted(tags.size(), 50 - Tags.MOST_OF_CALLER));
      }
      return new RoleRequest(
          own.names(), own.permissions(), true, new TreeMap<>(tags), own.creator());
    }
  }
}
