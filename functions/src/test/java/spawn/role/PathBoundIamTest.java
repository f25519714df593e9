package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.AwsErrors;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.error.NotVisibleYet;

class PathBoundIamTest {
  private static final String READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

  /** Every call about a role or a profile that a function may make on spawn's path only. */
  private static final Map<String, Consumer<IamClient>> CALLS =
      Map.ofEntries(
          Map.entry(
              "PutRolePolicy",
              iam ->
                  iam.putRolePolicy(
                      put ->
                          put.roleName("worker").policyName("p").policyDocument(GivenRole.POLICY))),
          Map.entry(
              "AttachRolePolicy",
              iam ->
                  iam.attachRolePolicy(attach -> attach.roleName("worker").policyArn(READ_ONLY))),
          Map.entry(
              "TagRole",
              iam ->
                  iam.tagRole(
                      tag ->
                          tag.roleName("worker").tags(Tag.builder().key("a").value("b").build()))),
          Map.entry(
              "UntagRole", iam -> iam.untagRole(untag -> untag.roleName("worker").tagKeys("a"))),
          Map.entry("UpdateRole", iam -> iam.updateRole(update -> update.roleName("worker"))),
          Map.entry(
              "DetachRolePolicy",
              iam ->
                  iam.detachRolePolicy(detach -> detach.roleName("worker").policyArn(READ_ONLY))),
          Map.entry(
              "DeleteRolePolicy",
              iam -> iam.deleteRolePolicy(delete -> delete.roleName("worker").policyName("p"))),
          Map.entry("DeleteRole", iam -> iam.deleteRole(delete -> delete.roleName("worker"))),
          Map.entry(
              "ListRolePolicies",
              iam ->
                  iam.listRolePoliciesPaginator(list -> list.roleName("worker"))
                      .policyNames()
                      .forEach(name -> {})),
          Map.entry(
              "ListAttachedRolePolicies",
              iam -> iam.listAttachedRolePolicies(list -> list.roleName("worker"))),
          Map.entry(
              "GetRolePolicy",
              iam -> iam.getRolePolicy(get -> get.roleName("worker").policyName("p"))),
          Map.entry(
              "ListInstanceProfilesForRole",
              iam -> iam.listInstanceProfilesForRole(list -> list.roleName("worker"))),
          Map.entry(
              "AddRoleToInstanceProfile",
              iam ->
                  iam.addRoleToInstanceProfile(
                      add -> add.instanceProfileName("worker").roleName("worker"))),
          Map.entry(
              "RemoveRoleFromInstanceProfile",
              iam ->
                  iam.removeRoleFromInstanceProfile(
                      remove -> remove.instanceProfileName("worker").roleName("worker"))),
          Map.entry(
              "DeleteInstanceProfile",
              iam -> iam.deleteInstanceProfile(delete -> delete.instanceProfileName("worker"))));

  private final SimulatedAws aws = SimulatedAws.create();
  private final IamClient launch = IamAnswers.ofMakers(aws.iam(), aws.clock());
  private final IamClient sweep = IamAnswers.ofTheSweep(aws.iam());

  static Iterable<String> calls() {
    return CALLS.keySet();
  }

  private void givenEverything() {
    aws.givenRole(
        "worker",
        role -> role.path("/spawn/spawn/us-east-1/").age(Duration.ZERO).inProfile("worker"));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void whatIsGoneIsNoSuchEntity(String operation) {
    assertThatThrownBy(() -> CALLS.get(operation).accept(aws.iam()))
        .isInstanceOfSatisfying(
            IamException.class,
            refused -> assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("AccessDenied"));

    for (IamClient iam : new IamClient[] {launch, sweep}) {
      assertThatExceptionOfType(NoSuchEntityException.class)
          .isThrownBy(() -> CALLS.get(operation).accept(iam));
    }
  }

  @ParameterizedTest
  @MethodSource("calls")
  void whatWasJustMadeIsTriedAgainByWhoMakesThings(String operation) {
    givenEverything();
    aws.deny("iam:" + operation);
    aws.advance(Duration.ofSeconds(20));

    assertThatExceptionOfType(NotVisibleYet.class)
        .isThrownBy(() -> CALLS.get(operation).accept(launch))
        .withMessageContaining("iam:" + operation);
    assertDenied(operation, sweep);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void whatHasBeenThereForAWhileIsDenied(String operation) {
    givenEverything();
    aws.deny("iam:" + operation);
    aws.advance(Duration.ofSeconds(40));

    assertDenied(operation, launch);
    assertDenied(operation, sweep);
  }

  private static void assertDenied(String operation, IamClient iam) {
    assertThatThrownBy(() -> CALLS.get(operation).accept(iam))
        .isInstanceOfSatisfying(
            IamException.class,
            refused -> assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("AccessDenied"));
  }

  @Test
  void whatAPolicyDeniesByNameIsDeniedWithoutARead() {
    aws.faults(
        Faults.beforeFirst(
            "TagRole",
            () ->
                AwsErrors.iam(
                    "AccessDenied",
                    403,
                    "not authorized to perform: iam:TagRole with an explicit deny in a service control policy")));

    assertDenied("TagRole", launch);
    assertThat(aws.operations()).containsExactly("TagRole");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TagRole", "AddRoleToInstanceProfile"})
  void whereTheReadIsDeniedTooTheFirstRefusalStands(String operation) {
    aws.deny("iam:GetRole").deny("iam:GetInstanceProfile");

    assertThatThrownBy(() -> CALLS.get(operation).accept(launch))
        .hasMessageContaining("iam:" + operation);
  }

  @Test
  void aReadThatFailsOtherwiseIsToldAsItIs() {
    aws.faults(Faults.beforeFirst("GetRole", AwsErrors::throttling));

    assertThatThrownBy(() -> CALLS.get("TagRole").accept(launch)).hasMessageContaining("Rate");
  }

  @Test
  void otherRefusalsAreToldWithoutARead() {
    givenEverything();

    assertThatThrownBy(() -> CALLS.get("DetachRolePolicy").accept(launch))
        .isInstanceOf(NoSuchEntityException.class);
    assertThat(aws.operations()).containsExactly("DetachRolePolicy");
  }
}
