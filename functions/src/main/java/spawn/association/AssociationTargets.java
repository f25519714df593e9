package spawn.association;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.error.InvalidRequest;
import spawn.inventory.Regions;
import spawn.launch.LaunchedInstance;
import spawn.launch.MetadataOptions;
import spawn.role.Tags;

/** Says whether an existing instance may get another profile, and which one it has. Only reads. */
public final class AssociationTargets {
  /** How long all regions together may take to say where an instance is that is not here. */
  private static final Duration ELSEWHERE = Duration.ofSeconds(20);

  private final ExistingInstances instances;
  private final Regions regions;
  private final AssociationScope scope;

  /**
   * Creates the service on EC2 in the stack's region.
   *
   * @param regions all regions, to tell where an instance is that is not here
   * @param scope which instances may be changed; the policy of the function that changes them holds
   *     it to the same
   */
  public AssociationTargets(Ec2Client ec2, Regions regions, AssociationScope scope) {
    this.instances = new ExistingInstances(ec2);
    this.regions = regions;
    this.scope = scope;
  }

  /**
   * Returns an instance with the profile that it has.
   *
   * @throws InvalidRequest if it does not exist, is in another region, is not open to spawn, or is
   *     in a state in which EC2 changes no profile
   */
  public AssociationTarget look(String instanceId) {
    Instance instance = instances.find(instanceId).orElseThrow(() -> notHere(instanceId));
    if (!ExistingInstances.isAtRest(instance)) {
      throw new InvalidRequest("$.instanceId", notAtRest(instance));
    }
    if (scope == AssociationScope.TAGGED && !isOpen(instance)) {
      throw new InvalidRequest(
          "$.instanceId",
          "%s is not open to spawn. Its owner can give it the tag %s=true; the stack's parameter AssociateInstances can open all instances."
              .formatted(instanceId, Tags.ASSOCIATE));
    }
    return new AssociationTarget(
        LaunchedInstance.of(instance),
        instances.association(instanceId).map(HeldProfile::of).orElse(null),
        MetadataOptions.warning(instance, "$.instanceId").map(List::of).orElse(List.of()));
  }

  private static String notAtRest(Instance instance) {
    String id = instance.instanceId();
    return switch (instance.state().name()) {
      case PENDING -> "%s is still starting. Try again once it runs.".formatted(id);
      case STOPPING -> "%s is just being stopped. Try again once it has stopped.".formatted(id);
      case SHUTTING_DOWN -> "%s is being terminated, so it can no longer get a role.".formatted(id);
      default ->
          "%s is %s, so it can no longer get a role."
              .formatted(id, instance.state().nameAsString());
    };
  }

  private static boolean isOpen(Instance instance) {
    return instance.tags().contains(Tag.builder().key(Tags.ASSOCIATE).value("true").build());
  }

  private InvalidRequest notHere(String instanceId) {
    Regions.Answers<Boolean> found =
        regions.ask(
            regions.enabled(),
            ELSEWHERE,
            (ec2, isAwaited) -> new ExistingInstances(ec2).find(instanceId).isPresent());
    String sentence =
        found.answered().entrySet().stream()
            .filter(Map.Entry::getValue)
            .findFirst()
            .map(
                region ->
                    "%s is in %s, and this stack serves another region. Ask a stack of that region."
                        .formatted(instanceId, region.getKey().id()))
            .orElseGet(
                () ->
                    "There is no instance %s in this account%s."
                        .formatted(instanceId, searched(found.unreadable().keySet())));
    return new InvalidRequest("$.instanceId", sentence);
  }

  /** Says where an instance is not; a policy of the organization may close some regions. */
  private static String searched(Set<String> unreadable) {
    return unreadable.isEmpty()
        ? ", in any enabled region"
        : "; these regions could not be read: " + String.join(", ", unreadable);
  }
}
