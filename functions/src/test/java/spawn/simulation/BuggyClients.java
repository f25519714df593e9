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
import spawn.aws.SimulatedAws;
import spawn.cleanup.SweepTerms;
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
  private final Site site;

  BuggyClients(
      Mutation mutation,
      SimulatedAws aws,
      Clock clock,
      List<RequestedRole> requestedRoles,
      Site site) {
    this.site = site;
    this.stackBugs = new StackBugs(site);
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
    return planted(
        function.equals(SWEEP)
            ? Stream.of(
                SweepBugs.iam(mutation),
                roleSetBugs.removing(mutation),
                stackBugs.sweeping(mutation))
            : Stream.of(
                launchBugs.iam(mutation),
                stackBugs.launching(mutation),
                RoleSetBugs.launching(mutation),
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
  public SweepTerms sweepTerms() {
    SweepTerms terms = SweepTerms.STANDARD;
    return mutation == Mutation.MARK_NOT_WAITED_FOR
        ? new SweepTerms(
            terms.youth(), terms.clockSkew(), Duration.ZERO, terms.markLapses(), terms.lastUse())
        : terms;
  }
}
