package spawn.plan;

import spawn.role.Owner;

/**
 * The stack whose launches are planned.
 *
 * @param owner what of IAM is its own
 * @param roleArns how the ARNs of its roles begin, up to their names
 */
public record PlannedStack(Owner owner, String roleArns) {}
