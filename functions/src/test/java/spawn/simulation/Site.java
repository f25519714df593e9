package spawn.simulation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import spawn.policy.StackContext;
import spawn.role.Owner;
import spawn.workflow.Stack;

/**
 * A place in the account where a stack is deployed.
 *
 * @param stack the stack's name
 * @param region its region
 * @param boundary the ARN of the boundary that it puts on roles
 */
record Site(String stack, String region, String boundary) {
  /** The stack that every schedule has. */
  static final Site FIRST = new Site("spawn", "us-east-1", Stack.BOUNDARY);

  /** A boundary that a stack had before it was deleted and deployed again. */
  static final String EARLIER_BOUNDARY =
      "arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-0ABCDEF";

  private static final Map<Site, List<RequestedRole>> REQUESTED = new ConcurrentHashMap<>();

  /** Returns what the stack says of itself. */
  StackContext context() {
    return Stack.context(stack, region, boundary);
  }

  /** Returns what of IAM is the stack's own. */
  Owner owner() {
    return Owner.of(context());
  }

  /** Returns whether the stack's roles lie there too. */
  boolean isWhereTheRolesOf(Site other) {
    return owner().equals(other.owner());
  }

  /** Returns what launches of the stack may ask for. */
  List<RequestedRole> requestedRoles() {
    return REQUESTED.computeIfAbsent(this, site -> RequestedRole.all(site.context()));
  }
}
