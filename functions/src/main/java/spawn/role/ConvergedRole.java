package spawn.role;

import java.util.List;
import java.util.Optional;

/**
 * A role of a set as a run leaves it, or would leave it.
 *
 * @param role the role, as IAM showed it before the changes; nothing if it is only planned
 * @param outcome how it came to be as it is
 * @param changes what was changed, or would be, in the order of the calls; empty if nothing was
 */
public record ConvergedRole(
    Optional<KnownRole> role, EnsuredRole.Outcome outcome, List<String> changes) {}
