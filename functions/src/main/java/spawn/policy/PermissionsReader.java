package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import spawn.error.Problems;

/**
 * Reads the permission fields of a payload's {@code iam} object, each by a reader of its own: what
 * the role may do, who may assume it, and within which limits.
 */
public final class PermissionsReader {
  private static final AtomicBoolean REHEARSED = new AtomicBoolean();

  private final StackContext context;
  private final PolicyData data;
  private final ManagedPolicyReader managedPolicies;
  private final AssumedRoleReader assumedRoles;
  private final TrustReader trust;
  private final BroadAccessRule broadAccess;
  private final WordHints hints;
  private final Clock clock;

  /** Creates a reader for roles of one stack, by the clock of this computer. */
  public PermissionsReader(StackContext context) {
    this(context, Clock.systemUTC());
  }

  /**
   * Creates a reader for roles of one stack. The first of a process reads what most launches ask
   * for: it takes a hundred times as long as the next, most of it to load classes, and so is done
   * while a function starts, before its snapshot.
   *
   * @param clock tells when durations begin
   */
  public PermissionsReader(StackContext context, Clock clock) {
    this(context, PolicyData.standard(), clock);
    if (!REHEARSED.getAndSet(true)) {
      rehearse();
    }
  }

  PermissionsReader(StackContext context, PolicyData data, Clock clock) {
    this.context = context;
    this.clock = clock;
    this.data = data;
    this.managedPolicies = new ManagedPolicyReader(context, data.review());
    this.assumedRoles = new AssumedRoleReader(context);
    this.trust = new TrustReader(context);
    this.broadAccess = new BroadAccessRule(context.broadAccess());
    this.hints = new WordHints(data.templates());
  }

  /** Returns what is wrong with what is read for practice: nothing. */
  Problems rehearse() {
    Problems problems = new Problems();
    read(data.rehearsal(), "$.iam", problems);
    return problems;
  }

  /**
   * Reads the permission fields.
   *
   * @param iam the {@code iam} object; fields that are not in {@link PermissionFields} are left to
   *     the caller
   * @param path the JSON path of that object, {@code $.iam}
   * @param limits what callers may ask for
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  public ResolvedPermissions read(
      JsonNode iam, String path, PolicyLimits limits, Problems problems) {
    return read(new Reading(iam, path, problems), limits, true);
  }

  /** Reads the same in a stack without limits. */
  public ResolvedPermissions read(JsonNode iam, String path, Problems problems) {
    return read(iam, path, PolicyLimits.NONE, problems);
  }

  private ResolvedPermissions read(Reading reading, PolicyLimits limits, boolean doubtStatements) {
    limits.checkStatements(reading);
    boolean described =
        PermissionFields.ALL.names().stream().anyMatch(field -> reading.field(field).isPresent());
    List<Grant> grants = new ArrayList<>(words(reading, limits));
    List<Grant> statements = statements(reading, doubtStatements);
    grants.addAll(statements);
    List<AssumedRole> assumed = assumedRoles.read(reading);
    List<Grant> assuming = AssumedRoleReader.grants(assumed, reading);
    grants.addAll(assuming);
    withinLimits(limits.ownStatements() ? statements : List.of(), limits, reading);
    withinLimits(assuming, limits, reading);
    Map<String, String> managed = managedPolicies.read(reading, limits.managedPolicies());
    List<String> services = trust.services(reading);
    Optional<Expiry> expiry = limits.expiry().read(reading, described, clock.instant());
    Permissions permissions =
        new Permissions(
            services,
            SizeLimits.inlinePolicy(
                Stream.concat(
                        grants.stream().map(Grant::statement),
                        expiry.map(Expiry::statement).stream())
                    .toList(),
                reading),
            List.copyOf(managed.keySet()),
            trust.boundary(reading, services),
            sessionSeconds(reading));
    SizeLimits.checkTrust(permissions.trustPolicy(), reading);
    // What is too large to be put was refused, and to judge it would only cost time.
    if (!permissions.inlinePolicy().isEmpty()) {
      review(grants, permissions.permissionsBoundary(), reading);
      hints.ofStatements(statements).forEach(reading::warning);
    }
    managedPolicies
        .warnings(managed, permissions.permissionsBoundary(), limits.managedPolicies())
        .forEach(reading::warning);
    hints.ofManagedPolicies(reading).forEach(reading::warning);
    if (described && grants.isEmpty() && managed.isEmpty()) {
      reading.warning(noPermissions(reading.path()));
    }
    broadAccess
        .refusals(reading.warnings())
        .forEach(refusal -> reading.problem(refusal.path(), refusal.message()));
    return new ResolvedPermissions(permissions, described, assumed, reading.warnings(), expiry);
  }

  private void review(List<Grant> grants, String boundary, Reading reading) {
    SizeLimits.withinWork(
            () -> data.review().warnings(grants, reading.problems().work()),
            List.<Warning>of(),
            reading)
        .forEach(reading::warning);
    boundaryDenies(grants, boundary).forEach(reading::warning);
  }

  /**
   * Returns the content of the default role, for launches that say nothing about permissions: an
   * instance may describe instances and tags, and terminate what its stack launched.
   */
  public ResolvedPermissions defaultRole() {
    Problems problems = new Problems();
    Permissions permissions =
        read(new Reading(data.defaultRole().in(context), "$", problems), PolicyLimits.NONE, false)
            .permissions();
    problems.throwIfAny();
    return new ResolvedPermissions(permissions, false, List.of(), List.of(), Optional.empty());
  }

  private void withinLimits(List<Grant> grants, PolicyLimits limits, Reading reading) {
    SizeLimits.withinWork(
        () -> limits.resources().check(grants, arn -> Optional.empty(), reading.problems()),
        reading);
  }

  private List<Grant> words(Reading reading, PolicyLimits limits) {
    PolicyWords words = new PolicyWords(context, data.templates(), reading.problems());
    ScopeReader scopes = new ScopeReader(context, data.templates(), reading.problems());
    reading.texts("policies", words::word);
    if (reading.isWrong("policies")) {
      words.someWordsAreUnknown();
      scopes.someWordsAreUnknown();
    }
    reading.texts(
        "resources", (text, at) -> scopes.read(text, at, words.services()).ifPresent(words::scope));
    if (reading.isWrong("resources")) {
      Optional<Scope> alone = scopeAlone(reading);
      alone.ifPresentOrElse(words::scope, words::someScopesAreUnknown);
    }
    words.warnings().forEach(reading::warning);
    words.check(limits.words());
    List<Grant> grants = SizeLimits.withinWork(words::grants, List.of(), reading);
    SizeLimits.withinWork(
        () -> limits.resources().check(grants, words::origin, reading.problems()), reading);
    return grants;
  }

  /** Returns the one resource that stands where a list of them should, if it is clear which. */
  private Optional<Scope> scopeAlone(Reading reading) {
    Problems noted = reading.problems().ofPart();
    return reading
        .field("resources")
        .filter(JsonNode::isTextual)
        .flatMap(
            text ->
                new ScopeReader(context, data.templates(), noted)
                    .read(
                        text.asText(),
                        reading.path("resources"),
                        data.templates().services().keySet()));
  }

  private List<Grant> statements(Reading reading, boolean doubt) {
    StatementReader reader =
        doubt
            ? new StatementReader(context, reading.problems(), reading::warning)
            : new StatementReader(context, reading.problems());
    List<Grant> grants = new ArrayList<>();
    reading
        .field("policyDocument")
        .map(document -> reader.document(document, reading.path("policyDocument")))
        .ifPresent(grants::addAll);
    reading
        .field("statements")
        .map(list -> reader.statements(list, reading.path("statements")))
        .ifPresent(grants::addAll);
    return grants;
  }

  private List<Warning> boundaryDenies(List<Grant> grants, String boundary) {
    List<Warning> warnings = new ArrayList<>();
    for (Grant grant : grants) {
      List<String> denied =
          grant.statement().allows()
              ? data.boundaries().deniedOf(grant.statement(), boundary, context)
              : List.of();
      if (!denied.isEmpty()) {
        warnings.add(data.review().warning(Boundaries.FINDING, denied, grant.path()));
      }
    }
    return warnings;
  }

  private static int sessionSeconds(Reading reading) {
    String field = PermissionFields.MAX_SESSION_DURATION.name();
    return reading
        .field(field)
        .flatMap(
            given ->
                PermissionFields.SESSION_SECONDS.read(
                    given, reading.path(field), reading.problems()))
        .orElse(PermissionFields.SESSION_SECONDS.min());
  }

  private static Warning noPermissions(String path) {
    return new Warning(
        "NO_PERMISSIONS",
        Severity.LOW,
        path,
        "The role may do nothing.",
        "Say in \"policies\" what the instance needs, if it needs anything.");
  }
}
