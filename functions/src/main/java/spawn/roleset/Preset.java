package spawn.roleset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import spawn.json.Json;
import spawn.payload.Field;
import spawn.payload.Flag;
import spawn.payload.JsonPath;
import spawn.payload.Kind;
import spawn.payload.PayloadObject;
import spawn.policy.PermissionFields;
import spawn.role.IamFields;

/**
 * Roles that a payload asks for by one word, as a file in {@code presets} describes them.
 *
 * @param name the word
 * @param roles the roles
 * @param fields the members of a payload that belong to the preset
 * @param expectedWarnings the codes of warnings about what its roles are for, which tell nobody
 *     anything
 */
record Preset(String name, List<Role> roles, List<Input> fields, Set<String> expectedWarnings) {
  /** The names of the files. */
  private static final List<String> NAMES = List.of("metaflow-batch");

  /** All presets. */
  static final List<Preset> ALL = NAMES.stream().map(Preset::load).toList();

  private static Preset load(String name) {
    ObjectNode data = (ObjectNode) Json.resource(Preset.class, "presets/" + name + ".json");
    data.remove("about");
    data.path("roles").forEach(role -> ((ObjectNode) role).remove("sources"));
    return Json.data(data, Preset.class);
  }

  /**
   * One role of the preset.
   *
   * @param output what the names of its outputs begin with, for example {@code batchJob}
   * @param nameEnding what follows the set's name in its name
   * @param onlyIf the flag of the payload without which there is no such role; {@code null} for a
   *     role that is always there
   * @param iam the other members of the role, as a payload would spell them out
   */
  record Role(String output, String nameEnding, String onlyIf, ObjectNode iam) {
    private boolean isAskedForBy(PayloadObject payload) {
      return onlyIf == null || payload.isTrue(Field.optional(onlyIf, new Flag(), ""));
    }

    private boolean hasProfile() {
      return iam.path("trustServices").valueStream().anyMatch(name -> name.asText().equals("ec2"));
    }
  }

  /**
   * A member of a payload that belongs to the preset.
   *
   * @param name its name
   * @param of the output of the role that it is for; {@code null} for a flag
   * @param becomes which member of that role it becomes; {@code null} for a flag
   * @param meaning what it is for
   * @param examples values that it may have
   */
  record Input(String name, String of, String becomes, String meaning, List<JsonNode> examples) {
    /** Returns the field, of the kind of what it becomes. */
    Field<?> field() {
      Kind<?> kind = becomes == null ? new Flag() : IamFields.ALL.named(becomes).kind();
      return Field.optional(
          name, kind, meaning, examples.stream().map(Json::text).toArray(String[]::new));
    }
  }

  /**
   * One role that a payload asks for by the preset.
   *
   * @param output what the names of its outputs begin with
   * @param iam the role as a payload would spell it out
   * @param origins which member of the payload a member of the role comes from, both as JSON paths
   */
  record Asked(String output, ObjectNode iam, Map<String, String> origins) {
    private static final String ENDS = JsonPath.member("$", RoleSetFields.EXPIRES.name());
    private static final String PRESET = JsonPath.member("$", RoleSetFields.PRESET.name());

    /**
     * Returns where the payload says what stands at a path within the role: the preset itself where
     * no other member of the payload says it. When all roles end, the payload says in a member of
     * the same name.
     */
    String origin(String path) {
      return origins.entrySet().stream()
          .filter(member -> isWithin(path, member.getKey()))
          .map(member -> member.getValue() + path.substring(member.getKey().length()))
          .findFirst()
          .orElseGet(() -> isWithin(path, ENDS) ? path : PRESET);
    }

    /**
     * Returns whether a path is that of a managed policy which the preset itself names. AWS made it
     * for the service whose role it is, so what it opens is no news to whoever asks for the preset.
     */
    boolean isOwnManagedPolicy(String path) {
      String member = JsonPath.member("$", PermissionFields.MANAGED_POLICIES.name());
      return isWithin(path, member) && !origins.containsKey(member);
    }

    private static boolean isWithin(String path, String member) {
      return path.equals(member) || path.startsWith(member + "[") || path.startsWith(member + ".");
    }
  }

  /** Returns the preset of that name. */
  static Optional<Preset> named(String name) {
    return ALL.stream().filter(preset -> preset.name().equals(name)).findFirst();
  }

  /** Returns the names of the members of a payload that belong to other presets only. */
  List<String> notItsOwn(PayloadObject payload) {
    Set<String> own = fields.stream().map(Input::name).collect(Collectors.toSet());
    return ALL.stream()
        .flatMap(preset -> preset.fields().stream().map(Input::name))
        .filter(name -> !own.contains(name) && payload.json().hasNonNull(name))
        .toList();
  }

  /**
   * Returns the roles that a payload asks for.
   *
   * @param prefix the set's name
   */
  List<Asked> asked(String prefix, PayloadObject payload) {
    return roles.stream()
        .filter(role -> role.isAskedForBy(payload))
        .map(role -> asked(role, prefix, payload))
        .toList();
  }

  private Asked asked(Role role, String prefix, PayloadObject payload) {
    ObjectNode iam = role.iam().deepCopy();
    iam.put(IamFields.ROLE.name(), prefix + role.nameEnding());
    Map<String, String> origins = new LinkedHashMap<>();
    for (Input input : fields) {
      JsonNode given = payload.json().path(input.name());
      if (role.output().equals(input.of()) && payload.json().hasNonNull(input.name())) {
        iam.set(input.becomes(), given);
        origins.put(JsonPath.member("$", input.becomes()), JsonPath.member("$", input.name()));
      }
    }
    return new Asked(role.output(), iam, origins);
  }

  /** Returns the names of all outputs that a set of this preset can have. */
  List<String> outputs() {
    return Stream.concat(
            roles.stream().map(role -> role.output() + "Role"),
            roles.stream().filter(Role::hasProfile).map(role -> role.output() + "Profile"))
        .flatMap(what -> Stream.of(what + "Arn", what + "Name"))
        .toList();
  }
}
