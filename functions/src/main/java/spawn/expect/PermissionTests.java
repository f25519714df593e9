package spawn.expect;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.error.ExpectationFailed;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.Problem;
import spawn.error.QuotaExceeded;
import spawn.role.NamedRoles;
import spawn.role.Owner;
import spawn.role.PolicyVersions;

/**
 * Tests a role by IAM's own simulator before it is made or used. It only reads, by a bounded number
 * of calls: one for each expectation, of which a payload has at most 50, and two for each managed
 * policy and boundary, however many roles have it; for a role that is only named, one for the role,
 * one for each inline policy, and the pages of their lists.
 */
public final class PermissionTests {
  private final IamClient iam;
  private final NamedRoles named;
  private final Simulator simulator;

  /**
   * Creates the tests on one account's IAM.
   *
   * @param owner the stack whose roles they are
   */
  public PermissionTests(IamClient iam, Owner owner, Clock clock) {
    this.iam = iam;
    this.named = new NamedRoles(iam, owner, clock);
    this.simulator = new Simulator(iam, clock);
  }

  /**
   * Returns what IAM decides about each expectation.
   *
   * @throws InvalidRequest if the payload names what is not there, or IAM cannot simulate
   * @throws QuotaExceeded if a role should have more managed policies than IAM attaches
   * @throws NotVisibleYet if what was read has changed meanwhile
   */
  public List<Verdict> verdicts(List<RoleToTest> roles) {
    TestedRoles tested = new TestedRoles(named, new PolicyVersions(iam));
    List<Verdict> verdicts = new ArrayList<>();
    for (RoleToTest role : roles) {
      TestedRole holding = tested.of(role.role());
      role.expectations()
          .forEach(expectation -> verdicts.add(simulator.verdict(expectation, holding)));
    }
    return verdicts;
  }

  /**
   * Checks that each expectation is met.
   *
   * @throws ExpectationFailed with all that are not
   */
  public static void check(List<Verdict> verdicts) {
    List<Problem> failed =
        verdicts.stream()
            .filter(verdict -> !verdict.met())
            .map(verdict -> new Problem(verdict.path(), verdict.message()))
            .toList();
    if (!failed.isEmpty()) {
      throw new ExpectationFailed(failed, verdicts.size());
    }
  }
}
