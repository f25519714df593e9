package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.ContextEntry;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.InvalidInputException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Statement;
import spawn.policy.Expectation;

/**
 * Has IAM decide what a role that exists may do, by the policies, the boundary and, where the
 * account is in an organization, the service control policies that it has (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html">SimulatePrincipalPolicy</a>).
 * One call for each request: of several in one, IAM may say that they require different
 * authorization information.
 */
final class RoleSimulation {
  private static final String ALLOWED = "allowed";

  private final IamClient iam;
  private final Clock clock;

  RoleSimulation(IamClient iam, Clock clock) {
    this.iam = iam;
    this.clock = clock;
  }

  /**
   * Returns what IAM decides about each request.
   *
   * @param name the role's name, or its ARN
   * @throws CommandFailure if there is no such role, or IAM cannot try a request
   */
  List<Decision> decide(String name, List<Expectation> requests) {
    Role role = role(name.substring(name.lastIndexOf('/') + 1));
    SourcePolicies policies = new SourcePolicies(iam, role);
    return requests.stream().map(request -> decide(role, policies, request)).toList();
  }

  private Role role(String name) {
    try {
      return iam.getRole(get -> get.roleName(name)).role();
    } catch (NoSuchEntityException none) {
      throw CommandFailure.wrongCall("There is no role %s in this account.".formatted(name));
    }
  }

  private Decision decide(Role role, SourcePolicies policies, Expectation request) {
    EvaluationResult result = simulated(role, request);
    boolean byBoundary =
        result.permissionsBoundaryDecisionDetail() == null
            || result.permissionsBoundaryDecisionDetail().allowedByPermissionsBoundary();
    boolean byOrganization =
        result.organizationsDecisionDetail() == null
            || result.organizationsDecisionDetail().allowedByOrganizations();
    String said = result.evalDecisionAsString();
    boolean allowed = said.equals(ALLOWED) && byBoundary && byOrganization;
    return new Decision(
        request.action(),
        request.resource(),
        allowed ? ALLOWED : said.equals(ALLOWED) ? "implicitDeny" : said,
        because(result, allowed, byBoundary, byOrganization, policies, role),
        allowed ? List.of() : result.missingContextValues());
  }

  private EvaluationResult simulated(Role role, Expectation request) {
    try {
      return iam.simulatePrincipalPolicy(
              call ->
                  call.policySourceArn(role.arn())
                      .actionNames(request.action())
                      .resourceArns(request.resource())
                      .contextEntries(context(role, request)))
          .evaluationResults()
          .get(0);
    } catch (InvalidInputException | PolicyEvaluationException refused) {
      throw CommandFailure.wrongCall(
          "IAM cannot try %s on %s: %s"
              .formatted(
                  request.action(), request.resource(), refused.awsErrorDetails().errorMessage()));
    }
  }

  /**
   * What the simulator is told: what the command line says, and of the rest what is known. It does
   * not put in the role's tags itself.
   */
  private List<ContextEntry> context(Role role, Expectation request) {
    List<ContextEntry> entries = new ArrayList<>();
    Set<String> given =
        request.context().stream()
            .map(value -> value.key().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    request
        .context()
        .forEach(value -> entries.add(entry(value.key(), value.type(), value.values())));
    add(
        entries,
        given,
        "aws:CurrentTime",
        "date",
        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    add(entries, given, "aws:PrincipalArn", "string", role.arn());
    add(entries, given, "aws:PrincipalAccount", "string", role.arn().split(":", -1)[4]);
    role.tags()
        .forEach(
            tag -> add(entries, given, "aws:PrincipalTag/" + tag.key(), "string", tag.value()));
    return entries;
  }

  private static void add(
      List<ContextEntry> entries, Set<String> given, String key, String type, String value) {
    if (!given.contains(key.toLowerCase(Locale.ROOT))) {
      entries.add(entry(key, type, List.of(value)));
    }
  }

  private static ContextEntry entry(String key, String type, List<String> values) {
    return ContextEntry.builder()
        .contextKeyName(key)
        .contextKeyType(type)
        .contextKeyValues(values)
        .build();
  }

  private static String because(
      EvaluationResult result,
      boolean allowed,
      boolean byBoundary,
      boolean byOrganization,
      SourcePolicies policies,
      Role role) {
    if (!allowed && !byOrganization) {
      return "the organization's policies do not allow it";
    }
    if (!allowed && !byBoundary) {
      String arn = role.permissionsBoundary().permissionsBoundaryArn();
      return "the permissions boundary %s does not allow it"
          .formatted(arn.substring(arn.lastIndexOf('/') + 1));
    }
    if (result.matchedStatements().isEmpty()) {
      return allowed ? "IAM does not say by which statement" : "no statement allows it";
    }
    return result.matchedStatements().stream()
        .map(policies::told)
        .distinct()
        .limit(3)
        .collect(Collectors.joining("; "));
  }

  /** The policies of a role, to say which statement it is that decided. */
  private static final class SourcePolicies {
    private static final int LONGEST = 160;

    private final IamClient iam;
    private final Role role;

    SourcePolicies(IamClient iam, Role role) {
      this.iam = iam;
      this.role = role;
    }

    String told(Statement matched) {
      String policy = String.valueOf(matched.sourcePolicyId());
      if (matched.startPosition() == null || matched.endPosition() == null) {
        return "a statement of " + policy;
      }
      return text(policy)
          .flatMap(text -> Excerpt.of(text, matched.startPosition(), matched.endPosition()))
          .map(statement -> "%s: %s".formatted(policy, shortened(statement)))
          .orElse(
              "the statement in line %d of %s".formatted(matched.startPosition().line(), policy));
    }

    /** Whoever may simulate need not be allowed to read: then the place is all that is told. */
    private Optional<String> text(String policy) {
      try {
        return iam
            .listRolePoliciesPaginator(list -> list.roleName(role.roleName()))
            .policyNames()
            .stream()
            .filter(name -> policy.equals(name) || policy.endsWith("_" + name))
            .findFirst()
            .map(
                name ->
                    iam.getRolePolicy(get -> get.roleName(role.roleName()).policyName(name))
                        .policyDocument())
            .map(Excerpt::decoded);
      } catch (SdkException notReadable) {
        return Optional.empty();
      }
    }

    private static String shortened(String text) {
      return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
  }

  /**
   * What IAM decided.
   *
   * @param decision {@code allowed}, {@code explicitDeny} or {@code implicitDeny}
   * @param because what decided
   * @param notTold condition keys that the policies ask about, and that IAM was told nothing of
   */
  record Decision(
      String action, String resource, String decision, String because, List<String> notTold) {
    boolean isAllowed() {
      return decision.equals(ALLOWED);
    }

    JsonNode toJson() {
      var json =
          Json.object()
              .put("action", action)
              .put("resource", resource)
              .put("decision", decision)
              .put("because", because);
      Json.put(json, "notTold", notTold);
      return json;
    }
  }
}
