package spawn.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import spawn.error.Problems;
import spawn.payload.PayloadObject;

/**
 * What a repair is asked for.
 *
 * @param act whether to change anything; if not, it only tells what it would change
 * @param roleNames the only roles to look at, or none for all
 * @param after the name after which to go on; nothing to begin with the first
 */
public record RepairRequest(boolean act, Set<String> roleNames, Optional<String> after) {
  /** Copies the names. */
  public RepairRequest {
    roleNames = Set.copyOf(roleNames);
  }

  /**
   * Returns what a call asks for.
   *
   * @throws spawn.error.InvalidRequest with every problem of the call
   */
  public static RepairRequest read(JsonNode call) {
    Problems problems = new Problems();
    PayloadObject payload = PayloadObject.of(call, RepairFields.ALL, problems);
    RepairRequest request =
        new RepairRequest(
            payload.isTrue(RepairFields.REPAIR),
            Set.copyOf(payload.list(AuditFields.ROLE_NAMES)),
            payload.get(AuditFields.AFTER));
    problems.throwIfAny();
    return request;
  }
}
