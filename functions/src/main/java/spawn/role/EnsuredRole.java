package spawn.role;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import spawn.json.LowerCase;
import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * A role that a launch may use.
 *
 * @param role the role, as IAM showed it
 * @param outcome how it came to be usable
 * @param leaseUntil until when the launch may rely on it; nothing for a role that spawn did not
 *     make, which no sweep touches
 */
public record EnsuredRole(KnownRole role, Outcome outcome, Optional<Instant> leaseUntil) {
  /** How a role came to be usable. */
  public enum Outcome implements LowerCase {
    /** Created, or completed, by this launch or run. */
    CREATED,
    /** Made by spawn in an earlier launch or run. */
    REUSED,
    /** A role of a set, changed to what the set asks for. */
    UPDATED,
    /** The user's own, untouched. */
    EXISTING;

    /** Returns the word for it in inputs, outputs and logs of states. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns the same role of which a launch may not rely on more than lasts until its end.
   *
   * @param expires when it ends, if it does
   */
  EnsuredRole until(Optional<Instant> expires) {
    return new EnsuredRole(
        role, outcome, leaseUntil.map(lease -> expires.filter(lease::isAfter).orElse(lease)));
  }

  /**
   * Returns the warning that the payload only names the role, and that spawn has made it: without
   * permissions, since the payload describes none. Most likely the name of an existing role is
   * misspelt. It is told again when the role is found again, so that a repeated call, or another
   * launch under the same name, knows it too.
   *
   * @param request what was asked for
   */
  public Optional<Warning> warning(RoleRequest request) {
    boolean isMadeEmpty =
        !request.described() && outcome != Outcome.EXISTING && role.isMeantFor(request.hash());
    return isMadeEmpty
        ? Optional.of(
            new Warning(
                "ROLE_MADE_EMPTY",
                Severity.MEDIUM,
                request.paths().role() + "." + IamFields.ROLE.name(),
                "The payload only names role %s, %s without permissions: it may do nothing."
                    .formatted(
                        role.name(),
                        outcome == Outcome.CREATED
                            ? "which did not exist, so spawn made it"
                            : "which spawn made"),
                "If the name is misspelt, correct it. If a new role is meant, say what it may do under another name."))
        : Optional.empty();
  }
}
