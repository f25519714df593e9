package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import spawn.association.AssociationRequest;
import spawn.association.AssociationStep;
import spawn.association.Associations;
import spawn.association.HeldProfile;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * The {@code AssociateProfile} state: puts the profile on an existing instance, or takes its
 * profile off, one step a call.
 */
public final class AssociateProfile extends StateHandler<AssociateProfile.Input, AssociationStep> {
  private final Associations associations;

  /** Creates the function from its environment; Lambda calls this. */
  public AssociateProfile() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(AssociateProfile::new));
  }

  /** Creates the function from its settings. */
  AssociateProfile(Settings settings) {
    this(settings, settings.aws());
  }

  private AssociateProfile(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.associations =
        new Associations(
            aws.ec2(), Clock.systemUTC(), settings.leaseTerms(), settings.propagationTimeout());
  }

  /** Creates the function on a service. */
  public AssociateProfile(Associations associations, Consumer<LogLine> log) {
    super(Input.class, log);
    this.associations = associations;
  }

  @Override
  protected Optional<String> path() {
    return Optional.of("$.instanceId");
  }

  @Override
  protected AssociationStep handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("instance", input.instanceId())
            .with("role", input.roleName())
            .with("before", input.before())
            .with("instanceProfile", input.profileArn());
    AssociationStep step =
        associations.step(
            new AssociationRequest(
                input.instanceId(),
                Optional.ofNullable(input.profileArn())
                    .map(arn -> new HeldProfile(arn, input.profileId())),
                Optional.ofNullable(input.before()),
                input.proven(),
                Optional.ofNullable(input.leaseUntil()),
                Optional.ofNullable(input.waitingSince())));
    switch (step.next()) {
      case DONE ->
          line.event("associated").with("changed", step.changed()).count("Associations", 1);
      case WAIT -> line.event("notAssociatedYet");
      case PROVE -> line.event("toBeProven");
    }
    return step;
  }

  /**
   * Which instance, and which profile it is to have.
   *
   * @param instanceId the instance
   * @param profileArn the ARN of the profile that it is to have, or {@code null} for none
   * @param profileId that profile's unique id
   * @param roleName the role in it
   * @param before the profile that it had when the execution first looked, or {@code null}
   * @param proven whether EC2 has been shown to see the profile
   * @param leaseUntil until when the role may be relied on, or {@code null} for a role that no
   *     sweep touches
   * @param waitingSince when this wait began, or {@code null} at its first step
   * @param execution which execution it is
   */
  public record Input(
      String instanceId,
      String profileArn,
      String profileId,
      String roleName,
      HeldProfile before,
      boolean proven,
      Instant leaseUntil,
      Instant waitingSince,
      Execution execution) {}
}
