package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import spawn.error.Work;
import spawn.payload.JsonPath;

/**
 * Judges what a role really holds by the rules by which payloads are judged: whoever put it there,
 * it is as risky.
 */
public final class RoleReview {
  /** Where a warning about an inline policy points, before the policy's name. */
  private static final String INLINE = "$.inlinePolicies";

  private static final String MANAGED = "$.managedPolicies";
  private static final String TRUST = "$.trusts";

  private final StackContext context;
  private final PolicyData data = PolicyData.standard();
  private final TrustReader trust;

  /** Creates the judge of one stack's roles. */
  public RoleReview(StackContext context) {
    this.context = context;
    this.trust = new TrustReader(context);
  }

  /** Returns whether spawn knows what a managed policy grants, so that nobody has to read it. */
  public boolean knows(String policyArn) {
    return ManagedPolicies.list()
        .pathOf(ManagedPolicies.name(policyArn))
        .map(context::awsPolicyArn)
        .equals(Optional.of(policyArn));
  }

  /**
   * Returns what is risky in a role; nothing if it is narrow.
   *
   * @param inline its inline policies by their names, decoded
   * @param managed the ARNs of its managed policies
   * @param content the document of a managed policy that spawn does not {@link #knows know};
   *     nothing if it could not be read
   * @param boundary the ARN of its permissions boundary; empty if it has none
   * @param trusted who may assume it
   */
  public List<Warning> warnings(
      Map<String, JsonNode> inline,
      List<String> managed,
      Function<String, Optional<JsonNode>> content,
      String boundary,
      TrustedPrincipals trusted) {
    List<Grant> grants = new ArrayList<>();
    inline.forEach(
        (name, document) -> grants.addAll(Grant.of(document, JsonPath.member(INLINE, name))));
    List<Warning> warnings = new ArrayList<>(data.review().warnings(grants, Work.unbounded()));
    for (Grant grant : grants) {
      List<String> denied =
          grant.statement().allows()
              ? data.boundaries().deniedOf(grant.statement(), boundary, context)
              : List.of();
      if (!denied.isEmpty()) {
        warnings.add(data.review().warning(Boundaries.FINDING, denied, grant.path()));
      }
    }
    for (int at = 0; at < managed.size(); at++) {
      warnings.addAll(ofManaged(managed.get(at), content, boundary, JsonPath.index(MANAGED, at)));
    }
    warnings.addAll(trust.warnings(trusted.names(), TRUST));
    return warnings;
  }

  private List<Warning> ofManaged(
      String arn, Function<String, Optional<JsonNode>> content, String boundary, String path) {
    String name = ManagedPolicies.name(arn);
    if (!knows(arn)) {
      return content
          .apply(arn)
          .map(document -> of(name, data.review().findings(document), path))
          .orElseGet(() -> List.of(unread(arn, path)));
    }
    return of(
        name,
        ManagedPolicies.list().findings(name).stream()
            .filter(
                finding ->
                    !finding.id().equals(Boundaries.FINDING)
                        || boundary.equals(context.defaultBoundary()))
            .toList(),
        path);
  }

  private List<Warning> of(String name, List<Finding> findings, String path) {
    return findings.stream()
        .map(finding -> data.review().ofManagedPolicy(name, finding, path))
        .toList();
  }

  private static Warning unread(String arn, String path) {
    return new Warning(
        "UNREAD_POLICY",
        Severity.HIGH,
        path,
        "What %s grants could not be read.".formatted(arn),
        "Look at the policy yourself, or detach it.");
  }
}
