package spawn.audit;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import spawn.aws.SimulatedAws;
import spawn.inventory.UsageScan;
import spawn.policy.StackContext;
import spawn.role.RoleRequests;

/** An audit of a simulated account, with as much time as it takes. */
final class GivenAudit {
  static final AuditRequest ALL = AuditRequest.ordinary();

  private GivenAudit() {}

  static Audit of(SimulatedAws aws) {
    return of(aws, RoleRequests.CONTEXT, AuditJson.MAX_BYTES);
  }

  static Audit of(SimulatedAws aws, StackContext context, int maxBytes) {
    return new Audit(
        aws.iam("/spawn/spawn/us-east-1/"),
        context,
        new UsageScan(aws.ec2("us-east-1"), aws::ec2, Runnable::run),
        aws.clock(),
        aws::advance,
        maxBytes);
  }

  static AuditReport run(SimulatedAws aws) {
    return run(of(aws), ALL);
  }

  static AuditReport run(Audit audit, AuditRequest request) {
    return audit.audit(request, Duration.ofDays(1));
  }

  static AuditRequest only(String... names) {
    return new AuditRequest(false, Set.of(names), false, Optional.empty());
  }

  /** Dice that fall the same in every run. */
  static Random dice() {
    return new Random(17);
  }
}
