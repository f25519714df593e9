package spawn.role;

import java.util.List;

/**
 * A role that had drifted, as a repair leaves it.
 *
 * @param role its name
 * @param outcome what became of it
 * @param drifts in what it differed
 * @param changes what was changed, or would be, in the order of the calls
 * @param detail why it stays as it is, or what AWS answered; empty for a role that is repaired
 */
public record RepairedRole(
    String role, RepairOutcome outcome, List<Drift> drifts, List<String> changes, String detail) {}
