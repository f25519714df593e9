package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import spawn.association.AssociationRequest;
import spawn.association.AssociationStep;
import spawn.association.AssociationTarget;
import spawn.association.Associations;
import spawn.association.HeldProfile;
import spawn.inventory.Regions;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * The {@code AssociateProfile} state: puts the profile on an instance that is there already, or
 * takes it off, a step a call. As {@code LookAtInstance} it only says what the instance has.
 */
public final class AssociateProfile extends StateHandler<AssociateProfile.Input, Object> {
  private final Associations associations;

  /** Creates the function from its environment; Lambda calls this. */
  public AssociateProfile() {
    this(Settings.fromEnvironment());
  }

  /** Creates the function from its settings. */
  AssociateProfile(Settings settings) {
    this(settings, new AwsClients(settings.region()));
  }

  private AssociateProfile(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.associations =
        new Associations(
            aws.ec2(),
            new Regions(aws.ec2(), aws::ec2, aws.sideBySide()),
            Clock.systemUTC(),
            settings.leaseTerms(),
            settings.propagationTimeout(),
            settings.associationScope());
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
  protected Object handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("instance", input.instanceId())
            .with("role", input.roleName())
            .with("before", input.before());
    return input.lookOnly() ? look(input, line) : step(input, line);
  }

  private AssociationTarget look(Input input, LogLine line) {
    AssociationTarget target = associations.look(input.instanceId());
    line.event("lookedAtInstance")
        .with("state", target.instance().state())
        .with("has", target.profile());
    return target;
  }

  private AssociationStep step(Input input, LogLine line) {
    line.with("instanceProfile", input.profileArn());
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
          line.event("associated").with("changed", step.changed()).figure("Associations", 1);
      case WAIT -> line.event("notAssociatedYet");
      case PROVE -> line.event("toBeProven");
    }
    return step;
  }

  /**
   * Which instance, and what it shall have.
   *
   * @param lookOnly whether to say what the instance has, and no more
   * @param instanceId the instance
   * @param profileArn the ARN of the profile that it shall have, or {@code null} for none
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
      boolean lookOnly,
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
