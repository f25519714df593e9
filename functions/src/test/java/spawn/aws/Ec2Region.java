package spawn.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.FleetData;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.SpotFleetRequestConfig;
import software.amazon.awssdk.services.ec2.model.SpotInstanceRequest;
import software.amazon.awssdk.services.ec2.model.TagDescription;

/**
 * What one region holds: its instances, what can start others, and the launches that its client
 * tokens stand for.
 */
final class Ec2Region {
  private final Replicated<SimulatedInstance> instances;
  private final Replicated<SimulatedTemplate> templates;
  private final Replicated<SpotInstanceRequest> spotRequests;
  private final Replicated<SpotFleetRequestConfig> spotFleets;
  private final Replicated<FleetData> fleets;
  private final Replicated<TagDescription> tags;
  private final Map<String, Launch> launches = new HashMap<>();

  /** One launch, for its repetition under the same token. */
  record Launch(RunInstancesRequest request, String reservationId, List<String> instanceIds) {}

  Ec2Region(Lag lag) {
    instances = new Replicated<>(lag, View.EC2);
    templates = new Replicated<>(lag, View.EC2);
    spotRequests = new Replicated<>(lag, View.EC2);
    spotFleets = new Replicated<>(lag, View.EC2);
    fleets = new Replicated<>(lag, View.EC2);
    tags = new Replicated<>(lag, View.EC2);
  }

  Replicated<SimulatedTemplate> templates() {
    return templates;
  }

  Replicated<SpotInstanceRequest> spotRequests() {
    return spotRequests;
  }

  Replicated<SpotFleetRequestConfig> spotFleets() {
    return spotFleets;
  }

  Replicated<FleetData> fleets() {
    return fleets;
  }

  /** The tags of what is neither an instance nor made here, by resource id and key. */
  Replicated<TagDescription> tags() {
    return tags;
  }

  Optional<SimulatedInstance> instance(String id) {
    return instances.current(id);
  }

  List<SimulatedInstance> instances() {
    return instances.current();
  }

  Optional<SimulatedInstance> instanceSeen(String id) {
    return instances.seenBy(View.EC2, id);
  }

  List<SimulatedInstance> instancesSeen() {
    return instances.seenBy(View.EC2);
  }

  void put(SimulatedInstance instance) {
    instances.put(instance.id(), instance);
  }

  Optional<Launch> launch(String clientToken) {
    return Optional.ofNullable(launches.get(clientToken));
  }

  void remember(String clientToken, Launch launch) {
    launches.put(clientToken, launch);
  }

  void settle(String instanceId) {
    instances.settle(instanceId);
  }

  void settle() {
    instances.settle();
    templates.settle();
    spotRequests.settle();
    spotFleets.settle();
    fleets.settle();
    tags.settle();
  }
}
