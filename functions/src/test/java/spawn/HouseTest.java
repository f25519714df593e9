package spawn;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.regions.Region;
import spawn.error.SpawnException;
import spawn.lambda.AwsClients;
import spawn.lambda.Stage;

/** The rules of the house: where things live, and what they may know of each other. */
@AnalyzeClasses(packages = "spawn", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
  @ArchTest
  static final ArchRule slicesKnowNeitherStatesNorLambda =
      noClasses()
          .that()
          .resideInAnyPackage(
              "spawn.policy",
              "spawn.role",
              "spawn.expect",
              "spawn.roleset",
              "spawn.profile",
              "spawn.launch",
              "spawn.approval",
              "spawn.plan",
              "spawn.association",
              "spawn.export",
              "spawn.inventory",
              "spawn.cleanup",
              "spawn.audit",
              "spawn.payload",
              "spawn.error")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("spawn", "spawn.lambda", "com.amazonaws..")
          .because("what spawn decides must not depend on where it runs");

  @ArchTest
  static final ArchRule lambdaKnowsNoSlice =
      noClasses()
          .that()
          .resideInAPackage("spawn.lambda")
          .should()
          .dependOnClassesThat(
              resideInAPackage("spawn..")
                  .and(not(resideInAnyPackage("spawn.lambda", "spawn.error", "spawn.json"))))
          .because("how a function is run is the same whatever it decides");

  @ArchTest
  static final ArchRule nothingBindsData =
      noClasses()
          .that()
          .resideInAPackage("spawn..")
          .should()
          .dependOnClassesThat(
              assignableTo(ObjectCodec.class)
                  .or(resideInAPackage("com.fasterxml.jackson.annotation")))
          .because("the classes of Jackson's data binding are a third of a cold start");

  @ArchTest
  static final ArchRule treesAreWrittenByOurselves =
      noClasses()
          .that()
          .resideInAPackage("spawn..")
          .should()
          .callMethodWhere(
              target(name("toString")).and(target(owner(assignableTo(JsonNode.class)))))
          .because("toString of a node has data binding do it; Json.text does not");

  @ArchTest
  static final ArchRule slicesAreFreeOfCycles =
      slices()
          .matching("spawn.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a slice can then be read, tested and changed on its own");

  @ArchTest
  static final ArchRule policiesAreDecidedWithoutAws =
      noClasses()
          .that()
          .resideInAPackage("spawn.policy")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..")
          .because("whatever the policy slice refuses, nothing can have been written");

  @ArchTest
  static final ArchRule onlyTheSweepDeletes =
      noClasses()
          .that()
          .resideOutsideOfPackage("spawn.cleanup")
          .and()
          .doNotHaveFullyQualifiedName("spawn.role.IamSetRoles")
          .and()
          .doNotHaveFullyQualifiedName("spawn.revocation.IamRevocation")
          .should()
          .callMethodWhere(
              target(
                  nameMatching(
                      "(delete|detach|remove|terminate)[A-Z].*(Role|Policy|Profile|Instances).*|untagRole")))
          .because("a role is removed after a mark and a wait, and nowhere else");

  @ArchTest
  static final ArchRule anUndoTakesDenialsAndTheirMarkAndNothingElse =
      noClasses()
          .that()
          .haveFullyQualifiedName("spawn.revocation.IamRevocation")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(SdkClient.class)))
                  .and(
                      not(
                          target(
                              nameMatching(
                                  "getRole|listRolePoliciesPaginator|(put|delete)RolePolicy|(un)?tagRole")))))
          .because("what a role was made with stays while it is revoked");

  @ArchTest
  static final ArchRule onlyAnOperatorsCallRevokesOrUndoes =
      classes()
          .that()
          .resideInAPackage("spawn.revocation")
          .should()
          .onlyHaveDependentClassesThat(nameMatching("spawn\\.revocation\\..*|spawn\\.RevokeRole"))
          .because("nothing but an undo takes a denial off");

  @ArchTest
  static final ArchRule aRoleOfASetLosesPoliciesAndTagsAndNothingElse =
      noClasses()
          .that()
          .haveFullyQualifiedName("spawn.role.IamSetRoles")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(SdkClient.class)))
                  .and(
                      not(
                          target(
                              nameMatching(
                                  "detachRolePolicy|deleteRolePolicy|untagRole|updateRole")))))
          .because("a role is removed after a mark and a wait, and nowhere else");

  @ArchTest
  static final ArchRule launchesCannotReachWhatTakesFromARole =
      classes()
          .that(nameMatching("spawn\\.role\\.(IamSetRoles|RoleChanges|RoleRepairChanges|Change)"))
          .should()
          .onlyHaveDependentClassesThat(
              nameMatching(
                  "spawn\\.role\\.(RoleConvergence|RoleChanges|RoleRepair|RoleRepairChanges|Change)"))
          .because("only a role of a set, or one that was changed by hand, loses anything");

  @ArchTest
  static final ArchRule noExistingRoleGetsAnotherTrustPolicyOrBoundary =
      noClasses()
          .should()
          .callMethodWhere(
              target(nameMatching("updateAssumeRolePolicy|(put|delete)RolePermissionsBoundary")))
          .because("what runs under a role would become someone else's, or lose its limit");

  @ArchTest
  static final ArchRule onlyRolesOfSetsGetAnotherSession =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("spawn.role.IamSetRoles")
          .should()
          .callMethodWhere(target(nameMatching("updateRole")))
          .because("the role of a launch stays as its hash says");

  @ArchTest
  static final ArchRule rulesOfRolesLeaveTheCallsToOthers =
      noClasses()
          .that(
              nameMatching(
                  "spawn\\.role\\.(Roles|RoleDecisions|RoleConvergence|RoleChanges|RoleRepair|RoleRepairChanges)"))
          .should()
          .callMethodWhere(target(owner(assignableTo(SdkClient.class))))
          .because("each call to IAM has its failures by name, and they are named in one place");

  @ArchTest
  static final ArchRule onlyAssociationsTakeAProfileOffAnInstance =
      noClasses()
          .that()
          .doNotHaveSimpleName("Associations")
          .should()
          .callMethodWhere(target(nameMatching("(disassociate|replace)IamInstanceProfile.*")))
          .because("an old profile goes only once EC2 sees the new one");

  @ArchTest
  static final ArchRule noLaunchChangesWhatARoleHolds =
      noClasses()
          .that()
          .resideInAPackage("spawn")
          .and()
          .doNotHaveSimpleName("ConvergeRole")
          .and()
          .doNotHaveSimpleName("RepairRoles")
          .should()
          .dependOnClassesThat(nameMatching(".*\\.(RoleConvergence|RoleRepair|Repair)"))
          .because("launches share the roles that they find: only a run of a set changes one");

  @ArchTest
  static final ArchRule lookingAtAnInstanceChangesNothing =
      noClasses()
          .that()
          .resideInAPackage("spawn")
          .and()
          .doNotHaveSimpleName("AssociateProfile")
          .should()
          .dependOnClassesThat()
          .haveSimpleName("Associations")
          .because("an execution looks before it makes anything, and again after it was redriven");

  @ArchTest
  static final ArchRule aPlanWritesNothing =
      noClasses()
          .that()
          .resideInAPackage("spawn.plan")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(SdkClient.class)))
                  .and(not(target(nameMatching("(get|list|describe)[A-Z].*|serviceName|once")))))
          .because("what a plan tells must not come about by its telling");

  @ArchTest
  static final ArchRule noHandlerAnswersWithJustAnything =
      methods()
          .that()
          .haveName("handle")
          .and()
          .areDeclaredInClassesThat()
          .resideInAPackage("spawn")
          .and(not(modifier(JavaModifier.SYNTHETIC)))
          .should()
          .notHaveRawReturnType(Object.class)
          .because("a state has one answer, and the next one relies on its form");

  @ArchTest
  static final ArchRule statesAreHandlersAndNothingElse =
      classes()
          .that()
          .resideInAPackage("spawn")
          .and()
          .areTopLevelClasses()
          .and()
          .areNotRecords()
          .and()
          .doNotHaveSimpleName("Settings")
          .should()
          .beAssignableTo(RequestStreamHandler.class)
          .andShould()
          .haveModifier(JavaModifier.FINAL)
          .because("the top package is a map of the state machine, and of what wires it");

  @ArchTest
  static final ArchRule errorsAreFinalAndTopLevel =
      classes()
          .that()
          .areAssignableTo(SpawnException.class)
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .should()
          .resideInAPackage("spawn.error")
          .andShould()
          .haveModifier(JavaModifier.FINAL)
          .andShould()
          .beTopLevelClasses()
          .because("the state machine compares their full names as plain text");

  @ArchTest
  static final ArchRule timeAndChanceAreInjected =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .because("a seed replays a simulation only if no code reads another clock or dice");

  @ArchTest
  static final ArchRule servicesHoldNoState =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAnyPackage(
              "spawn.role",
              "spawn.expect",
              "spawn.roleset",
              "spawn.profile",
              "spawn.launch",
              "spawn.approval",
              "spawn.plan",
              "spawn.association",
              "spawn.export",
              "spawn.inventory",
              "spawn.payload",
              "spawn.cleanup",
              "spawn.audit",
              "spawn.occasion",
              "spawn.revocation",
              "spawn")
          .should()
          .beFinal()
          .because("a function is used again for other executions");

  @ArchTest
  static final ArchRule theEnvironmentIsReadInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("Settings")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getProperty", String.class)
          .because("the template's variables are checked against what Settings reads");

  @ArchTest
  static final ArchRule theConstructorThatLambdaCallsOnlyDelegates =
      constructors()
          .that()
          .areDeclaredInClassesThat()
          .areAssignableTo(RequestStreamHandler.class)
          .and()
          .haveRawParameterTypes(new Class<?>[0])
          .should(readTheSettingsAndDelegate())
          .because("WiringTest starts each function from settings, with the template's variables");

  private static ArchCondition<JavaConstructor> readTheSettingsAndDelegate() {
    return new ArchCondition<>(
        "read the settings, delegate to the constructor that takes them, and rehearse by it") {
      @Override
      public void check(JavaConstructor constructor, ConditionEvents events) {
        Set<String> used =
            constructor.getAccessesFromSelf().stream()
                .map(access -> access.getTarget().getFullName())
                .collect(Collectors.toSet());
        Set<String> allowed =
            Set.of(
                "spawn.Settings.fromEnvironment()",
                constructor.getOwner().getName() + ".<init>(spawn.Settings)",
                "spawn.Settings.rehearsal(java.util.function.Function)",
                constructor.getOwner().getName() + ".rehearse(java.util.Optional)");
        events.add(
            new SimpleConditionEvent(
                constructor,
                used.equals(allowed),
                "%s uses %s".formatted(constructor.getDescription(), used)));
      }
    };
  }

  @ArchTest
  static final ArchRule whoMakesClientsKeepsTheirDeadlineAndCountsTheirCalls =
      classes()
          .that()
          .resideInAPackage("spawn")
          .and(
              describe(
                  "make AWS clients",
                  type ->
                      type.getMethodCallsFromSelf().stream()
                          .anyMatch(
                              call ->
                                  call.getTarget().getFullName().equals("spawn.Settings.aws()"))))
          .should()
          .callMethod(AwsClients.class, "deadline")
          .andShould()
          .callMethod(AwsClients.class, "calls")
          .because("a handler must begin the deadline that its own clients keep");

  @ArchTest
  static final ArchRule onlySettingsMakeClients =
      noClasses()
          .that()
          .resideInAPackage("spawn")
          .and()
          .doNotHaveSimpleName("Settings")
          .should()
          .callConstructor(AwsClients.class, Region.class)
          .orShould()
          .callConstructor(AwsClients.class, Region.class, Stage.class)
          .because("a function that rehearses must get clients that reach nobody");

  @ArchTest
  static final ArchRule aStageHasNoWayToTheNetwork =
      noClasses()
          .that()
          .haveNameMatching("spawn\\.lambda\\.Stage(\\$.*)?")
          .should()
          .dependOnClassesThat(nameMatching("java\\.net\\..*|javax\\.net\\..*|.*UrlConnection.*"))
          .because("what a scene asks of AWS must not reach it");

  @ArchTest
  static final ArchRule nothingStaticChanges =
      fields()
          .that()
          .areStatic()
          .should()
          .beFinal()
          .because("what a function keeps belongs to its handler, and two tests share nothing");

  @ArchTest
  static final ArchRule onlyTheAnswerOfAnApproverWakesALaunchOrIsRecorded =
      noClasses()
          .that()
          .resideInAPackage("spawn")
          .and()
          .doNotHaveSimpleName("AnswerApproval")
          .should()
          .dependOnClassesThat()
          .haveSimpleName("Approvals")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleName("Askings")
          .because("whoever asks or confirms must not be able to answer");
}
