package spawn;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import spawn.association.AssociationScope;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.SweepLimits;
import spawn.cleanup.SweepTerms;
import spawn.lambda.LogLine;
import spawn.policy.StackContext;
import spawn.role.LeaseTerms;

/**
 * What the stack tells its functions through their environment.
 *
 * <p>The durations have no parameter in the template: they are shortened for tests on one machine
 * only, and the argument why launches and sweeps never meet rests on their real values.
 */
public final class Settings {
  /** How long a profile may take to become visible to EC2. */
  private static final Duration PROPAGATION_TIMEOUT = Duration.ofMinutes(5);

  private final Map<String, String> environment;

  /** Creates settings from the variables of a process. */
  public Settings(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Returns what the stack says about every role that is made. */
  public StackContext policyContext() {
    return new StackContext(
        required("SPAWN_PARTITION"),
        required("SPAWN_ACCOUNT"),
        required("AWS_REGION"),
        required("SPAWN_BOUNDARY"),
        required("SPAWN_SERVICE_BOUNDARY"),
        list("SPAWN_ALLOWED_BOUNDARIES"),
        StackContext.BroadAccess.valueOf(required("SPAWN_BROAD_ACCESS").toUpperCase(Locale.ROOT)));
  }

  /** Returns how long launches may rely on a role. */
  public LeaseTerms leaseTerms() {
    return new LeaseTerms(
        duration("SPAWN_LEASE", LeaseTerms.STANDARD.lease()),
        duration("SPAWN_LAST_CALL", LeaseTerms.STANDARD.lastCall()));
  }

  /** Returns how long the sweep waits before each of its steps. */
  public SweepTerms sweepTerms() {
    return new SweepTerms(
        duration("SPAWN_YOUTH", SweepTerms.STANDARD.youth()),
        duration("SPAWN_CLOCK_SKEW", SweepTerms.STANDARD.clockSkew()),
        duration("SPAWN_MARK", SweepTerms.STANDARD.mark()),
        SweepTerms.STANDARD.markLapses(),
        SweepTerms.STANDARD.lastUse());
  }

  /** Returns how much a single sweep may do. */
  public SweepLimits sweepLimits() {
    return new SweepLimits(
        Optional.ofNullable(environment.get("SPAWN_MAX_DELETIONS"))
            .map(Integer::parseInt)
            .orElse(SweepLimits.STANDARD.deletions()),
        SweepLimits.STANDARD.region());
  }

  /**
   * Returns the function's log: standard output, whose lines Lambda sends to CloudWatch as they are
   * when they are JSON (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html">JSON
   * log format</a>).
   */
  public Consumer<LogLine> log() {
    String stack = required("SPAWN_STACK");
    // Loads what a line takes now, when the function starts or its snapshot is taken.
    new LogLine().figure("Loaded", 1).text(stack);
    return line -> System.out.println(line.text(stack));
  }

  /** Returns whether the sweep may change anything. */
  public CleanupMode cleanupMode() {
    return CleanupMode.valueOf(
        environment.getOrDefault("SPAWN_CLEANUP_MODE", "on").toUpperCase(Locale.ROOT));
  }

  /** Returns which instances may get another profile. */
  public AssociationScope associationScope() {
    return AssociationScope.valueOf(required("SPAWN_ASSOCIATE_INSTANCES").toUpperCase(Locale.ROOT));
  }

  /** Returns how long a profile may take to become visible to EC2. */
  public Duration propagationTimeout() {
    return duration("SPAWN_PROPAGATION_TIMEOUT", PROPAGATION_TIMEOUT);
  }

  private Duration duration(String variable, Duration standard) {
    return Optional.ofNullable(environment.get(variable)).map(Duration::parse).orElse(standard);
  }

  private List<String> list(String variable) {
    return Arrays.stream(environment.getOrDefault(variable, "").split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  private String required(String variable) {
    return Optional.ofNullable(environment.get(variable))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The environment variable " + variable + " is not set; the template sets it."));
  }
}
