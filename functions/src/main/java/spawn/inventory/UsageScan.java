package spawn.inventory;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.iam.model.InstanceProfile;

/**
 * Asks every enabled region, side by side, which instance profiles its instances carry, and what
 * can still start others.
 *
 * <p>A region that does not answer is never taken for one without instances.
 */
public final class UsageScan {
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
    return ask(regions, limit, (ec2, carried, started) -> associations(ec2, carried));
  }

  /**
   * Returns what can still start instances with some profiles, though no instance need carry them.
   * It costs four calls and more for each region, so it is asked only where something may go.
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage startersOf(
      List<Region> regions, Collection<InstanceProfile> profiles, Duration limit) {
    return profiles.isEmpty()
        ? Usage.NOT_ASKED
        : ask(
            regions, limit, (ec2, carried, started) -> new Starters(ec2, profiles, started).find());
  }

  /**
   * Returns which of some profiles instances carry, asked of the instances themselves, and what can
   * still start others with them. Slower than {@link #everywhere}, so it is asked only of what is
   * about to be deleted.
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage ofProfiles(
      List<Region> regions, Collection<InstanceProfile> profiles, Duration limit) {
    return profiles.isEmpty()
        ? Usage.NOT_ASKED
        : ask(
            regions,
            limit,
            (ec2, carried, started) -> {
              instances(ec2, profiles, carried);
              if (started.isAwaited()) {
                new Starters(ec2, profiles, started).find();
              }
            });
  }

  /** Asks one region, and puts what it finds where it belongs. */
  @FunctionalInterface
  private interface Question {
    void ask(Ec2Client ec2, Findings carried, Findings started);
  }

  private Usage ask(List<Region> asked, Duration limit, Question question) {
    Regions.Answers<Usage> answers =
        regions.ask(
            asked,
            limit,
            (ec2, isAwaited) -> {
              Findings carried = new Findings(isAwaited);
              Findings started = new Findings(isAwaited);
              question.ask(ec2, carried, started);
              return new Usage(carried.users(), started.users(), Map.of());
            });
    Findings carried = new Findings(() -> true);
    Findings started = new Findings(() -> true);
    answers
        .answered()
        .forEach(
            (region, usage) -> {
              add(usage.instancesByProfile(), "", carried);
              add(usage.startersByProfile(), " in " + region.id(), started);
            });
    return new Usage(carried.users(), started.users(), answers.unreadable());
  }

  private static void add(Map<String, List<String>> found, String where, Findings all) {
    found.forEach((profile, users) -> users.forEach(user -> all.add(profile, user + where)));
  }

  private static void associations(Ec2Client ec2, Findings found) {
    for (IamInstanceProfileAssociation association :
        ec2.describeIamInstanceProfileAssociationsPaginator(list -> list.maxResults(PAGE))
            .iamInstanceProfileAssociations()) {
      if (!found.isAwaited()) {
        return;
      }
      if (association.state() != IamInstanceProfileAssociationState.DISASSOCIATED) {
        found.add(association.iamInstanceProfile().id(), association.instanceId());
      }
    }
  }

  private static void instances(
      Ec2Client ec2, Collection<InstanceProfile> profiles, Findings found) {
    List<String> arns =
        profiles.stream().map(InstanceProfile::arn).map(UsageScan::literal).toList();
    for (int from = 0; from < arns.size(); from += FILTER_VALUES) {
      List<String> some = arns.subList(from, Math.min(arns.size(), from + FILTER_VALUES));
      Iterable<Reservation> reservations =
          ec2.describeInstancesPaginator(
                  list ->
                      list.maxResults(PAGE)
                          .filters(
                              Filter.builder()
                                  .name("iam-instance-profile.arn")
                                  .values(some)
                                  .build()))
              .reservations();
      for (Reservation reservation : reservations) {
        if (!found.isAwaited()) {
          return;
        }
        reservation.instances().stream()
            .filter(UsageScan::countsAsUse)
            .forEach(
                instance -> found.add(instance.iamInstanceProfile().id(), instance.instanceId()));
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
