package spawn.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.paginators.DescribeInstancesIterable;
import software.amazon.awssdk.services.iam.model.InstanceProfile;

/** Finds, in one region, the instances that carry instance profiles. */
final class Carriers {
  /**
   * The most values of one filter (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">filtering</a>).
   */
  private static final int FILTER_VALUES = 200;

  /** The most that both listings take. */
  private static final int PAGE = 1000;

  /**
   * Associations that DescribeInstances need not show yet, or no longer (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html">filters</a>).
   */
  private static final Filter IN_TRANSITION =
      Filter.builder().name("state").values("associating", "disassociating").build();

  private Carriers() {}

  /**
   * Lists what the instances carry by their associations; returns whether that was all, so far as
   * it is still awaited.
   *
   * @param pages the most pages that are read, a thousand associations each
   */
  static boolean listed(Ec2Client ec2, Findings found, int pages) {
    return associations(ec2, found, pages);
  }

  /** Lists the associations that are being made or ended. */
  static void inTransition(Ec2Client ec2, Findings found) {
    associations(ec2, found, Integer.MAX_VALUE, IN_TRANSITION);
  }

  private static boolean associations(Ec2Client ec2, Findings found, int pages, Filter... filters) {
    int read = 0;
    for (DescribeIamInstanceProfileAssociationsResponse page :
        ec2.describeIamInstanceProfileAssociationsPaginator(
            list -> {
              list.maxResults(PAGE);
              if (filters.length > 0) {
                list.filters(filters);
              }
            })) {
      if (!found.isAwaited()) {
        return false;
      }
      page.iamInstanceProfileAssociations().stream()
          .filter(
              association ->
                  association.state() != IamInstanceProfileAssociationState.DISASSOCIATED)
          .forEach(
              association ->
                  found.add(association.iamInstanceProfile().id(), association.instanceId()));
      read++;
      if (read == pages && hasMore(page.nextToken())) {
        return false;
      }
    }
    return true;
  }

  static boolean hasMore(String nextToken) {
    return nextToken != null && !nextToken.isEmpty();
  }

  /** Asks the instances themselves which of them carry some profiles. */
  static void of(Collection<InstanceProfile> profiles, Ec2Client ec2, Findings found) {
    for (List<InstanceProfile> some : batches(profiles)) {
      for (Reservation reservation : carrying(ec2, some).reservations()) {
        if (!found.isAwaited()) {
          return;
        }
        note(reservation, found);
      }
    }
  }

  /** Returns some profiles in batches that fit into one call, in their order. */
  static List<List<InstanceProfile>> batches(Collection<InstanceProfile> profiles) {
    List<InstanceProfile> all = List.copyOf(profiles);
    List<List<InstanceProfile>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += FILTER_VALUES) {
      batches.add(all.subList(from, Math.min(all.size(), from + FILTER_VALUES)));
    }
    return batches;
  }

  /** Returns the listing of the instances that carry one of some profiles, a batch at most. */
  static DescribeInstancesIterable carrying(Ec2Client ec2, Collection<InstanceProfile> profiles) {
    List<String> arns = profiles.stream().map(InstanceProfile::arn).map(Carriers::literal).toList();
    return ec2.describeInstancesPaginator(
        list ->
            list.maxResults(PAGE)
                .filters(Filter.builder().name("iam-instance-profile.arn").values(arns).build()));
  }

  /** Takes the instances of a reservation that use a profile; returns the ids of these profiles. */
  static Set<String> note(Reservation reservation, Findings found) {
    Set<String> used = new HashSet<>();
    reservation.instances().stream()
        .filter(Carriers::countsAsUse)
        .forEach(
            instance -> {
              found.add(instance.iamInstanceProfile().id(), instance.instanceId());
              used.add(instance.iamInstanceProfile().id());
            });
    return used;
  }

  private static boolean countsAsUse(Instance instance) {
    return instance.state().name() != InstanceStateName.TERMINATED
        && instance.iamInstanceProfile() != null;
  }

  /**
   * Returns a filter value that means itself: {@code *} and {@code ?} are wildcards in a filter,
   * yet may stand in an ARN (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">filtering</a>).
   */
  private static String literal(String value) {
    return value.replaceAll("[*?\\\\]", "\\\\$0");
  }
}
