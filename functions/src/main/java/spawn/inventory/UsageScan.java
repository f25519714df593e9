package spawn.inventory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/**
 * Asks every enabled region, side by side, which instance profiles its instances carry.
 *
 * <p>A region that does not answer is never taken for one without instances.
 */
public final class UsageScan {
  /**
   * Enough to tell whose role it is; keeping all instances of a large account would not fit into
   * memory.
   */
  private static final int INSTANCES_NAMED = 5;

  /**
   * The most values of one filter (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">filtering</a>).
   */
  private static final int FILTER_VALUES = 200;

  private static final int PAGE = 1000;

  private final Regions regions;

  /**
   * Creates a scan.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param executor runs the questions to the regions
   */
  public UsageScan(Ec2Client home, Function<Region, Ec2Client> regional, Executor executor) {
    this.regions = new Regions(home, regional, executor);
  }

  /** Returns the regions that are enabled for the account. */
  public List<Region> regions() {
    return regions.enabled();
  }

  /**
   * Returns what the instances of some regions carry, in any state but terminated: an association
   * outlives a stop, and while a profile is replaced there are two (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html">the
   * association's states</a>).
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage everywhere(List<Region> regions, Duration limit) {
    return ask(regions, limit, this::associations);
  }

  /**
   * Returns which of some profiles instances carry, asked of the instances themselves. Slower than
   * {@link #everywhere}, so it is asked only of what is about to be deleted.
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage ofProfiles(List<Region> regions, Collection<String> profileArns, Duration limit) {
    if (profileArns.isEmpty()) {
      return new Usage(Map.of(), Map.of());
    }
    return ask(regions, limit, (ec2, found) -> instances(ec2, profileArns, found));
  }

  private Usage ask(List<Region> asked, Duration limit, BiConsumer<Ec2Client, Finding> question) {
    Regions.Answers<Map<String, List<String>>> answers =
        regions.ask(
            asked,
            limit,
            (ec2, isAwaited) -> {
              Map<String, List<String>> used = new HashMap<>();
              question.accept(
                  ec2,
                  (profile, instance) -> {
                    add(used, profile, List.of(instance));
                    return isAwaited.getAsBoolean();
                  });
              return used;
            });
    Map<String, List<String>> used = new HashMap<>();
    answers
        .answered()
        .values()
        .forEach(region -> region.forEach((profile, instances) -> add(used, profile, instances)));
    return new Usage(used, answers.unreadable());
  }

  /** Takes what was found; returns whether the answer is still waited for. */
  @FunctionalInterface
  private interface Finding {
    boolean add(String profileId, String instanceId);
  }

  private static void add(
      Map<String, List<String>> used, String profile, Collection<String> instances) {
    List<String> known = used.computeIfAbsent(profile, first -> new ArrayList<>());
    instances.stream().limit(INSTANCES_NAMED - (long) known.size()).forEach(known::add);
  }

  private void associations(Ec2Client ec2, Finding found) {
    for (IamInstanceProfileAssociation association :
        ec2.describeIamInstanceProfileAssociationsPaginator(list -> list.maxResults(PAGE))
            .iamInstanceProfileAssociations()) {
      if (association.state() != IamInstanceProfileAssociationState.DISASSOCIATED
          && !found.add(association.iamInstanceProfile().id(), association.instanceId())) {
        return;
      }
    }
  }

  private void instances(Ec2Client ec2, Collection<String> profileArns, Finding found) {
    List<String> arns = profileArns.stream().map(UsageScan::literal).toList();
    for (int from = 0; from < arns.size(); from += FILTER_VALUES) {
      List<String> some = arns.subList(from, Math.min(arns.size(), from + FILTER_VALUES));
      boolean isAwaited =
          ec2
              .describeInstancesPaginator(
                  list ->
                      list.maxResults(PAGE)
                          .filters(
                              Filter.builder()
                                  .name("iam-instance-profile.arn")
                                  .values(some)
                                  .build()))
              .reservations()
              .stream()
              .flatMap(reservation -> reservation.instances().stream())
              .filter(UsageScan::countsAsUse)
              .allMatch(
                  instance -> found.add(instance.iamInstanceProfile().id(), instance.instanceId()));
      if (!isAwaited) {
        return;
      }
    }
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
