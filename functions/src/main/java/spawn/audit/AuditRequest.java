package spawn.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import spawn.error.Problems;
import spawn.payload.PayloadObject;

/**
 * What an audit is asked for.
 *
 * @param html whether to answer with a page
 * @param roleNames the only roles to look at, or none for all
 * @param services whether to tell which services each of these roles has used
 * @param after the name after which to go on; nothing to begin with the first
 */
public record AuditRequest(
    boolean html, Set<String> roleNames, boolean services, Optional<String> after) {
  /** IAM makes a report for each role, so they are few. */
  private static final int MOST_WITH_SERVICES = 50;

  /** Copies the names. */
  public AuditRequest {
    roleNames = Set.copyOf(roleNames);
  }

  /** Returns the request that the schedule makes: everything. */
  public static AuditRequest ordinary() {
    return new AuditRequest(false, Set.of(), false, Optional.empty());
  }

  /**
   * Returns what a call asks for; what the schedule sends is for everything.
   *
   * @throws spawn.error.InvalidRequest with every problem of a direct call
   */
  public static AuditRequest read(JsonNode call) {
    if ("Scheduled Event".equals(call.path("detail-type").textValue())) {
      return ordinary();
    }
    Problems problems = new Problems();
    PayloadObject payload = PayloadObject.of(call, AuditFields.ALL, problems);
    AuditRequest request =
        new AuditRequest(
            payload.get(AuditFields.FORMAT).filter(AuditFields.HTML::equals).isPresent(),
            Set.copyOf(payload.list(AuditFields.ROLE_NAMES)),
            payload.isTrue(AuditFields.SERVICES),
            payload.get(AuditFields.AFTER));
    int named = request.roleNames().size();
    if (request.services() && (named == 0 || named > MOST_WITH_SERVICES)) {
      problems.add(
          "$.services",
          "IAM makes a report for each role: name 1 to %d of them in \"roleNames\", not %d."
              .formatted(MOST_WITH_SERVICES, named));
    }
    problems.throwIfAny();
    return request;
  }

  /** Returns whether it is for every role, so that what it finds stands for the stack. */
  public boolean isForAll() {
    return roleNames.isEmpty() && after.isEmpty();
  }
}
