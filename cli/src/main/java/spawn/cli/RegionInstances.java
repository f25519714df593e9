package spawn.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;

/** Reads the instances of one region, with their roles. */
final class RegionInstances {
  /**
   * How many values a filter takes (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">filters</a>).
   */
  private static final int MOST_VALUES = 200;

  private final String region;
  private final Ec2Client ec2;
  private final InstanceRoles roles;

  RegionInstances(String region, Ec2Client ec2, InstanceRoles roles) {
    this.region = region;
    this.ec2 = ec2;
    this.roles = roles;
  }

  /** Returns the instances that match all filters, in no order. */
  List<ListedInstance> list(Collection<Filter> filters) {
    List<Instance> instances =
        ec2.describeInstancesPaginator(list -> list.filters(filters)).reservations().stream()
            .flatMap(reservation -> reservation.instances().stream())
            .toList();
    if (instances.isEmpty()) {
      return List.of();
    }
    Map<String, IamInstanceProfileAssociation> changing = changing();
    return instances.stream()
        .map(
            instance ->
                new ListedInstance(
                    region,
                    instance,
                    roles.of(instance, Optional.ofNullable(changing.get(instance.instanceId())))))
        .toList();
  }

  /**
   * Returns the instances whose ids or names are among these words.
   *
   * @param words ids and names; an id that EC2 does not know is no error
   */
  List<ListedInstance> named(Collection<String> words) {
    List<String> ids = words.stream().filter(InstanceTargets::isId).toList();
    List<String> names = words.stream().filter(word -> !InstanceTargets.isId(word)).toList();
    List<ListedInstance> found = new ArrayList<>();
    for (List<String> some : batches(ids)) {
      found.addAll(list(List.of(filter("instance-id", some))));
    }
    for (List<String> some : batches(names)) {
      found.addAll(
          list(List.of(filter("tag:Name", some.stream().map(RegionInstances::literal).toList()))));
    }
    return found;
  }

  private static List<List<String>> batches(List<String> all) {
    List<List<String>> batches = new ArrayList<>();
    for (int at = 0; at < all.size(); at += MOST_VALUES) {
      batches.add(all.subList(at, Math.min(all.size(), at + MOST_VALUES)));
    }
    return batches;
  }

  /** Returns a filter of EC2's. */
  static Filter filter(String name, Collection<String> values) {
    return Filter.builder().name(name).values(values).build();
  }

  /** Returns a name as a filter's value that matches nothing else: a filter has wildcards. */
  static String literal(String name) {
    return name.replaceAll("[\\\\*?]", "\\\\$0");
  }

  /**
   * Returns the associations that EC2 is making or ending, by instance. Of two, the one that comes
   * counts; nothing where they may not be read, since the instance tells the rest.
   */
  private Map<String, IamInstanceProfileAssociation> changing() {
    Map<String, IamInstanceProfileAssociation> changing = new HashMap<>();
    try {
      ec2.describeIamInstanceProfileAssociationsPaginator(
              list -> list.filters(filter("state", List.of("associating", "disassociating"))))
          .iamInstanceProfileAssociations()
          .forEach(
              one ->
                  changing.merge(
                      one.instanceId(), one, (first, second) -> isComing(first) ? first : second));
    } catch (Ec2Exception refused) {
      return Map.of();
    }
    return changing;
  }

  private static boolean isComing(IamInstanceProfileAssociation association) {
    return association.state() == IamInstanceProfileAssociationState.ASSOCIATING;
  }
}
