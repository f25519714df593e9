package spawn.cleanup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;
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

  private final Ec2Client home;
  private final Function<Region, Ec2Client> regional;
  private final Executor executor;

  /**
   * Creates a scan.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param executor runs the questions to the regions
   */
  public UsageScan(Ec2Client home, Function<Region, Ec2Client> regional, Executor executor) {
    this.home = home;
    this.regional = regional;
    this.executor = executor;
  }

  /**
   * Returns the regions that are enabled for the account (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html">DescribeRegions</a>).
   */
  List<Region> regions() {
    return home.describeRegions().regions().stream()
        .map(region -> Region.of(region.regionName()))
        .toList();
  }

  /**
   * Returns what the instances of all regions carry, in any state but terminated: an association
   * outlives a stop, and while a profile is replaced there are two (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html">the
   * association's states</a>).
   */
  Usage everywhere(List<Region> regions) {
    return ask(regions, this::associations);
  }

  /**
   * Returns which of some profiles instances carry, asked of the instances themselves. Slower than
   * {@link #everywhere}, so it is asked only of what is about to be deleted.
   *
   * @param profileIdsByArn the profiles' unique ids by their ARNs
   */
  Usage ofProfiles(List<Region> regions, Map<String, String> profileIdsByArn) {
    if (profileIdsByArn.isEmpty()) {
      return new Usage(Map.of(), Map.of());
    }
    return ask(regions, (ec2, found) -> instances(ec2, profileIdsByArn.keySet(), found));
  }

  private Usage ask(
      List<Region> regions, BiConsumer<Ec2Client, BiConsumer<String, String>> question) {
    Map<Region, CompletableFuture<Map<String, List<String>>>> answers = new LinkedHashMap<>();
    for (Region region : regions) {
      answers.put(
          region,
          CompletableFuture.supplyAsync(() -> one(regional.apply(region), question), executor));
    }
    Map<String, List<String>> used = new TreeMap<>();
    Map<String, String> unreadable = new TreeMap<>();
    answers.forEach(
        (region, answer) -> {
          try {
            answer.join().forEach((profile, instances) -> add(used, profile, instances));
          } catch (CompletionException failed) {
            if (failed.getCause() instanceof Error end) {
              throw end;
            }
            if (!(failed.getCause() instanceof SdkException refused)) {
              throw failed;
            }
            unreadable.put(region.id(), refused.getMessage());
          }
        });
    return new Usage(used, unreadable);
  }

  private static Map<String, List<String>> one(
      Ec2Client ec2, BiConsumer<Ec2Client, BiConsumer<String, String>> question) {
    Map<String, List<String>> used = new TreeMap<>();
    question.accept(ec2, (profile, instance) -> add(used, profile, List.of(instance)));
    return used;
  }

  private static void add(
      Map<String, List<String>> used, String profile, Collection<String> instances) {
    List<String> known = used.computeIfAbsent(profile, first -> new ArrayList<>());
    instances.stream().limit(INSTANCES_NAMED - (long) known.size()).forEach(known::add);
  }

  private void associations(Ec2Client ec2, BiConsumer<String, String> found) {
    for (IamInstanceProfileAssociation association :
        ec2.describeIamInstanceProfileAssociationsPaginator(list -> list.maxResults(PAGE))
            .iamInstanceProfileAssociations()) {
      if (association.state() != IamInstanceProfileAssociationState.DISASSOCIATED) {
        found.accept(association.iamInstanceProfile().id(), association.instanceId());
      }
    }
  }

  private void instances(
      Ec2Client ec2, Collection<String> profileArns, BiConsumer<String, String> found) {
    List<String> arns = profileArns.stream().map(UsageScan::literal).toList();
    for (int from = 0; from < arns.size(); from += FILTER_VALUES) {
      List<String> some = arns.subList(from, Math.min(arns.size(), from + FILTER_VALUES));
      ec2
          .describeInstancesPaginator(
              list ->
                  list.maxResults(PAGE)
                      .filters(
                          Filter.builder().name("iam-instance-profile.arn").values(some).build()))
          .reservations()
          .stream()
          .flatMap(reservation -> reservation.instances().stream())
          .filter(UsageScan::countsAsUse)
          .forEach(
              instance -> found.accept(instance.iamInstanceProfile().id(), instance.instanceId()));
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
