package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;

/** Which role an instance is said to have. */
class InstanceRolesTest {
  private static final String PATH =
      "arn:aws:iam::123456789012:instance-profile/spawn/spawn/us-east-1/20260131T080000Z/";

  private final Profiles iam = new Profiles();
  private final InstanceRoles roles = new InstanceRoles(iam);

  /** IAM that knows instance profiles, and nothing else. */
  private static final class Profiles implements IamClient {
    final Map<String, InstanceProfile> known = new HashMap<>();
    final List<String> asked = new ArrayList<>();
    boolean denies;

    @Override
    public GetInstanceProfileResponse getInstanceProfile(GetInstanceProfileRequest request) {
      asked.add(request.instanceProfileName());
      if (denies) {
        throw IamException.builder()
            .awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDenied").build())
            .build();
      }
      if (!known.containsKey(request.instanceProfileName())) {
        throw NoSuchEntityException.builder().build();
      }
      return GetInstanceProfileResponse.builder()
          .instanceProfile(known.get(request.instanceProfileName()))
          .build();
    }

    void add(String name, String id, String... roleNames) {
      known.put(
          name,
          InstanceProfile.builder()
              .instanceProfileId(id)
              .roles(
                  List.of(roleNames).stream()
                      .map(role -> Role.builder().roleName(role).build())
                      .toList())
              .build());
    }

    @Override
    public String serviceName() {
      return "iam";
    }

    @Override
    public void close() {}
  }

  private static Instance with(String profile, String id) {
    return Instance.builder()
        .iamInstanceProfile(IamInstanceProfile.builder().arn(PATH + profile).id(id).build())
        .build();
  }

  private Optional<String> inWords(Instance instance) {
    return roles.of(instance, Optional.empty()).inWords();
  }

  private static Optional<IamInstanceProfileAssociation> association(
      IamInstanceProfileAssociationState state, String profile, String id) {
    return Optional.of(
        IamInstanceProfileAssociation.builder()
            .state(state)
            .iamInstanceProfile(IamInstanceProfile.builder().arn(PATH + profile).id(id).build())
            .build());
  }

  @Test
  void itIsTheRoleInTheProfileNotTheProfilesName() {
    iam.add("worker-1a2b", "AIPA1", "worker");

    assertThat(inWords(with("worker-1a2b", "AIPA1"))).contains("worker");
  }

  @Test
  void withoutAProfileThereIsNone() {
    assertThat(inWords(Instance.builder().build())).isEmpty();
    assertThat(iam.asked).isEmpty();
  }

  @Test
  void anEmptyProfileIsShownAsThat() {
    iam.add("worker", "AIPA1");

    assertThat(inWords(with("worker", "AIPA1"))).contains("worker (no role)");
  }

  @Test
  void aProfileThatHasGoneIsShownAsThat() {
    assertThat(inWords(with("worker", "AIPA1"))).contains("worker (profile deleted)");
  }

  @Test
  void aProfileThatWasMadeAnewIsNotTheInstances() {
    iam.add("worker", "AIPA2", "worker");

    assertThat(inWords(with("worker", "AIPA1")))
        .contains("worker (profile deleted, another has its name)");
  }

  @Test
  void aRoleThatMayNotBeReadIsShownAsThat() {
    iam.denies = true;

    assertThat(inWords(with("worker", "AIPA1"))).contains("worker (role not readable)");
  }

  @Test
  void eachProfileIsReadOnce() {
    iam.add("worker", "AIPA1", "worker");
    inWords(with("worker", "AIPA1"));
    inWords(with("worker", "AIPA1"));
    inWords(with("gone", "AIPA2"));
    inWords(with("gone", "AIPA2"));

    assertThat(iam.asked).containsExactly("worker", "gone");
  }

  @Test
  void whileAProfileIsReplacedTheNewOneIsShown() {
    iam.add("old", "AIPA1", "old");
    iam.add("new", "AIPA2", "new");

    assertThat(
            roles
                .of(
                    with("old", "AIPA1"),
                    association(IamInstanceProfileAssociationState.ASSOCIATING, "new", "AIPA2"))
                .inWords())
        .contains("new (associating)");
  }

  @Test
  void whileAProfileIsTakenOffItIsShown() {
    iam.add("old", "AIPA1", "old");

    assertThat(
            roles
                .of(
                    Instance.builder().build(),
                    association(IamInstanceProfileAssociationState.DISASSOCIATING, "old", "AIPA1"))
                .inWords())
        .contains("old (disassociating)");
  }
}
