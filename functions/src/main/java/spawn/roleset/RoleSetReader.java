package spawn.roleset;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.JsonPath;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;
import spawn.policy.ExpectFields;
import spawn.policy.PolicyLimits;
import spawn.policy.StackContext;
import spawn.policy.Warning;
import spawn.role.IamFields;
import spawn.role.Owner;
import spawn.role.ResolvedRole;
import spawn.role.RoleImport;
import spawn.role.RolePaths;
import spawn.role.RoleRequest;
import spawn.role.RoleRequestReader;
import spawn.role.Tags;

/**
 * Reads the payload of a role set, or says everything that is wrong with it. Pure: whatever it
 * refuses, nothing was written.
 */
public final class RoleSetReader {
  private final RoleRequestReader reader;
  private final Owner owner;
  private final Clock clock;

  /** Creates a reader for the payloads of one stack, by the clock of this computer. */
  public RoleSetReader(StackContext context) {
    this(context, Clock.systemUTC());
  }

  /**
   * Creates a reader for the payloads of one stack.
   *
   * @param clock tells when durations begin
   */
  public RoleSetReader(StackContext context, Clock clock) {
    this.reader = new RoleRequestReader(context.withoutApprovals(), clock);
    this.clock = clock;
    this.owner = Owner.of(context);
  }

  /**
   * Returns what the payload asks for, in a stack without limits.
   *
   * @throws InvalidRequest with every problem of the payload
   */
  public RoleSet read(JsonNode json, String executionName) {
    return read(json, executionName, Map.of());
  }

  /**
   * Returns what the payload asks for.
   *
   * @param json the execution's input
   * @param executionName the execution's name: the creator, where the payload names none
   * @param limits what callers may ask for: values of the stack's parameters by their names; one
   *     that is missing limits nothing
   * @throws InvalidRequest with every problem of the payload
   */
  public RoleSet read(JsonNode json, String executionName, Map<String, String> limits) {
    return new Reading(json, PolicyLimits.of(limits)).read(executionName);
  }

  /** One reading of one payload. */
  private final class Reading {
    private final Problems problems = new Problems();
    private final PayloadObject payload;
    private final List<RoleOfSet> roles = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private final Set<String> namesIgnoringCase = new TreeSet<>();
    private final PolicyLimits limits;

    Reading(JsonNode json, PolicyLimits limits) {
      this.limits = limits;
      this.payload = PayloadObject.of(json, RoleSetFields.ALL, problems);
    }

    RoleSet read(String executionName) {
      Optional<String> prefix = payload.get(RoleSetFields.NAME_PREFIX);
      boolean planOnly = payload.isTrue(RoleSetFields.PLAN);
      boolean delete = payload.isTrue(RoleSetFields.DELETE);
      // A set is removed by its name: whatever else is wrong must not keep it.
      List<String> outputs = delete ? List.of() : content(prefix, executionName);
      problems.throwIfAny();
      return new RoleSet(prefix.orElseThrow(), planOnly, delete, roles, outputs, warnings);
    }

    /** Reads the roles. Returns the names of the outputs. */
    private List<String> content(Optional<String> prefix, String executionName) {
      Common common =
          new Common(
              payload.get(RoleSetFields.TAGS).orElse(Map.of()),
              payload.get(IamFields.CREATOR).orElse(executionName),
              limitsOfRoles());
      limits.checkTagKeys(common.tags().keySet(), payload.path(RoleSetFields.TAGS), problems);
      if (payload.isWrong(RoleSetFields.DELETE) && !asksForRoles()) {
        return List.of(); // it may have meant to be removed
      }
      Optional<Preset> preset = payload.get(RoleSetFields.PRESET).flatMap(Preset::named);
      List<PayloadObject> described = payload.list(RoleSetFields.ROLES);
      if (!payload.keeps(RoleSetFields.PRESET_OR_ROLES)) {
        return List.of();
      }
      if (payload.has(RoleSetFields.ROLES)) {
        RoleSetFields.ONLY_WITH_PRESET.forEach(payload::keeps);
        described.forEach(role -> speltOut(role, prefix, common));
        checkExpectations();
        return List.of();
      }
      preset.ifPresent(given -> preset(given, prefix.orElse(""), common));
      return preset.map(Preset::outputs).orElse(List.of());
    }

    private PolicyLimits limitsOfRoles() {
      return payload.has(RoleSetFields.EXPIRES)
          ? limits.withExpiryOfAll(
              payload.get(RoleSetFields.EXPIRES),
              payload.path(RoleSetFields.EXPIRES),
              clock.instant(),
              problems)
          : limits;
    }

    private boolean asksForRoles() {
      return payload.has(RoleSetFields.PRESET) || payload.has(RoleSetFields.ROLES);
    }

    private void preset(Preset preset, String prefix, Common common) {
      for (String field : preset.notItsOwn(payload)) {
        problems.add(
            JsonPath.member(payload.path(), field),
            "Belongs to another preset than \"%s\". Leave it out.".formatted(preset.name()));
      }
      for (Preset.Asked asked : preset.asked(prefix, payload)) {
        if (!payload.isWrong(RoleSetFields.NAME_PREFIX)) { // one role's name tells enough
          String name = asked.iam().path(IamFields.ROLE.name()).asText();
          limits.checkName(name, payload.path(RoleSetFields.NAME_PREFIX), problems);
        }
        Problems found = problems.ofPart();
        PayloadObject role = PayloadObject.at(asked.iam(), "$", IamFields.ALL, found);
        ResolvedRole resolved = reader.read(role, common.creator(), common.limits(), found);
        problems.addAll(found, path -> !asked.isOwnManagedPolicy(path), asked::origin);
        resolved.permissions().warnings().stream()
            .filter(each -> !asked.isOwnManagedPolicy(each.path()))
            .map(each -> each.at(asked.origin(each.path())))
            .forEach(warnings::add);
        add(resolved, common.tags(), asked::origin, Optional.of(asked.output()));
      }
      warnings.removeIf(warning -> preset.expectedWarnings().contains(warning.code()));
    }

    private void speltOut(PayloadObject given, Optional<String> prefix, Common common) {
      PayloadObject role = RoleImport.in(given, problems);
      ResolvedRole resolved = reader.read(role, common.creator(), common.limits(), problems);
      RoleRequestReader.checkNames(role, limits, problems);
      checkName(role, resolved.request().names(), prefix);
      Map<String, String> tags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      tags.putAll(resolved.request().tags());
      common.tags().forEach(tags::putIfAbsent); // a role's own come before the set's
      if (tags.size() > Tags.MAX_OF_CALLER) {
        problems.add(
            role.path(IamFields.ROLE_TAGS),
            "Must be, with those of $.tags, up to %d tags, not %d: %s."
                .formatted(Tags.MAX_OF_CALLER, tags.size(), Tags.WHY_NO_MORE));
      }
      warnings.addAll(resolved.warnings());
      add(resolved, tags, UnaryOperator.identity(), Optional.empty());
    }

    /** All roles of a set are tested by one call of a function, which has a minute. */
    private void checkExpectations() {
      int count = roles.stream().mapToInt(role -> role.expectations().size()).sum();
      if (count > ExpectFields.MAX_EXPECTATIONS) {
        problems.add(
            payload.path(RoleSetFields.ROLES),
            "Have %d expectations, but at most %d are tested."
                .formatted(count, ExpectFields.MAX_EXPECTATIONS));
      }
    }

    private void checkName(PayloadObject role, List<String> names, Optional<String> prefix) {
      boolean isNamed = names.size() == 1;
      if (!isNamed && role.has(IamFields.ROLE)) {
        return; // its reader has said what is wrong with it
      }
      String path = role.path(IamFields.ROLE);
      String name = names.get(0);
      if (owner.isReserved(name)
          || prefix.filter(given -> !name.startsWith(given + "-")).isPresent()) {
        problems.add(
            path,
            "Must be a name of the role's own that begins with \"%s-\"."
                .formatted(prefix.orElse("<namePrefix>")));
      }
      if (isNamed && !namesIgnoringCase.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            path, "%s is given twice: IAM ignores case in role names.".formatted(Quote.of(name)));
      }
    }

    /**
     * Adds one role.
     *
     * @param origin turns a path at which its reader has said something into where the payload says
     *     it
     */
    private void add(
        ResolvedRole role,
        Map<String, String> tags,
        UnaryOperator<String> origin,
        Optional<String> output) {
      RoleRequest own = role.request();
      RoleRequest request =
          RoleRequest.described(
              own.names(),
              own.permissions(),
              Tags.ofTeam(limits.team(), tags),
              own.creator(),
              new RolePaths(
                  origin.apply(own.paths().role()), origin.apply(own.paths().managedPolicies())));
      roles.add(
          new RoleOfSet(
              request,
              role.arn(),
              role.profileName(),
              role.isForEc2(),
              role.permissions().assumedRoles(),
              role.awsConfig(),
              output,
              role.expected().expectations()));
    }
  }

  /** What a payload says of all its roles. */
  private record Common(Map<String, String> tags, String creator, PolicyLimits limits) {}
}
