package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import spawn.error.ProfileConflict;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.profile.EnsuredProfile;
import spawn.profile.InstanceProfiles;
import spawn.profile.ProfileRequest;
import spawn.role.EnsuredRole;

/**
 * The {@code EnsureProfile} state: makes the instance profile of a role exist and hold it, or tells
 * whether it would. For a role that EC2 may not assume it makes nothing and answers {@code null}.
 */
public final class EnsureProfile extends StateHandler<EnsureProfile.Input, EnsuredProfile> {
  private final InstanceProfiles profiles;

  /** Creates the function from its environment; Lambda calls this. */
  public EnsureProfile() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(EnsureProfile::new));
  }

  /** Creates the function from its settings. */
  EnsureProfile(Settings settings) {
    this(settings, settings.aws());
  }

  private EnsureProfile(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.profiles = new InstanceProfiles(aws.iam(), settings.owner(), Clock.systemUTC());
  }

  /** Creates the function on a service. */
  public EnsureProfile(InstanceProfiles profiles, Consumer<LogLine> log) {
    super(Input.class, log);
    this.profiles = profiles;
  }

  @Override
  protected EnsuredProfile handle(Input input, Invocation invocation) {
    if (Boolean.FALSE.equals(input.needsProfile())) {
      return null;
    }
    LogLine line =
        invocation.line().with("execution", input.execution()).with("role", input.roleName());
    List<String> names =
        Optional.ofNullable(input.profileName())
            .map(List::of)
            .orElseGet(() -> profiles.namesFor(input.roleName()));
    line.with("instanceProfile", names.get(0));
    EnsuredProfile ensured = ensured(names, input);
    line.with("instanceProfile", ensured.name());
    line.event(input.planOnly() ? "plannedProfile" : "ensuredProfile")
        .with("outcome", ensured.created() ? "created" : "reused")
        .with("settled", ensured.settled());
    if (ensured.created() && !input.planOnly()) {
      line.count("ProfilesCreated", 1);
    }
    return ensured;
  }

  /** Takes the first of the names that is not somebody else's. */
  private EnsuredProfile ensured(List<String> names, Input input) {
    ProfileRequest request =
        new ProfileRequest(
            names.get(0),
            input.roleName(),
            input.roleId(),
            input.outcome() == EnsuredRole.Outcome.CREATED,
            input.roleCreated(),
            input.creator(),
            input.team());
    try {
      return input.planOnly() ? profiles.planned(request) : profiles.ensure(request);
    } catch (ProfileConflict conflict) {
      if (names.size() == 1) {
        throw conflict;
      }
      return ensured(names.subList(1, names.size()), input);
    }
  }

  /**
   * What the states before have found out.
   *
   * @param profileName the profile's name, or {@code null} where it is the role's
   * @param roleName the role that it must hold
   * @param roleId that role's unique id; {@code null} in a plan, for a role that does not exist yet
   * @param outcome how the state before came to the role
   * @param roleCreated when the role was created; {@code null} as {@code roleId}
   * @param creator who asked, as the caller says
   * @param team whose stack it is; empty if the stack does not say it, {@code null} in an execution
   *     that began before it could
   * @param execution which execution it is
   * @param planOnly whether only to tell what would be created
   * @param needsProfile whether EC2 may assume the role, so that it needs a profile; {@code null}
   *     in an execution that began before this was passed, where it always does
   */
  public record Input(
      String profileName,
      String roleName,
      String roleId,
      EnsuredRole.Outcome outcome,
      Instant roleCreated,
      String creator,
      String team,
      Execution execution,
      boolean planOnly,
      Boolean needsProfile) {}
}
