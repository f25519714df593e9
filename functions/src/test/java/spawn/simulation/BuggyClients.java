package spawn.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import spawn.aws.SimulatedAws;
import spawn.cleanup.SweepLimits;
import spawn.cleanup.SweepTerms;
import spawn.inventory.SideBySide;
import spawn.policy.StackContext;
import spawn.role.Owner;
import spawn.workflow.Stack;

/**
 * The functions of spawn with one bug in them, planted between them and AWS: what they ask, or what
 * they are told, is changed just so that they do what the buggy code would.
 */
final class BuggyClients implements Stack.Parts {
  private static final String SWEEP = "CleanupUnusedRoles";

  private final Mutation mutation;

  private final SimulatedAws aws;
  private final Clock clock;
  private final LaunchBugs launchBugs;
  private final RoleSetBugs roleSetBugs;
  private final StackBugs stackBugs;
  private final ApprovalBugs approvalBugs;
  private final Site site;
  private final SideBySide threads;
  private final SweepLimits limits;

  /**
   * Creates the clients of one stack.
   *
   * @param threads runs what a sweep does side by side
   * @param limits how much a sweep may do
   */
  BuggyClients(
      Mutation mutation,
      SimulatedAws aws,
      Clock clock,
      List<RequestedRole> requestedRoles,
      Site site,
      SideBySide threads,
      SweepLimits limits) {
    this.site = site;
    this.threads = threads;
    this.limits = limits;
    this.stackBugs = new StackBugs(site);
    this.approvalBugs = new ApprovalBugs(aws);
    this.mutation = mutation;
    this.aws = aws;
    this.clock = clock;
    this.launchBugs = new LaunchBugs(aws, clock, requestedRoles);
    this.roleSetBugs = new RoleSetBugs(clock);
  }

  @Override
  public StackContext context() {
    return site.context();
  }

  @Override
  public Owner owner() {
    return mutation == Mutation.RESERVATION_RELIED_ON_ACROSS_STACKS
        ? Site.FIRST.owner()
        : site.owner();
  }

  @Override
  public IamClient iam(String function) {
    RevocationBugs revocationBugs = new RevocationBugs(aws.iam(owner().path()));
    if (function.equals("RevokeRole")) {
      return planted(
          Stream.of(RevocationBugs.revoking(mutation)), IamClient.class, aws.iam(owner().path()));
    }
    if (function.equals("RepairRoles")) {
      return planted(
          Stream.of(RepairBugs.repairing(mutation)), IamClient.class, aws.iam(owner().path()));
    }
    if (function.equals("PlanLaunch")) {
      return planted(
          Stream.of(approvalBugs.planning(mutation)), IamClient.class, aws.iamOnEveryPath());
    }
    return planted(
        function.equals(SWEEP)
            ? Stream.of(
                SweepBugs.iam(mutation),
                revocationBugs.taking(mutation, Mutation.REVOKED_ROLE_SWEPT),
                roleSetBugs.removing(mutation),
                stackBugs.sweeping(mutation))
            : Stream.of(
                launchBugs.iam(mutation),
                stackBugs.launching(mutation),
                RoleSetBugs.launching(mutation),
                RevocationBugs.launching(mutation),
                function.equals("ConvergeRole")
                    ? revocationBugs.taking(mutation, Mutation.DENIAL_TAKEN_OFF_BY_A_SET)
                    : Interposed.NONE,
                RepairBugs.launching(mutation),
                function.equals("ConvergeRole") ? RoleSetBugs.making(mutation) : Interposed.NONE),
        IamClient.class,
        aws.iam(owner().path()));
  }

  @Override
  public Ec2Client ec2(String function, Region region) {
    return planted(
        function.equals(SWEEP)
            ? Stream.of(SweepBugs.ec2(mutation), RoleSetBugs.lookingForUse(mutation))
            : Stream.of(
                launchBugs.ec2(mutation),
                function.equals("WaitForInstances") ? StartBugs.ec2(mutation) : Interposed.NONE),
        Ec2Client.class,
        aws.ec2(region));
  }

  @Override
  public SfnClient states(String function, SfnClient real) {
    return function.equals("ConfirmAnswer")
        ? planted(Stream.of(approvalBugs.confirming(mutation)), SfnClient.class, real)
        : real;
  }

  private static <C> C planted(Stream<Interposed> bugs, Class<C> type, C client) {
    return bugs.filter(bug -> bug != Interposed.NONE)
        .findFirst()
        .map(bug -> bug.before(type, client))
        .orElse(client);
  }

  @Override
  public Clock clock(String function) {
    return mutation == Mutation.LEASE_NOT_LOOKED_AT_BY_THE_LAUNCH && function.equals("RunInstance")
        ? Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)
        : clock;
  }

  @Override
  public SideBySide sideBySide() {
    return threads;
  }

  @Override
  public SweepLimits sweepLimits() {
    return limits;
  }

  @Override
  public SweepTerms sweepTerms() {
    SweepTerms terms = SweepTerms.STANDARD;
    return mutation == Mutation.MARK_NOT_WAITED_FOR
        ? new SweepTerms(
            terms.youth(), terms.clockSkew(), Duration.ZERO, terms.markLapses(), terms.lastUse())
        : terms;
  }
}
