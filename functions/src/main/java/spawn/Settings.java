package spawn;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.regions.Region;
import spawn.approval.ApprovalMachines;
import spawn.association.AssociationScope;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.SweepLimits;
import spawn.cleanup.SweepTerms;
import spawn.lambda.AwsClients;
import spawn.lambda.LogLine;
import spawn.lambda.Rehearsal;
import spawn.lambda.Stage;
import spawn.plan.PlannedStack;
import spawn.policy.StackContext;
import spawn.policy.StackContext.BroadAccess;
import spawn.role.LeaseTerms;
import spawn.role.Owner;

/**
 * What the stack tells its functions through their environment.
 *
 * <p>The durations have no parameter in the template: they are shortened for tests on one machine
 * only, and the argument why launches and sweeps never meet rests on their real values.
 */
public final class Settings {
  /** How long a profile may take to become visible to EC2. */
  private static final Duration PROPAGATION_TIMEOUT = Duration.ofMinutes(5);

  /** How long the instances of a launch may take until they run. */
  private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

  private final Map<String, String> environment;
  private final Optional<Stage> stage;

  /**
   * Creates settings from variables. Each is looked up when it is asked for, and only then.
   *
   * @param environment the values by their variables' names
   */
  public Settings(Map<String, String> environment) {
    this(environment, Optional.empty());
  }

  private Settings(Map<String, String> environment, Optional<Stage> stage) {
    this.environment = environment;
    this.stage = stage;
  }

  /** Returns the settings of this process. */
  public static Settings fromEnvironment() {
    return new Settings(System.getenv());
  }

  /**
   * Returns the rehearsal of a function; nothing where Lambda takes no snapshot of this process (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html">{@code
   * AWS_LAMBDA_INITIALIZATION_TYPE}</a>).
   *
   * @param function makes the function of settings
   */
  public static Optional<Rehearsal> rehearsal(
      Function<Settings, ? extends RequestStreamHandler> function) {
    Settings real = fromEnvironment();
    return real.value("AWS_LAMBDA_INITIALIZATION_TYPE")
        .filter("snap-start"::equals)
        .map(
            snapshot ->
                new Rehearsal(stage -> function.apply(on(stage)), real.region(), real.log()));
  }

  /** Returns settings of a stack that is only played: nothing of the environment is in them. */
  public static Settings on(Stage stage) {
    return new Settings(stage.environment(), Optional.of(stage));
  }

  /** Creates the function's AWS clients. */
  public AwsClients aws() {
    return stage
        .map(played -> new AwsClients(region(), played))
        .orElseGet(() -> new AwsClients(region()));
  }

  /** Returns the region that the function runs in, which Lambda itself tells. */
  public Region region() {
    return Region.of(required("AWS_REGION"));
  }

  /** Returns what the stack says about every role that is made. */
  public StackContext policyContext() {
    return new StackContext(
        required("SPAWN_PARTITION"),
        required("SPAWN_ACCOUNT"),
        required("AWS_REGION"),
        required("SPAWN_ROLE_PATH"),
        required("SPAWN_STACK"),
        required("SPAWN_NAME_PREFIX"),
        required("SPAWN_BOUNDARY"),
        required("SPAWN_SERVICE_BOUNDARY"),
        list("SPAWN_ALLOWED_BOUNDARIES"),
        choice("SPAWN_BROAD_ACCESS", required("SPAWN_BROAD_ACCESS"), BroadAccess.class));
  }

  /** Returns what of IAM is the stack's own. */
  public Owner owner() {
    return new Owner(
        StackContext.ownPath(
            required("SPAWN_ROLE_PATH"), required("SPAWN_STACK"), required("AWS_REGION")),
        required("SPAWN_NAME_PREFIX"));
  }

  /** Returns the state machines that take part in approvals. */
  public ApprovalMachines approvalMachines() {
    return new ApprovalMachines(
        required("SPAWN_PARTITION"),
        required("AWS_REGION"),
        required("SPAWN_ACCOUNT"),
        required("SPAWN_STACK"));
  }

  /** Returns the ARN of the function that takes the answers of approvers. */
  public String answerFunction() {
    return required("SPAWN_ANSWER_FUNCTION");
  }

  /** Returns the stack as plans know it. */
  public PlannedStack plannedStack() {
    return new PlannedStack(
        owner(),
        "arn:%s:iam::%s:role%s"
            .formatted(required("SPAWN_PARTITION"), required("SPAWN_ACCOUNT"), owner().path()));
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
        number("SPAWN_MAX_DELETIONS", SweepLimits.STANDARD.deletions()),
        SweepLimits.STANDARD.pages());
  }

  /**
   * Returns the function's log: standard output, whose lines Lambda sends to CloudWatch unchanged
   * if they are JSON (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html">JSON
   * log format</a>).
   */
  public Consumer<LogLine> log() {
    String stack = required("SPAWN_STACK");
    String team = value("SPAWN_TEAM").orElse("");
    if (stage.isPresent()) {
      return line -> line.text(stack, team);
    }
    return line -> System.out.println(line.text(stack, team));
  }

  /** Returns whether the sweep may change anything. */
  public CleanupMode cleanupMode() {
    String mode = value("SPAWN_CLEANUP_MODE").orElse("on");
    return choice("SPAWN_CLEANUP_MODE", mode, CleanupMode.class);
  }

  /** Returns which instances may get another profile. */
  public AssociationScope associationScope() {
    String scope = required("SPAWN_ASSOCIATE_INSTANCES");
    return choice("SPAWN_ASSOCIATE_INSTANCES", scope, AssociationScope.class);
  }

  /** Returns how long a profile may take to become visible to EC2. */
  public Duration propagationTimeout() {
    return duration("SPAWN_PROPAGATION_TIMEOUT", PROPAGATION_TIMEOUT);
  }

  /** Returns how long the instances of a launch may take until they run. */
  public Duration startTimeout() {
    return duration("SPAWN_START_TIMEOUT", START_TIMEOUT);
  }

  private Optional<String> value(String variable) {
    return Optional.ofNullable(environment.get(variable));
  }

  private String required(String variable) {
    return value(variable)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The environment variable %s is not set; the template sets it."
                        .formatted(variable)));
  }

  private List<String> list(String variable) {
    return Arrays.stream(value(variable).orElse("").split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  private static <E extends Enum<E>> E choice(String variable, String value, Class<E> type) {
    List<E> choices = List.of(type.getEnumConstants());
    return choices.stream()
        .filter(choice -> choice.name().equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(
            () ->
                invalid(
                    variable,
                    value,
                    choices.stream()
                        .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ", "one of: ", ""))));
  }

  private int number(String variable, int standard) {
    return read(variable, "a whole number above 0", Integer::valueOf, number -> number > 0)
        .orElse(standard);
  }

  private Duration duration(String variable, Duration standard) {
    return read(
            variable,
            "a duration in ISO 8601, such as PT20M, and not negative",
            Duration::parse,
            duration -> !duration.isNegative())
        .orElse(standard);
  }

  private <T> Optional<T> read(
      String variable, String allowed, Function<String, T> reader, Predicate<T> isAllowed) {
    return value(variable)
        .map(
            text -> {
              try {
                return Optional.of(reader.apply(text))
                    .filter(isAllowed)
                    .orElseThrow(() -> invalid(variable, text, allowed));
              } catch (NumberFormatException | DateTimeParseException malformed) {
                throw invalid(variable, text, allowed);
              }
            });
  }

  private static IllegalStateException invalid(String variable, String value, String allowed) {
    return new IllegalStateException(
        "The environment variable %s is \"%s\", but must be %s."
            .formatted(variable, value, allowed));
  }
}
