package spawn.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.StateReason;

/** The planted bugs of the function that waits until instances run. */
final class StartBugs {
  private StartBugs() {}

  /** Returns what a bug does between the function and EC2. */
  static Interposed ec2(Mutation bug) {
    return switch (bug) {
      case PENDING_INSTANCE_TAKEN_FOR_RUNNING ->
          Interposed.answering(
              answer -> each(answer, shown -> in(InstanceStateName.PENDING, shown)));
      case ENDED_INSTANCE_TAKEN_FOR_RUNNING ->
          Interposed.answering(
              answer ->
                  each(
                      answer,
                      shown ->
                          in(
                              InstanceStateName.SHUTTING_DOWN,
                              in(InstanceStateName.TERMINATED, shown))));
      case MISSING_INSTANCE_TAKEN_FOR_RUNNING -> StartBugs::withThoseAskedFor;
      case MISSING_INSTANCE_TAKEN_FOR_ENDED -> StartBugs::withEndsOfThoseAskedFor;
      case ONE_END_ENDS_THE_LAUNCH -> Interposed.answering(StartBugs::allEndedIfOneHas);
      default -> Interposed.NONE;
    };
  }

  private static Instance in(InstanceStateName state, Instance shown) {
    return shown.state().name() == state ? withState(shown, InstanceStateName.RUNNING) : shown;
  }

  private static Instance withState(Instance shown, InstanceStateName state) {
    return shown.toBuilder().state(now -> now.name(state)).build();
  }

  private static AwsResponse each(AwsResponse answer, UnaryOperator<Instance> change) {
    if (!(answer instanceof DescribeInstancesResponse described)) {
      return answer;
    }
    List<Reservation> reservations =
        described.reservations().stream()
            .map(
                reservation ->
                    reservation.toBuilder()
                        .instances(reservation.instances().stream().map(change).toList())
                        .build())
            .toList();
    return described.toBuilder().reservations(reservations).build();
  }

  private static AwsResponse withThoseAskedFor(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    return withMissing(request, ask, InstanceStateName.RUNNING);
  }

  private static AwsResponse withEndsOfThoseAskedFor(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    return withMissing(request, ask, InstanceStateName.TERMINATED);
  }

  /** Adds the ids that were asked for and are not shown, on the first page. */
  private static AwsResponse withMissing(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask, InstanceStateName state) {
    AwsResponse answer = ask.apply(request);
    if (!(request instanceof DescribeInstancesRequest wanted)
        || !(answer instanceof DescribeInstancesResponse described)
        || wanted.nextToken() != null
        || described.nextToken() != null) {
      return answer;
    }
    Set<String> shown =
        described.reservations().stream()
            .flatMap(reservation -> reservation.instances().stream())
            .map(Instance::instanceId)
            .collect(Collectors.toSet());
    List<Instance> missing =
        wanted.filters().get(0).values().stream()
            .filter(id -> !shown.contains(id))
            .map(id -> Instance.builder().instanceId(id).amiLaunchIndex(0).build())
            .map(instance -> withState(instance, state))
            .toList();
    List<Reservation> reservations = new ArrayList<>(described.reservations());
    reservations.add(Reservation.builder().instances(missing).build());
    return described.toBuilder().reservations(reservations).build();
  }

  private static AwsResponse allEndedIfOneHas(AwsResponse answer) {
    boolean oneHas =
        answer instanceof DescribeInstancesResponse described
            && described.reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .anyMatch(shown -> shown.state().name() == InstanceStateName.SHUTTING_DOWN);
    return oneHas
        ? each(
            answer,
            shown ->
                withState(shown, InstanceStateName.SHUTTING_DOWN).toBuilder()
                    .stateReason(StateReason.builder().code("Client.InternalError").build())
                    .build())
        : answer;
  }
}
