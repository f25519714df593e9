package spawn.cleanup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.inventory.SideBySide;
import spawn.inventory.UsageScan;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/**
 * A sweep of a simulated account; what is left out is plain: the standard limits, regions one after
 * the other, no record of what is deleted.
 */
public final class GivenSweep {
  /** More than any run takes. */
  private static final Duration ENOUGH = Duration.ofDays(1);

  private final SimulatedAws aws;
  private String home = "us-east-1";
  private SideBySide threads = SideBySide.on(Runnable::run);
  private SweepLimits limits = SweepLimits.STANDARD;
  private Consumer<ObjectNode> log = deleted -> {};

  private GivenSweep(SimulatedAws aws) {
    this.aws = aws;
  }

  /** Returns a sweep of an account. */
  public static GivenSweep of(SimulatedAws aws) {
    return new GivenSweep(aws);
  }

  /** Sweeps from another region than us-east-1. */
  public GivenSweep from(String region) {
    home = region;
    return this;
  }

  /** Asks the regions by an executor, and does its work by it. */
  public GivenSweep asking(Executor wanted) {
    return working(SideBySide.on(wanted));
  }

  /** Sweeps within other limits. */
  public GivenSweep limits(SweepLimits wanted) {
    limits = wanted;
    return this;
  }

  /** Does its work, and asks the regions, by other threads. */
  public GivenSweep working(SideBySide wanted) {
    threads = wanted;
    return this;
  }

  /** Hands over what is deleted. */
  public GivenSweep log(Consumer<ObjectNode> wanted) {
    log = wanted;
    return this;
  }

  /** Returns the sweep. */
  public Sweep build() {
    return new Sweep(
        aws.iam(),
        RoleRequests.OWNER,
        new UsageScan(aws.ec2(home), aws::ec2, threads),
        aws.clock(),
        SweepTerms.STANDARD,
        limits,
        () -> new Crew(threads, () -> 0),
        log);
  }

  /** Gives the account an unused role of two hours, in a profile of its own. */
  static void givenUnused(SimulatedAws aws, String name, Consumer<GivenRole> traits) {
    String over = aws.clock().instant().minus(Duration.ofHours(3)).toString();
    aws.givenRole(
        name,
        role ->
            traits.accept(
                role.path("/spawn/spawn/us-east-1/")
                    .age(Duration.ofHours(2))
                    .tag(Tags.MANAGED, "true")
                    .tag("spawn:lease-until", over)
                    .inProfile(name)));
    managing(aws, name);
  }

  /** Gives a profile the tag of what spawn makes. */
  public static void managing(SimulatedAws aws, String profile) {
    aws.personsIam()
        .tagInstanceProfile(
            tag -> tag.instanceProfileName(profile).tags(Tags.of(Tags.MANAGED, "true")));
  }

  /** Sweeps once, with as much time as it takes. */
  static SweepReport run(Sweep sweep, SweepRequest request) {
    return sweep.sweep(request, ENOUGH);
  }
}
