package spawn;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.expect.PermissionTests;
import spawn.expect.RoleToTest;
import spawn.expect.Verdict;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.policy.Warning;
import spawn.role.Owner;

/**
 * The {@code TestPermissions} state: has IAM's simulator decide what the payload expects of its
 * role, before anything is made. It only reads.
 */
public final class TestPermissions
    extends StateHandler<TestPermissions.Input, TestPermissions.Output> {
  private final PermissionTests tests;

  /** Creates the function from its environment; Lambda calls this. */
  public TestPermissions() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(TestPermissions::new));
  }

  /** Creates the function from its settings. */
  TestPermissions(Settings settings) {
    this(settings, settings.aws());
  }

  private TestPermissions(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.tests = new PermissionTests(aws.iam(), settings.owner(), Clock.systemUTC());
  }

  /** Creates the function on one account's IAM. */
  public TestPermissions(IamClient iam, Owner owner, Clock clock, Consumer<LogLine> log) {
    super(Input.class, log);
    this.tests = new PermissionTests(iam, owner, clock);
  }

  @Override
  protected Optional<String> path() {
    return Optional.of("$");
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("roles", input.roles().stream().map(one -> one.role().names().get(0)).toList());
    List<Verdict> verdicts = tests.verdicts(input.roles());
    line.event("testedPermissions")
        .with("tested", verdicts.size())
        .with("notMet", verdicts.stream().filter(verdict -> !verdict.met()).count());
    if (!input.planOnly()) {
      PermissionTests.check(verdicts);
    }
    return new Output(
        verdicts, verdicts.stream().flatMap(verdict -> verdict.warning().stream()).toList());
  }

  /**
   * What ResolvePolicies or ResolveRoleSet has found out.
   *
   * @param roles the roles to make or to use, each with what is expected of it
   * @param planOnly whether to tell what is not met instead of failing
   * @param execution which execution it is
   */
  public record Input(List<RoleToTest> roles, boolean planOnly, Execution execution) {}

  /**
   * What IAM decides.
   *
   * @param verdicts one for each expectation, in the payload's order
   * @param warnings which of them prove little
   */
  public record Output(List<Verdict> verdicts, List<Warning> warnings) {}
}
