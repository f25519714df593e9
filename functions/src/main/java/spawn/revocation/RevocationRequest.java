package spawn.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.role.Revocation;

/**
 * What an operator asks.
 *
 * @param role the name of the role
 * @param kind what is to be denied; nothing if every revocation is to be undone
 * @param reason why, as the operator says, if it was said
 * @param by who asks, as they say, if it was said
 */
public record RevocationRequest(
    String role, Optional<Revocation.Kind> kind, Optional<String> reason, Optional<String> by) {
  /**
   * Returns what a call asks for.
   *
   * @throws InvalidRequest with every problem of the call
   */
  public static RevocationRequest read(JsonNode call) {
    Problems problems = new Problems();
    PayloadObject payload = PayloadObject.of(call, RevocationFields.ALL, problems);
    Optional<String> role = payload.get(RevocationFields.ROLE);
    Optional<String> reason = payload.get(RevocationFields.REASON);
    boolean sessions = payload.isTrue(RevocationFields.SESSIONS);
    boolean undo = payload.isTrue(RevocationFields.UNDO);
    Optional<String> by = payload.get(RevocationFields.BY);
    payload.keeps(RevocationFields.UNDO_TAKES_ALL_OFF);
    if (!undo && !payload.has(RevocationFields.REASON)) {
      problems.add(
          payload.path(RevocationFields.REASON),
          "Missing: say why, for whoever meets the role later, for example %s."
              .formatted(RevocationFields.REASON.examples().get(0)));
    }
    problems.throwIfAny();
    return new RevocationRequest(
        role.orElseThrow(),
        undo
            ? Optional.empty()
            : Optional.of(sessions ? Revocation.Kind.SESSIONS : Revocation.Kind.EVERYTHING),
        reason,
        by);
  }

  /** Returns who asks and why, for the role's tag. */
  String note() {
    return by.map(name -> name + ": ").orElse("") + reason.orElse("");
  }
}
