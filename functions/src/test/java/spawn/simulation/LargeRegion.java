package spawn.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeFleetsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeFleetsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotFleetRequestsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotFleetRequestsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotInstanceRequestsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotInstanceRequestsResponse;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import spawn.aws.SimulatedProfile;

/**
 * EC2 of a region with more instances than a test can hold: each carries one of some profiles, and
 * is made when a page shows it.
 */
final class LargeRegion implements Ec2Client {
  private static final int PAGE = 1000;

  private final List<SimulatedProfile> profiles;
  private final Map<String, Integer> places = new HashMap<>();
  private final long each;
  private final boolean byProfile;
  private final Runnable travel;
  private long calls;

  /**
   * Creates the region.
   *
   * @param profiles the profiles that instances carry
   * @param each how many instances carry each of them
   * @param byProfile whether the listing goes profile by profile; if not, it goes around them
   * @param travel takes the time of one call
   */
  LargeRegion(List<SimulatedProfile> profiles, long each, boolean byProfile, Runnable travel) {
    this.profiles = List.copyOf(profiles);
    this.each = each;
    this.byProfile = byProfile;
    this.travel = travel;
    for (int i = 0; i < profiles.size(); i++) {
      places.put(profiles.get(i).arn(), i);
    }
  }

  long instances() {
    return each * profiles.size();
  }

  long calls() {
    return calls;
  }

  private void call() {
    calls++;
    travel.run();
  }

  /** Returns the numbers of the items of a page, of so many in all. */
  private static LongStream page(String token, long all) {
    long from = token == null ? 0 : Long.parseLong(token);
    return LongStream.range(from, Math.min(all, from + PAGE));
  }

  private static String next(String token, long all) {
    long next = (token == null ? 0 : Long.parseLong(token)) + PAGE;
    return next < all ? Long.toString(next) : null;
  }

  private LongUnaryOperator profileOf(int some) {
    return byProfile ? item -> item / each : item -> item % some;
  }

  private static IamInstanceProfile shown(SimulatedProfile profile) {
    return IamInstanceProfile.builder().id(profile.id()).arn(profile.arn()).build();
  }

  @Override
  public DescribeIamInstanceProfileAssociationsResponse describeIamInstanceProfileAssociations(
      DescribeIamInstanceProfileAssociationsRequest request) {
    call();
    if (!request.filters().isEmpty()) {
      return DescribeIamInstanceProfileAssociationsResponse.builder().build(); // all are settled
    }
    LongUnaryOperator profileOf = profileOf(profiles.size());
    return DescribeIamInstanceProfileAssociationsResponse.builder()
        .iamInstanceProfileAssociations(
            page(request.nextToken(), instances())
                .mapToObj(
                    item ->
                        IamInstanceProfileAssociation.builder()
                            .instanceId("i-" + item)
                            .state(IamInstanceProfileAssociationState.ASSOCIATED)
                            .iamInstanceProfile(
                                shown(profiles.get((int) profileOf.applyAsLong(item))))
                            .build())
                .toList())
        .nextToken(next(request.nextToken(), instances()))
        .build();
  }

  @Override
  public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
    call();
    List<SimulatedProfile> carried = new ArrayList<>();
    for (String arn : request.filters().get(0).values()) {
      if (places.containsKey(arn)) {
        carried.add(profiles.get(places.get(arn)));
      }
    }
    long all = each * carried.size();
    LongUnaryOperator profileOf = profileOf(carried.size());
    return DescribeInstancesResponse.builder()
        .reservations(
            Reservation.builder()
                .instances(
                    page(request.nextToken(), all)
                        .mapToObj(
                            item ->
                                Instance.builder()
                                    .instanceId("i-" + item)
                                    .state(state -> state.name(InstanceStateName.RUNNING))
                                    .iamInstanceProfile(
                                        shown(carried.get((int) profileOf.applyAsLong(item))))
                                    .build())
                        .toList())
                .build())
        .nextToken(next(request.nextToken(), all))
        .build();
  }

  @Override
  public DescribeSpotInstanceRequestsResponse describeSpotInstanceRequests(
      DescribeSpotInstanceRequestsRequest request) {
    call();
    return DescribeSpotInstanceRequestsResponse.builder().build();
  }

  @Override
  public DescribeSpotFleetRequestsResponse describeSpotFleetRequests(
      DescribeSpotFleetRequestsRequest request) {
    call();
    return DescribeSpotFleetRequestsResponse.builder().build();
  }

  @Override
  public DescribeFleetsResponse describeFleets(DescribeFleetsRequest request) {
    call();
    return DescribeFleetsResponse.builder().build();
  }

  @Override
  public DescribeLaunchTemplateVersionsResponse describeLaunchTemplateVersions(
      DescribeLaunchTemplateVersionsRequest request) {
    call();
    return DescribeLaunchTemplateVersionsResponse.builder().build();
  }

  @Override
  public String serviceName() {
    return "ec2";
  }

  @Override
  public void close() {}
}
