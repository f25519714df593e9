package spawn.expect;

import java.util.List;
import spawn.policy.Expectation;
import spawn.role.RoleRequest;

/**
 * A role, and what is expected of it.
 *
 * @param role the role to make or to use
 * @param expectations what it must and must not be allowed
 */
public record RoleToTest(RoleRequest role, List<Expectation> expectations) {}
