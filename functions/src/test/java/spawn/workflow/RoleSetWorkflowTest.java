package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;

/** Role sets, through the real definition and functions. */
class RoleSetWorkflowTest {
  private static final String ARN =
      "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/metaflow-prod-";
  private static final String DYNAMO = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);
  private int runs;

  @BeforeEach
  void calm() {
    aws.forgetCalls();
  }

  @Test
  void thePresetGivesAllTenOutputs() {
    JsonNode output = done(run("role-set"));

    assertThat(output.path("batchJobRoleArn").asText()).isEqualTo(ARN + "batch-job-role");
    assertThat(output.path("batchJobRoleName").asText()).isEqualTo("metaflow-prod-batch-job-role");
    assertThat(output.path("batchServiceRoleArn").asText()).isEqualTo(ARN + "batch-service-role");
    assertThat(output.path("batchServiceRoleName").asText())
        .isEqualTo("metaflow-prod-batch-service-role");
    assertThat(output.path("batchInstanceRoleArn").asText()).isEqualTo(ARN + "batch-instance-role");
    assertThat(output.path("batchInstanceRoleName").asText())
        .isEqualTo("metaflow-prod-batch-instance-role");
    assertThat(output.path("batchInstanceProfileArn").asText())
        .isEqualTo(aws.profile("metaflow-prod-batch-instance-role").orElseThrow().arn());
    assertThat(output.path("batchInstanceProfileName").asText())
        .isEqualTo("metaflow-prod-batch-instance-role");
    assertThat(output.path("spotFleetRoleArn").asText()).isEqualTo(ARN + "spot-fleet-role");
    assertThat(output.path("spotFleetRoleName").asText())
        .isEqualTo("metaflow-prod-spot-fleet-role");
    assertThat(output.path("roles")).hasSize(4);
    assertThat(output.path("roles").valueStream().map(role -> role.path("outcome").asText()))
        .containsOnly("created");
  }

  @Test
  void withoutTheSpotFleetRoleItsOutputsAreNull() {
    ObjectNode payload = event("role-set");
    payload.put("enableSpotFleetRole", false);

    JsonNode output = done(run(payload));

    assertThat(output.has("spotFleetRoleArn")).isTrue();
    assertThat(output.path("spotFleetRoleArn").isNull()).isTrue();
    assertThat(output.path("spotFleetRoleName").isNull()).isTrue();
    assertThat(output.path("roles")).hasSize(3);
    assertThat(aws.role("metaflow-prod-spot-fleet-role")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "batch-job-role, ecs-tasks, AmazonDynamoDBReadOnlyAccess, spawn-InstanceBoundary",
    "batch-service-role, batch, service-role/AWSBatchServiceRole, spawn-ServiceBoundary",
    "batch-instance-role, ec2, service-role/AmazonEC2ContainerServiceforEC2Role, spawn-InstanceBoundary",
    "spot-fleet-role, spotfleet, service-role/AmazonEC2SpotFleetTaggingRole, spawn-ServiceBoundary"
  })
  void eachRoleOfThePresetHoldsWhatItsServiceNeeds(
      String ending, String service, String managed, String boundary) {
    done(run("role-set"));

    SimulatedRole role = aws.role("metaflow-prod-" + ending).orElseThrow();
    assertThat(json(role.trustPolicy()).at("/Statement/0/Principal/Service").asText())
        .isEqualTo(service + ".amazonaws.com");
    assertThat(role.attachedPolicies()).containsExactly("arn:aws:iam::aws:policy/" + managed);
    assertThat(role.permissionsBoundary().orElseThrow()).contains(boundary);
    assertThat(role.tags())
        .containsEntry("spawn:set", "metaflow-prod")
        .containsEntry("spawn:managed", "true")
        .containsEntry("team", "data");
    assertThat(aws.profile(role.name()).isPresent()).isEqualTo(service.equals("ec2"));
  }

  @Test
  void theJobsRoleHoldsTheStatementsOfThePayload() {
    done(run("role-set"));

    assertThat(inline("batch-job-role"))
        .contains(
            "sns:Publish", "sns:us-east-1:123456789012:flows", "kms:Decrypt", "kms:ViaService")
        .contains("s3:PutObject", "logs:PutLogEvents", "ecr:GetAuthorizationToken");
  }

  @Test
  void aSecondRunWritesNothing() {
    done(run("role-set"));
    aws.forgetCalls();

    JsonNode output = done(run("role-set"));

    assertThat(aws.writes()).isEmpty();
    assertThat(output.path("roles").valueStream())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.path("outcome").asText()).isEqualTo("reused"))
        .allSatisfy(role -> assertThat(role.path("changes")).isEmpty());
    // For each role itself and its two lists, one inline policy, and one profile.
    assertThat(aws.calls()).hasSize(4 * 3 + 1 + 1);
  }

  @Test
  void aFirstRunReadsEachRoleOnceAndWritesWhatItHolds() {
    done(run("role-set"));

    // For each role, it is read, the account's roles are counted, it is made, given one managed
    // policy and tagged; one has statements, one a profile.
    assertThat(aws.calls()).hasSize(4 * 5 + 1 + 2);
  }

  @Test
  void aChangedStatementIsUpdatedAndNothingElse() {
    done(run("role-set"));
    aws.forgetCalls();
    ObjectNode payload = event("role-set");
    ((ObjectNode) payload.at("/jobStatements/0")).put("Action", "sns:GetTopicAttributes");

    JsonNode output = done(run(payload));

    assertThat(aws.writes())
        .extracting(Call::operation)
        .containsExactly("TagRole", "AttachRolePolicy", "PutRolePolicy", "TagRole");
    assertThat(inline("batch-job-role"))
        .contains("sns:GetTopicAttributes")
        .doesNotContain("sns:Publish");
    assertThat(role(output, "batch-job-role").path("outcome").asText()).isEqualTo("updated");
    assertThat(changes(output, "batch-job-role")).containsExactly("put inline policy spawn");
    assertThat(changes(output, "batch-service-role")).isEmpty();
  }

  @Test
  void aPolicyThatIsNoLongerNamedIsDetachedAndATagRemoved() {
    done(run("role-set"));
    ObjectNode payload = event("role-set");
    payload.remove(List.of("additionalJobPolicies", "tags"));

    JsonNode output = done(run(payload));

    SimulatedRole job = aws.role("metaflow-prod-batch-job-role").orElseThrow();
    assertThat(job.attachedPolicies()).isEmpty();
    assertThat(job.tags()).doesNotContainKey("team").containsEntry("spawn:set", "metaflow-prod");
    assertThat(changes(output, "batch-job-role"))
        .containsExactly("remove tags team", "detach " + DYNAMO);
    assertThat(changes(output, "spot-fleet-role")).containsExactly("remove tags team");
  }

  @Test
  void whatAPersonHasChangedByHandIsChangedBack() {
    done(run("role-set"));
    String name = "metaflow-prod-batch-job-role";
    aws.personsIam()
        .putRolePolicy(
            put ->
                put.roleName(name)
                    .policyName("more")
                    .policyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"));
    aws.personsIam().detachRolePolicy(detach -> detach.roleName(name).policyArn(DYNAMO));
    aws.personsIam().updateRole(update -> update.roleName(name).maxSessionDuration(43_200));
    aws.settle();

    JsonNode output = done(run("role-set"));

    SimulatedRole job = aws.role(name).orElseThrow();
    assertThat(job.attachedPolicies()).containsExactly(DYNAMO);
    assertThat(job.inlinePolicies()).containsOnlyKeys("spawn");
    assertThat(changes(output, "batch-job-role"))
        .containsExactlyInAnyOrder(
            "set longest session to 3600 s", "delete inline policy more", "attach " + DYNAMO);
  }

  @Test
  void elevenPoliciesNeverMeetOnARoleThatMayHaveTen() {
    ObjectNode payload = event("role-set");
    List<String> policies =
        List.of(
            "AmazonS3ReadOnlyAccess",
            "AmazonSQSReadOnlyAccess",
            "AmazonSNSReadOnlyAccess",
            "AmazonDynamoDBReadOnlyAccess",
            "AmazonEC2ReadOnlyAccess",
            "AmazonRDSReadOnlyAccess",
            "AmazonVPCReadOnlyAccess",
            "AmazonSSMReadOnlyAccess",
            "CloudWatchReadOnlyAccess",
            "AmazonKinesisReadOnlyAccess");
    ArrayNode named = payload.putArray("additionalJobPolicies");
    policies.forEach(named::add);
    done(run(payload));
    named.remove(0);
    named.add("AmazonGlacierReadOnlyAccess");

    done(run(payload));

    assertThat(aws.role("metaflow-prod-batch-job-role").orElseThrow().attachedPolicies())
        .hasSize(10)
        .contains("arn:aws:iam::aws:policy/AmazonGlacierReadOnlyAccess");
  }

  @Test
  void aRoleOfTheSameNameWithoutTheSetsTagIsRefusedAndTheOthersAreDone() {
    aws.givenRole("metaflow-prod-batch-service-role");

    Outcome outcome = run("role-set");

    assertThat(outcome.error()).contains("spawn.error.RoleConflict");
    assertThat(outcome.cause().orElseThrow())
        .startsWith("Of the role set \"metaflow-prod\", 3 of 4 roles are as they should be: ")
        .contains("\n- metaflow-prod-batch-service-role: Role \"metaflow-prod-batch-service-role\"")
        .contains("was not made by this stack");
    assertThat(aws.role("metaflow-prod-batch-service-role").orElseThrow().tags()).isEmpty();
    assertThat(aws.roles()).hasSize(4);

    aws.deleteRole("metaflow-prod-batch-service-role");
    JsonNode output = done(run("role-set"));
    assertThat(role(output, "batch-service-role").path("outcome").asText()).isEqualTo("created");
    assertThat(role(output, "batch-job-role").path("outcome").asText()).isEqualTo("reused");
  }

  @Test
  void aRoleThatSpawnMadeForLaunchesOrForAnotherSetIsRefused() {
    stack.launch("named", json("{'iam': {'role': 'nightly-import', 'policies': ['s3:ReadOnly']}}"));
    ObjectNode other = event("role-set-of-own-roles");
    other.put("namePrefix", "nightly-report");
    ArrayNode roles = (ArrayNode) other.path("roles");
    roles.remove(0);
    ((ObjectNode) roles.get(0)).put("role", "nightly-report-a");
    done(run(other));
    ObjectNode payload = event("role-set-of-own-roles");
    ((ObjectNode) payload.at("/roles/1")).put("role", "nightly-report-a");

    Outcome outcome = run(payload);

    assertThat(outcome.cause().orElseThrow())
        .contains("0 of 2 roles are as they should be. ")
        .contains("was made by spawn for launches")
        .contains("belongs to the role set \"nightly-report\"");
  }

  @Test
  void whomARoleTrustsIsNotChanged() {
    done(run("role-set-of-own-roles"));
    ObjectNode payload = event("role-set-of-own-roles");
    ((ObjectNode) payload.at("/roles/1")).putArray("trustServices").add("lambda");

    Outcome outcome = run(payload);

    assertThat(outcome.error()).contains("spawn.error.RoleConflict");
    assertThat(outcome.cause().orElseThrow()).contains("who may assume it");
  }

  @Test
  void aPlanShowsTheChangesAndMakesNone() {
    JsonNode before = done(run(event("role-set").put("plan", true)));
    assertThat(aws.writes()).isEmpty();
    assertThat(before.path("plan").asBoolean()).isTrue();
    assertThat(changes(before, "batch-job-role"))
        .containsExactly("create role", "attach " + DYNAMO, "put inline policy spawn");
    assertThat(changes(before, "batch-instance-role"))
        .endsWith("create instance profile metaflow-prod-batch-instance-role");
    assertThat(before.path("batchInstanceProfileArn").isNull()).isTrue();

    done(run("role-set"));
    aws.forgetCalls();
    ObjectNode payload = event("role-set").put("plan", true);
    payload.remove("additionalJobPolicies");
    JsonNode after = done(run(payload));

    assertThat(aws.writes()).isEmpty();
    assertThat(changes(after, "batch-job-role")).containsExactly("detach " + DYNAMO);
    assertThat(changes(after, "batch-instance-role")).isEmpty();
  }

  @Test
  void aPlanMeetsTheSameConflicts() {
    aws.givenRole("metaflow-prod-batch-job-role");

    assertThat(run(event("role-set").put("plan", true)).error())
        .contains("spawn.error.RoleConflict");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void everyProblemOfAPayloadIsToldAtOnceAndNothingIsCalled() {
    ObjectNode payload = event("role-set");
    payload.put("enableSpotFleetRol", true);
    ((ObjectNode) payload.at("/jobStatements/0")).put("Principal", "*");
    payload.withArray("additionalJobPolicies").add("AmazonDynamoDBReadOnlyAcces");

    Outcome outcome = run(payload);

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains("$.enableSpotFleetRol: ", "$.jobStatements[0]", "$.additionalJobPolicies[1]: ")
        .contains("rincipal");
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void aManagedPolicyThatDoesNotExistIsTheCallersToMend() {
    aws.missingPolicy("arn:aws:iam::123456789012:policy/ours");
    ObjectNode payload = event("role-set");
    payload.withArray("additionalJobPolicies").add("arn:aws:iam::123456789012:policy/ours");

    Outcome outcome = run(payload);

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains(
            "$.additionalJobPolicies: In role \"metaflow-prod-batch-job-role\": There is no managed policy ");
  }

  @Test
  void aTrustPolicyThatIamShowsInAnotherOrderIsTheSame() {
    JsonNode payload =
        json(
            "{'namePrefix': 'nightly', 'roles': [{'role': 'nightly-import', 'trustServices': ['ec2', 'ecs-tasks']}]}");
    stack.roleSet("first", payload);
    aws.personsIam()
        .updateAssumeRolePolicy(
            update ->
                update
                    .roleName("nightly-import")
                    .policyDocument(
                        "{\"Statement\":{\"Action\":[\"sts:AssumeRole\"],\"Effect\":\"Allow\",\"Principal\":"
                            + "{\"Service\":[\"ecs-tasks.amazonaws.com\",\"ec2.amazonaws.com\"]}}}"));
    aws.forgetCalls();

    Outcome again = stack.roleSet("second", payload);

    assertThat(again).matches(Outcome::succeeded);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void whatIamRefusesOfARoleIsToldAtThePathOfThatRole() {
    aws.missingPolicy("arn:aws:iam::123456789012:policy/ours");
    ObjectNode payload = event("role-set-of-own-roles");
    int last = payload.withArray("roles").size() - 1;
    ((ObjectNode) payload.withArray("roles").get(last))
        .withArray("managedPolicies")
        .add("arn:aws:iam::123456789012:policy/ours");

    Outcome outcome = run(payload);

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains("$.roles[%d].managedPolicies: In role ".formatted(last));
  }

  @Test
  void aLaunchMayNameARoleOfASetAndRunsUnderALeaseOfItsOwn() {
    done(run("role-set-of-own-roles"));

    Outcome launch =
        stack.launch(
            "with-set-role",
            json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'role': 'nightly-import'}}"));

    assertThat(launch.succeeded()).as(() -> launch.cause().orElse("")).isTrue();
    assertThat(aws.roleOf(aws.aliveInstances().get(0)).map(SimulatedRole::name))
        .contains("nightly-import");
    assertThat(aws.role("nightly-import").orElseThrow().tag("spawn:lease-until").orElseThrow())
        .isGreaterThan(aws.clock().instant().toString());
  }

  @Test
  void theSweepKeepsRolesOfSets() {
    done(run("role-set"));
    aws.advance(Duration.ofDays(3));

    JsonNode report = stack.sweep(Stack.event("nightly")).orElseThrow();

    assertThat(report.path("roles").valueStream())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.path("code").asText()).isEqualTo("NAMED_BY_USER"));
  }

  @Test
  void aSetIsRemovedAfterAQuarterOfAnHourAndNothingOfItIsLeft() {
    done(run("role-set"));
    done(run("role-set-of-own-roles"));
    aws.advance(Duration.ofMinutes(1));

    JsonNode output = done(run("role-set-delete"));

    assertThat(output.path("roles").valueStream())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.path("verdict").asText()).isEqualTo("deleted"));
    assertThat(aws.roles())
        .extracting(SimulatedRole::name)
        .containsExactly("nightly-import", "nightly-report");
    assertThat(aws.profiles()).hasSize(1);

    assertThat(done(run("role-set-delete")).path("roles")).isEmpty();
  }

  @Test
  void aSetWhoseNameBeginsLikeAnothersIsRemovedAlone() {
    done(run("role-set"));
    done(
        run(
            json(
                "{'namePrefix': 'metaflow', 'roles': [{'role': 'metaflow-reader', 'policies': ['s3:ReadOnly']}]}")));
    aws.givenInstance("metaflow-prod-batch-instance-role");

    JsonNode output = done(run(json("{'namePrefix': 'metaflow', 'delete': true}")));

    assertThat(output.path("roles")).hasSize(1);
    assertThat(aws.roles()).hasSize(4);
  }

  @Test
  void aSetThatAnInstanceUsesIsNotRemovedAndBearsNoMark() {
    done(run("role-set"));
    aws.givenInstance("eu-west-1", "metaflow-prod-batch-instance-role");

    Outcome outcome = run("role-set-delete");

    assertThat(outcome.error()).contains("spawn.error.RoleSetInUse");
    assertThat(outcome.cause().orElseThrow())
        .contains("metaflow-prod-batch-instance-role: in use by i-")
        .doesNotContain("batch-job-role");
    assertThat(aws.roles())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.tag("spawn:deleting")).isEmpty());
  }

  @Test
  void aSetThatAServiceHasUsedTodayIsNotRemoved() {
    done(run("role-set"));
    aws.advance(Duration.ofDays(2));
    aws.useRole("metaflow-prod-batch-job-role", aws.clock().instant().minus(Duration.ofHours(20)));
    aws.advance(Duration.ofHours(5));

    assertThat(run("role-set-delete").error()).contains("spawn.error.RoleSetInUse");

    aws.advance(Duration.ofHours(2));
    done(run("role-set-delete"));
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aSetThatIsUsedWhileItIsMarkedIsSparedAndItsMarksAreTakenOff() {
    done(run("role-set"));
    Execution removal =
        stack.roleSetExecution(
            "removal",
            Stack.event("role-set-delete"),
            pause -> {
              aws.givenInstance("metaflow-prod-batch-instance-role");
              aws.advance(pause);
            });

    Outcome outcome = removal.run();

    assertThat(outcome.error()).contains("spawn.error.RoleSetInUse");
    assertThat(aws.roles())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.tag("spawn:deleting")).isEmpty());
    assertThat(done(run("role-set")).path("roles").valueStream())
        .allSatisfy(role -> assertThat(role.path("outcome").asText()).isEqualTo("reused"));
  }

  @Test
  void aSetThatIsBeingRemovedIsNotChanged() {
    done(run("role-set"));
    aws.advance(Duration.ofMinutes(5));
    assertThat(stack.sweep(json("{'roleSet': 'metaflow-prod'}"))).isPresent();

    Outcome outcome = run("role-set");

    assertThat(outcome.error()).contains("spawn.error.RoleBeingDeleted");
    assertThat(outcome.cause().orElseThrow())
        .contains("being removed with its role set")
        .contains("aws iam untag-role");
  }

  @Test
  void aRemovalThatWasGivenUpStaysInTheWayUntilItIsDoneOrItsMarksAreTakenOff() {
    done(run("role-set"));
    aws.advance(Duration.ofMinutes(5));
    assertThat(stack.sweep(json("{'roleSet': 'metaflow-prod'}"))).isPresent();
    aws.advance(Duration.ofDays(3));
    stack.sweep(Stack.event("nightly"));

    Outcome outcome = run("role-set");

    assertThat(outcome.error()).contains("spawn.error.RoleBeingDeleted");
    assertThat(outcome.cause().orElseThrow())
        .contains("remove the set again, or take the mark off: aws iam untag-role");

    aws.roles()
        .forEach(
            role ->
                aws.personsIam()
                    .untagRole(untag -> untag.roleName(role.name()).tagKeys("spawn:deleting")));
    aws.settle();
    done(run("role-set"));
    done(run("role-set-delete"));
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aRoleThatThePayloadNamesNoMoreStaysUntilItIsNamedToTheSweepOrTheSetIsRemoved() {
    done(run("role-set"));
    done(run(event("role-set").put("enableSpotFleetRole", false)));
    assertThat(aws.roles()).hasSize(4);
    aws.advance(Duration.ofDays(1));
    JsonNode one =
        json("{'roleSet': 'metaflow-prod', 'roleNames': ['metaflow-prod-spot-fleet-role']}");

    stack.sweep(one);
    aws.advance(Duration.ofMinutes(20));
    stack.sweep(one);

    assertThat(aws.roles())
        .extracting(SimulatedRole::name)
        .hasSize(3)
        .doesNotContain("metaflow-prod-spot-fleet-role");
    assertThat(aws.roles()).allSatisfy(role -> assertThat(role.tag("spawn:deleting")).isEmpty());
    done(run("role-set-delete"));
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aPlanOfARemovalMarksNothing() {
    done(run("role-set"));
    aws.advance(Duration.ofMinutes(5));
    aws.forgetCalls();

    JsonNode output =
        done(run(json("{'namePrefix': 'metaflow-prod', 'delete': true, 'plan': true}")));

    assertThat(aws.writes()).isEmpty();
    assertThat(output.path("roles").valueStream())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.path("verdict").asText()).isEqualTo("marked"));
  }

  @Test
  void aProfileOfSomebodysOwnUnderSpawnsPathKeepsTheWholeSet() {
    JsonNode removal = json("{'namePrefix': 'nightly', 'delete': true}");
    done(
        run(
            json(
                "{'namePrefix': 'nightly', 'roles': [{'role': 'nightly-a'}, {'role': 'nightly-b'}]}")));
    aws.givenProfile("by-hand", "/spawn/spawn/us-east-1/tools/");
    aws.personsIam()
        .addRoleToInstanceProfile(add -> add.instanceProfileName("by-hand").roleName("nightly-b"));
    aws.settle().advance(Duration.ofDays(2));
    aws.forgetCalls();

    Outcome outcome = run(removal);

    assertThat(outcome.error()).contains("spawn.error.RoleSetInUse");
    assertThat(outcome.cause().orElseThrow())
        .contains("nightly-b: it is in a profile that lacks the tag spawn:managed=true", "/by-hand")
        .doesNotContain("nightly-a:");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void twoRunsAtOnceMakeOneSet() {
    ObjectNode payload = event("role-set");
    Execution second = stack.roleSetExecution("second", payload, aws::advance);
    Execution first =
        stack.roleSetExecution(
            "first",
            payload,
            new Timeline() {
              private boolean ran;

              @Override
              public void pause(Duration length) {
                aws.advance(length);
              }

              @Override
              public void entering(String state) {
                if (state.equals("NeedsProfile?") && !ran) {
                  ran = true;
                  done(second.run());
                }
              }
            });

    done(first.run());

    assertThat(aws.roles()).hasSize(4);
    assertThat(aws.profiles()).hasSize(1);
    aws.forgetCalls();
    done(run("role-set"));
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleThatIamDoesNotShowToTheNextStateIsNotGivenUp() {
    aws.faults(stack.limited(forgettingTheRoleWhenItIsPutIntoItsProfile()));
    Execution run = stack.roleSetExecution("run", Stack.event("role-set"), aws::advance);

    done(run.run());

    assertThat(run.failures()).contains("spawn.error.RoleVanished");
    assertThat(aws.profiles()).hasSize(1);
  }

  private static Faults forgettingTheRoleWhenItIsPutIntoItsProfile() {
    return new Faults() {
      private int forgotten;

      @Override
      public void before(Call call) {
        boolean begins = call.operation().equals("AddRoleToInstanceProfile") && forgotten == 0;
        boolean goesOn = call.operation().equals("GetRole") && forgotten == 1;
        if (begins || goesOn) {
          forgotten++;
          throw AwsErrors.noSuchEntity("The role cannot be found.");
        }
      }
    };
  }

  @Test
  void anAnswerOfAwsThatNobodyForesawIsToldInOneSentenceForEachRole() {
    aws.faults(
        stack.limited(
            new Faults() {
              @Override
              public void before(Call call) {
                if (call.operation().equals("CreateRole")) {
                  throw AwsErrors.iam("RequestExpired", 400, "Request has expired.");
                }
              }
            }));

    Outcome outcome = run("role-set");

    assertThat(outcome.error().orElseThrow()).startsWith("spawn.error.");
    assertThat(outcome.cause().orElseThrow())
        .contains("0 of 4 roles are as they should be")
        .containsPattern("\n- metaflow-prod-batch-job-role: \\w+ answered RequestExpired")
        .doesNotContain("{", "stackTrace");
  }

  @Test
  void whatIamDoesNotShowYetIsWaitedFor() {
    aws.iamReadsLagUpTo(Duration.ofSeconds(10));

    done(run("role-set"));

    aws.settle().forgetCalls();
    done(run("role-set"));
    assertThat(aws.writes()).isEmpty();
    assertThat(Set.copyOf(aws.roles().stream().map(SimulatedRole::name).toList())).hasSize(4);
  }

  private Outcome run(String event) {
    return run(Stack.event(event));
  }

  private Outcome run(JsonNode payload) {
    return stack.roleSet("run-" + ++runs, payload);
  }

  private static ObjectNode event(String name) {
    return (ObjectNode) Stack.event(name);
  }

  private static JsonNode done(Outcome outcome) {
    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    return outcome.output().orElseThrow();
  }

  private String inline(String ending) {
    return aws.role("metaflow-prod-" + ending).orElseThrow().inlinePolicies().get("spawn");
  }

  private static JsonNode role(JsonNode output, String ending) {
    return output
        .path("roles")
        .valueStream()
        .filter(role -> role.path("name").asText().endsWith(ending))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> changes(JsonNode output, String ending) {
    return role(output, ending).path("changes").valueStream().map(JsonNode::asText).toList();
  }
}
