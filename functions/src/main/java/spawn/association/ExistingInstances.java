package spawn.association;

import java.util.Comparator;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** Reads the instances of one region, and the profiles that they have. */
final class ExistingInstances {
  private final Ec2Client ec2;

  ExistingInstances(Ec2Client ec2) {
    this.ec2 = ec2;
  }

  /** Returns an instance, or nothing: by a filter, an unknown id is no error, whatever its form. */
  Optional<Instance> find(String instanceId) {
    return ec2
        .describeInstancesPaginator(list -> list.filters(is(instanceId)))
        .reservations()
        .stream()
        .flatMap(reservation -> reservation.instances().stream())
        .findFirst();
  }

  /**
   * Returns the association that counts: while one is replaced there are two, and the old one is on
   * its way out (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html">the
   * association's states</a>).
   */
  Optional<IamInstanceProfileAssociation> association(String instanceId) {
    return ec2
        .describeIamInstanceProfileAssociationsPaginator(list -> list.filters(is(instanceId)))
        .iamInstanceProfileAssociations()
        .stream()
        .filter(
            held ->
                held.state() == IamInstanceProfileAssociationState.ASSOCIATED
                    || held.state() == IamInstanceProfileAssociationState.ASSOCIATING)
        .max(
            Comparator.comparing(
                IamInstanceProfileAssociation::timestamp,
                Comparator.nullsFirst(Comparator.naturalOrder())));
  }

  /** Returns whether an instance is in a state in which EC2 changes its profile. */
  static boolean isAtRest(Instance instance) {
    InstanceStateName state = instance.state().name();
    return state == InstanceStateName.RUNNING || state == InstanceStateName.STOPPED;
  }

  private static Filter is(String instanceId) {
    return Filter.builder().name("instance-id").values(instanceId).build();
  }
}
