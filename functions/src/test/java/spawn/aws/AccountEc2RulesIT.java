package spawn.aws;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import spawn.local.OnTarget;
import spawn.local.Target;
import spawn.simulation.Interposed;

/**
 * EC2's rules in the account that the end-to-end tests run in: its refusals, and the life of few
 * small instances.
 */
@Order(1) // sweeps follow its terminations, and other tests look at all calls
@Tag("account")
@OnTarget
class AccountEc2RulesIT {
  /** The others are not tried: each would launch more, in a second region, or wait for long. */
  static final Set<String> TRIED =
      Set.of(
          "aProfileIsNamedByItsArnToo",
          "aProfileIsNotNamedTwice",
          "anUnknownProfileIsRefusedInWordsThatTellNameFromArn",
          "anEmptyProfileHasNoAssociatedRoles",
          "aDryRunThatWouldSucceedIsAnErrorAndLaunchesNothing",
          "aDryRunLooksAtTheProfile",
          "aDryRunLooksAtTheImage",
          "aDryRunDoesNotUseUpItsToken",
          "theSameTokenWithOtherParametersIsRefused",
          "aLaunchThatWasRefusedDoesNotUseUpItsToken",
          "theSmallestCountIsAtLeastOneAndNotAboveTheLargest",
          "userDataComeInBase64",
          "aLaunchTagsNothingElse",
          "keysThatBeginWithAwsAreNotForUsers",
          "anInstanceIsPendingAtFirst",
          "instancesAreNotFoundByTheNameOfTheirProfile",
          "aCallHoldsAtMostTwoHundredFilterValues",
          "anInstanceIdHasItsForm",
          "regionsThatAreNotEnabledAreListedOnDemand",
          "aRunningInstanceTakesAProfile",
          "anInstanceTakesOneProfileOnly",
          "anInstanceThatIsNotThereTakesNoProfile",
          "anInstanceOnItsWayTakesNoProfile",
          "aReplacementIsANewAssociation",
          "aStoppedInstanceKeepsItsAssociation",
          "onlyARunningInstancesProfileIsReplaced",
          "aProfileIsTakenOffAStoppedInstanceAndAnotherPutOn",
          "aProfileIsTakenOffARunningInstance",
          "aTerminatedInstanceHasNoAssociation",
          "anUnknownAssociationIsNotFound",
          "anAssociationIdHasItsForm",
          "associationsAreNotFilteredByProfile",
          "aPageOfAssociationsHoldsFiveToAThousand",
          "iamDeletesWhatARunningInstanceUses");

  private static final Duration LONGEST = Duration.ofMinutes(6);

  @TestFactory
  List<DynamicTest> whatIsSaidOfEc2Holds(Target target) {
    Map<String, String> untried = new TreeMap<>();
    Sentences.of(Ec2Rules.class).stream()
        .filter(sentence -> !TRIED.contains(sentence))
        .forEach(sentence -> untried.put(sentence, "it costs more than it shows"));
    return new Sentences(target, Ec2Rules.class, untried)
        .tests("Rules of EC2", pause -> new OnAccount(target, pause));
  }

  /**
   * The profiles are the same in all attempts, so that EC2 sees them at last; instances are the
   * attempt's own, and only these are found.
   */
  private static final class OnAccount extends Ec2Rules implements Sentences.Attempt {
    private final Set<String> instances = new HashSet<>();
    private final Target target;
    private final Duration pause;
    private final String prefix;
    private final IamClient iam;
    private final Ec2Client account;

    private OnAccount(Target target, Duration pause) {
      this.target = target;
      this.pause = pause;
      this.prefix = target.name() + "-ec2-";
      Interposed forIam = this::askIam;
      this.iam = forIam.before(IamClient.class, target.iam());
      this.account = target.ec2(target.region());
    }

    @Override
    public Object rules() {
      return this;
    }

    @Override
    public void begin() {
      aRoleInItsProfile();
      await(() -> code(launched -> launched.dryRun(true)).equals("DryRunOperation"));
    }

    private String code(Consumer<RunInstancesRequest.Builder> change) {
      try {
        launch(change);
        return "";
      } catch (Ec2Exception refusal) {
        return refusal.awsErrorDetails().errorCode();
      }
    }

    private static void await(BooleanSupplier condition) {
      long deadline = System.nanoTime() + LONGEST.toNanos();
      while (!condition.getAsBoolean()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("EC2 takes more than " + LONGEST.toMinutes() + " minutes.");
        }
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }

    @Override
    IamClient iam() {
      return iam;
    }

    @Override
    Ec2Client ec2(String region) {
      Interposed forEc2 = this::askEc2;
      return forEc2.before(Ec2Client.class, account);
    }

    @Override
    void untilSettled() {
      await(
          () ->
              found(filter("instance-state-name", "pending", "stopping", "shutting-down")).isEmpty()
                  && associations(filter("state", "associating", "disassociating")).isEmpty());
    }

    private AwsResponse askIam(AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
      AwsRequest asked =
          Renaming.of(request, Set.of("RoleName", "InstanceProfileName"), name -> prefix + name);
      try {
        AwsResponse answer = ask.apply(asked);
        LockSupport.parkNanos(pause.toNanos());
        return answer;
      } catch (EntityAlreadyExistsException ofAnEarlierAttempt) {
        if (asked instanceof CreateRoleRequest create) {
          return CreateRoleResponse.builder()
              .role(target.iam().getRole(get -> get.roleName(create.roleName())).role())
              .build();
        }
        String name = ((CreateInstanceProfileRequest) asked).instanceProfileName();
        return CreateInstanceProfileResponse.builder()
            .instanceProfile(
                target
                    .iam()
                    .getInstanceProfile(get -> get.instanceProfileName(name))
                    .instanceProfile())
            .build();
      } catch (LimitExceededException ofAnEarlierAttempt) {
        if (asked instanceof AddRoleToInstanceProfileRequest) {
          return AddRoleToInstanceProfileResponse.builder().build();
        }
        throw ofAnEarlierAttempt;
      }
    }

    private AwsResponse askEc2(AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
      AwsResponse answer = ask.apply(asked(request));
      if (answer instanceof RunInstancesResponse launched) {
        launched.instances().forEach(instance -> instances.add(instance.instanceId()));
      } else if (answer instanceof DescribeInstancesResponse described) {
        return described.toBuilder()
            .reservations(
                described.reservations().stream()
                    .filter(
                        reservation ->
                            reservation.instances().stream()
                                .anyMatch(instance -> instances.contains(instance.instanceId())))
                    .toList())
            .build();
      } else if (answer instanceof DescribeIamInstanceProfileAssociationsResponse described) {
        return described.toBuilder()
            .iamInstanceProfileAssociations(
                described.iamInstanceProfileAssociations().stream()
                    .filter(association -> instances.contains(association.instanceId()))
                    .toList())
            .build();
      }
      return answer;
    }

    /** Puts in what is true of this account: names, image, type and subnet. */
    private AwsRequest asked(AwsRequest request) {
      if (request instanceof AssociateIamInstanceProfileRequest associate) {
        return associate.toBuilder()
            .iamInstanceProfile(named(associate.iamInstanceProfile()))
            .build();
      }
      if (request instanceof ReplaceIamInstanceProfileAssociationRequest replace) {
        return replace.toBuilder().iamInstanceProfile(named(replace.iamInstanceProfile())).build();
      }
      if (!(request instanceof RunInstancesRequest launch)) {
        return request;
      }
      RunInstancesRequest.Builder asked =
          launch.toBuilder().iamInstanceProfile(named(launch.iamInstanceProfile()));
      if (IMAGE.equals(launch.imageId())) {
        asked.imageId(target.image());
      }
      if (launch.clientToken() != null) {
        asked.clientToken(target.name() + System.identityHashCode(this) + launch.clientToken());
      }
      return asked
          .instanceType(target.instanceType())
          .subnetId(target.subnet().orElse(null))
          .build();
    }

    private IamInstanceProfileSpecification named(IamInstanceProfileSpecification profile) {
      return profile == null || profile.name() == null || profile.name().equals("absent")
          ? profile
          : profile.toBuilder().name(prefix + profile.name()).build();
    }

    @Override
    public void close() {
      if (!instances.isEmpty()) {
        account.terminateInstances(terminate -> terminate.instanceIds(instances));
      }
    }
  }
}
