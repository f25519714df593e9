package spawn.inventory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  /** With less time than this a question is not worth asking. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

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
  public List<Region> regions() {
    return home.describeRegions().regions().stream()
        .map(region -> Region.of(region.regionName()))
        .toList();
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

  private Usage ask(List<Region> regions, Duration limit, BiConsumer<Ec2Client, Finding> question) {
    if (limit.compareTo(SHORTEST) < 0) {
      Map<String, String> unasked = new TreeMap<>();
      regions.forEach(region -> unasked.put(region.id(), "there was no time left to ask it"));
      return new Usage(Map.of(), unasked);
    }
    Map<Region, CompletableFuture<Map<String, List<String>>>> answers = new LinkedHashMap<>();
    for (Region region : regions) {
      CompletableFuture<Map<String, List<String>>> answer = new CompletableFuture<>();
      // Before it is asked: all the limits run side by side, as the questions do.
      answers.put(region, answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS));
      executor.execute(() -> answer(answer, region, question));
    }
    Map<String, List<String>> used = new HashMap<>();
    Map<String, String> unreadable = new TreeMap<>();
    answers.forEach(
        (region, answer) -> {
          try {
            answer.join().forEach((profile, instances) -> add(used, profile, instances));
          } catch (CompletionException failed) {
            unreadable.put(region.id(), reason(failed, limit));
          }
        });
    return new Usage(used, unreadable);
  }

  /** Returns why a region was not read; what is no answer of AWS or of the clock ends the sweep. */
  private static String reason(CompletionException failed, Duration limit) {
    Throwable cause = failed.getCause();
    if (cause instanceof TimeoutException) {
      return "it did not answer within %d s".formatted(limit.toSeconds());
    }
    if (cause instanceof SdkException refused) {
      return refused.getMessage();
    }
    if (cause instanceof Error end) {
      throw end;
    }
    throw failed;
  }

  private void answer(
      CompletableFuture<Map<String, List<String>>> answer,
      Region region,
      BiConsumer<Ec2Client, Finding> question) {
    Map<String, List<String>> used = new HashMap<>();
    try {
      question.accept(
          regional.apply(region),
          (profile, instance) -> {
            add(used, profile, List.of(instance));
            return !answer.isDone();
          });
      answer.complete(used);
    } catch (RuntimeException | Error failure) {
      answer.completeExceptionally(failure);
    }
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
              instance -> found.add(instance.iamInstanceProfile().id(), instance.instanceId()));
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
