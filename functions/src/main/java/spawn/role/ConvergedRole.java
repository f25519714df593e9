package spawn.role;

import java.util.List;
import java.util.Optional;

/**
 * A role of a set after a run, or as a run would leave it.
 *
 * @param role the role, as IAM showed it before the changes; nothing where it is only planned
 * @param outcome how it came to be as it is
 * @param changes what was changed, or would be, in the order of the calls; empty where nothing was
 */
public record ConvergedRole(
    Optional<KnownRole> role, EnsuredRole.Outcome outcome, List<String> changes) {}
