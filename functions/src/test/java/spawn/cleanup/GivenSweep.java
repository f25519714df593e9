package spawn.cleanup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import spawn.aws.SimulatedAws;
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
  private Executor executor = Runnable::run;
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

  /** Asks the regions by another executor. */
  public GivenSweep asking(Executor wanted) {
    executor = wanted;
    return this;
  }

  /** Sweeps within other limits. */
  public GivenSweep limits(SweepLimits wanted) {
    limits = wanted;
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
        new UsageScan(aws.ec2(home), aws::ec2, executor),
        aws.clock(),
        SweepTerms.STANDARD,
        limits,
        log);
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
