package spawn;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.approval.AnswerRecords;
import spawn.approval.ApprovalMachines;
import spawn.approval.ApprovalRequest;
import spawn.approval.Approvals;
import spawn.approval.Askings;
import spawn.approval.Confirmations;
import spawn.approval.Requests;
import spawn.association.AssociationScope;
import spawn.association.AssociationTargets;
import spawn.association.Associations;
import spawn.audit.Audit;
import spawn.audit.Repair;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenInstance;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedStates;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.GivenSweep;
import spawn.error.SpawnException;
import spawn.expect.RoleToTest;
import spawn.export.RoleExports;
import spawn.inventory.Regions;
import spawn.inventory.UsageScan;
import spawn.json.Json;
import spawn.lambda.CallCounter;
import spawn.lambda.Deadline;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.launch.LaunchedInstance;
import spawn.launch.Launches;
import spawn.launch.OwnersWord;
import spawn.launch.PayloadReader;
import spawn.launch.StartProbe;
import spawn.plan.LaunchPlans;
import spawn.plan.PlannedStack;
import spawn.profile.InstanceProfiles;
import spawn.profile.PropagationProbe;
import spawn.revocation.Revocations;
import spawn.role.LeaseTerms;
import spawn.role.RoleRepair;
import spawn.role.RoleRequests;
import spawn.roleset.RoleSetReader;
import spawn.template.Access;
import spawn.template.AccessRecorder;
import spawn.template.Template;

/** Drives every function through all its ways to AWS, and tells what access each needed. */
public final class FunctionCalls {
  /** The role of the user's own in the example {@code existing-role}. */
  public static final String OWN_ROLE = "arn:aws:iam::" + Template.ACCOUNT + ":role/my-own-role";

  /** A key that launches encrypt volumes with. */
  public static final String VOLUME_KEY =
      "arn:aws:kms:us-east-1:" + Template.ACCOUNT + ":key/1b2c3d4e-1111-2222-3333-444455556666";

  /** Parameters that hold images of the stack's owner. */
  public static final String IMAGE_PARAMETERS =
      "arn:aws:ssm:us-east-1:" + Template.ACCOUNT + ":parameter/images/*";

  /** The topic that is told of launches that wait for an approver. */
  public static final String APPROVAL_TOPIC =
      "arn:aws:sns:us-east-1:" + Template.ACCOUNT + ":approvers";

  private static final TagSpecification OPEN_TO_SPAWN =
      TagSpecification.builder()
          .resourceType("instance")
          .tags(
              software.amazon.awssdk.services.ec2.model.Tag.builder()
                  .key("spawn:associate")
                  .value("true")
                  .build())
          .build();

  private static final Invocation INVOCATION = new Invocation(new Deadline(), new LogLine());

  private final Template template;
  private final Map<String, Set<Access>> needed = new TreeMap<>();
  private SimulatedAws aws = SimulatedAws.create();
  private AccessRecorder recorder = new AccessRecorder(aws);

  private FunctionCalls(Template template) {
    this.template = template;
  }

  /** Returns the template with what these calls use opened by its parameters. */
  public static Template template() {
    return Template.read()
        .with("PassableRoleArns", OWN_ROLE)
        .with("VolumeKeyArns", VOLUME_KEY)
        .with("ImageParameterArns", IMAGE_PARAMETERS)
        .with("ApprovalTopicArn", APPROVAL_TOPIC)
        .with("OpenResources", "license-configuration,resource-group");
  }

  /** Returns what each function needed, by its logical id in the template. */
  public static Map<String, Set<Access>> drive(Template template) {
    FunctionCalls calls = new FunctionCalls(template);
    template.idsOf("AWS::Serverless::Function").forEach(id -> calls.needed.put(id, Set.of()));
    calls.launchEveryExample();
    calls.launchWithWhatOtherServicesHold();
    calls.launchWithWhatOthersHaveOpened();
    calls.testPermissions();
    calls.putAnOwnRoleIntoAProfile();
    calls.makeARoleOfAService();
    calls.meetARoleOfOtherContent();
    calls.meetAPolicyThatIsMissing();
    calls.meetTheQuotas();
    calls.loseTheRole();
    calls.loseWhatIsBeingMade();
    calls.useAnotherProfile();
    calls.loseTheProfileWhileWaiting();
    calls.launchAgainUnderAnotherRole();
    calls.launchOnSpotWithAKey();
    calls.associate();
    calls.missAnInstance();
    calls.askAndAnswer();
    calls.plan();
    calls.writeRolesDown();
    calls.sweep();
    calls.audit();
    calls.repair();
    calls.keepARoleSet();
    calls.meetWhatARoleSetCanMeet();
    calls.revoke();
    return calls.needed;
  }

  private void newAccount() {
    aws = SimulatedAws.create().account(Template.ACCOUNT).enabledRegions("us-east-1", "eu-west-1");
    recorder = new AccessRecorder(aws);
    aws.faults(recorder);
  }

  private void launchEveryExample() {
    for (String name :
        List.of("default-role", "managed-policies", "job-array", "custom-policy", "launch")) {
      newAccount();
      launch(event(name), "one");
      launch(event(name), "two");
    }
    newAccount();
    aws.givenRole("my-own-role", role -> role.inProfile("my-own-role"));
    launch(event("existing-role"), "one");
  }

  private void launchWithWhatOtherServicesHold() {
    newAccount();
    ObjectNode payload = (ObjectNode) event("launch");
    ObjectNode instance = (ObjectNode) payload.path("instance");
    instance
        .putArray("LicenseSpecifications")
        .addObject()
        .put(
            "LicenseConfigurationArn",
            "arn:aws:license-manager:us-east-1:999999999999:license-configuration:lic-1");
    instance
        .putObject("CapacityReservationSpecification")
        .putObject("CapacityReservationTarget")
        .put(
            "CapacityReservationResourceGroupArn",
            "arn:aws:resource-groups:us-east-1:123456789012:group/reserved");
    instance
        .putObject("Placement")
        .put("HostResourceGroupArn", "arn:aws:resource-groups:us-east-1:999999999999:group/hosts");
    launch(payload, "one");
  }

  private void launchWithWhatOthersHaveOpened() {
    newAccount();
    for (String id : List.of("snap-1", "eni-1", "lt-1", "cr-1", "pg-1")) {
      aws.givenWord(id, "true");
    }
    ObjectNode payload = (ObjectNode) event("launch");
    ObjectNode instance = (ObjectNode) payload.path("instance");
    instance.put("ImageId", "resolve:ssm:/images/mine");
    instance
        .putArray("BlockDeviceMappings")
        .addObject()
        .put("DeviceName", "/dev/sdf")
        .putObject("Ebs")
        .put("SnapshotId", "snap-1");
    instance
        .putArray("NetworkInterfaces")
        .addObject()
        .put("DeviceIndex", 0)
        .put("NetworkInterfaceId", "eni-1");
    instance.putObject("LaunchTemplate").put("LaunchTemplateId", "lt-1");
    instance
        .putObject("CapacityReservationSpecification")
        .putObject("CapacityReservationTarget")
        .put("CapacityReservationId", "cr-1");
    instance.putObject("Placement").put("GroupId", "pg-1");
    launch(payload, "one");
  }

  private void testPermissions() {
    newAccount();
    ObjectNode payload = (ObjectNode) event("managed-policies");
    ((ObjectNode) payload.path("iam")).putArray("policies").add("s3:ReadOnly");
    ((ObjectNode) payload.path("iam"))
        .putObject("expect")
        .putArray("allow")
        .add("s3:GetObject s3://b/k");
    tested(payload);
    for (String path : List.of("/", "/spawn/spawn/us-east-1/")) {
      newAccount();
      aws.givenRole(
          "my-own-role",
          role ->
              role.path(path)
                  .boundary(template.environment("ResolvePolicies").get("SPAWN_BOUNDARY"))
                  .inlinePolicy("own", GivenRole.POLICY)
                  .attachedPolicy("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"));
      ObjectNode own = (ObjectNode) event("existing-role");
      ((ObjectNode) own.path("iam")).set("expect", payload.at("/iam/expect"));
      tested(own);
    }
  }

  private void tested(JsonNode payload) {
    ResolvePolicies.Output wanted = resolved(payload, "one");
    by(
        "TestPermissions",
        () ->
            new TestPermissions(aws.iam("/"), RoleRequests.OWNER, aws.clock(), line -> {})
                .handle(
                    new TestPermissions.Input(
                        List.of(new RoleToTest(wanted.role(), wanted.expectations())),
                        true,
                        execution("one")),
                    INVOCATION));
  }

  private void putAnOwnRoleIntoAProfile() {
    newAccount();
    aws.givenRole("my-own-role");
    launch(event("existing-role"), "one");
  }

  private void makeARoleOfAService() {
    newAccount();
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    ObjectNode iam = payload.putObject("iam").put("role", "batch-service");
    iam.putArray("trustServices").add("batch");
    iam.putArray("managedPolicies").add("AWSBatchServiceRole");
    role(payload);
  }

  private void meetARoleOfOtherContent() {
    newAccount();
    ObjectNode payload = (ObjectNode) event("custom-policy");
    launch(payload, "one");
    ((ObjectNode) payload.path("iam")).put("maxSessionDuration", 3600);
    role(payload);
  }

  private void meetAPolicyThatIsMissing() {
    newAccount();
    aws.missingPolicy("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    role(event("managed-policies"));
  }

  private void meetTheQuotas() {
    newAccount();
    aws.rolesQuota(0);
    role(event("launch"));
    newAccount();
    aws.profilesQuota(0);
    profile(null, role(event("launch")));
    newAccount();
    aws.attachedPoliciesQuota(0);
    role(event("managed-policies"));
  }

  private void loseTheRole() {
    newAccount();
    EnsureRole.Output role = role(event("launch"));
    aws.deleteRole(role.name());
    profile(null, role);
  }

  /** A person deletes what a function has just made or found, right before its next call. */
  private void loseWhatIsBeingMade() {
    for (String operation : List.of("PutRolePolicy", "TagRole")) {
      newAccount();
      losing(operation, () -> aws.roles().forEach(role -> aws.deleteRole(role.name())));
      role(event("launch"));
    }
    newAccount();
    losing("AttachRolePolicy", () -> aws.roles().forEach(role -> aws.deleteRole(role.name())));
    roleSet((ObjectNode) event("role-set"));
    newAccount();
    EnsureRole.Output role = role(event("launch"));
    losing(
        "AddRoleToInstanceProfile",
        () -> aws.profiles().forEach(profile -> aws.deleteProfile(profile.name())));
    profile(null, role);
  }

  private void losing(String operation, Runnable deletion) {
    aws.faults(
        new Faults() {
          private boolean lost;

          @Override
          public void before(Call call) {
            if (call.operation().equals(operation) && !lost) {
              lost = true;
              deletion.run();
            }
            recorder.before(call);
          }
        });
  }

  private void useAnotherProfile() {
    newAccount();
    aws.givenRole("my-own-role", given -> given.inProfile("my-profile"));
    ObjectNode payload = (ObjectNode) event("existing-role");
    ((ObjectNode) payload.path("iam")).put("instanceProfile", "my-profile");
    launch(payload, "one");
  }

  private void loseTheProfileWhileWaiting() {
    newAccount();
    JsonNode payload = event("launch");
    EnsureRole.Output role = role(payload);
    spawn.profile.EnsuredProfile profile = profile(null, role);
    aws.deleteProfile(profile.name());
    by(
        "WaitForPropagation",
        () ->
            waiting()
                .handle(
                    new WaitForPropagation.Input(
                        resolved(payload, "one").instance(),
                        profile.arn(),
                        role.name(),
                        null,
                        null,
                        null,
                        execution("one"),
                        aws.clock().instant().minus(Duration.ofMinutes(2)),
                        null),
                    INVOCATION));
  }

  private void launchAgainUnderAnotherRole() {
    newAccount();
    launch(event("launch"), "one");
    launch(event("default-role"), "one");
  }

  private void launchOnSpotWithAKey() {
    newAccount();
    ObjectNode payload = (ObjectNode) event("launch");
    ObjectNode instance = (ObjectNode) payload.path("instance");
    instance.putObject("InstanceMarketOptions").put("MarketType", "spot");
    ObjectNode volume = instance.putArray("BlockDeviceMappings").addObject();
    volume.put("DeviceName", "/dev/xvda").putObject("Ebs").put("KmsKeyId", VOLUME_KEY);
    launch(payload, "one");
  }

  private void associate() {
    newAccount();
    String instance =
        aws.personsEc2("us-east-1")
            .runInstances(
                launch ->
                    launch
                        .imageId("ami-1")
                        .minCount(1)
                        .maxCount(1)
                        .tagSpecifications(OPEN_TO_SPAWN))
            .instances()
            .get(0)
            .instanceId();
    aws.advance(Duration.ofMinutes(5));
    look(instance);
    for (String event : List.of("launch", "managed-policies")) {
      EnsureRole.Output role = role(event(event));
      step(instance, profile(null, role), role, true);
      aws.advance(Duration.ofMinutes(1));
    }
    aws.personsEc2("us-east-1").stopInstances(stop -> stop.instanceIds(instance));
    aws.advance(Duration.ofMinutes(5));
    EnsureRole.Output role = role(event("default-role"));
    step(instance, profile(null, role), role, true);
    aws.advance(Duration.ofMinutes(1));
    aws.givenRole("my-own-role", given -> given.inProfile("my-own-role"));
    EnsureRole.Output own = role(event("existing-role"));
    step(instance, profile(null, own), own, true);
    aws.advance(Duration.ofMinutes(1));
    step(instance, null, null, false);
  }

  private void missAnInstance() {
    newAccount();
    look("i-0123456789abcdef0");
  }

  private void look(String instance) {
    by(
        "LookAtInstance",
        () ->
            new LookAtInstance(
                    new AssociationTargets(
                        aws.ec2("us-east-1"),
                        new Regions(aws.ec2("us-east-1"), aws::ec2, Runnable::run),
                        AssociationScope.TAGGED),
                    line -> {})
                .handle(new LookAtInstance.Input(instance, execution("one")), INVOCATION));
  }

  private void plan() {
    newAccount();
    ObjectNode withTemplate = (ObjectNode) event("launch");
    ((ObjectNode) withTemplate.path("instance"))
        .put("ImageId", "resolve:ssm:/images/own")
        .putObject("LaunchTemplate")
        .put("LaunchTemplateId", "lt-0123456789abcdef0");
    plan(event("launch"));
    launch(event("managed-policies"), "one");
    plan(event("managed-policies"));
    plan(withTemplate);
    aws.givenRole("my-own-role", given -> given.inProfile("my-own-role"));
    plan(event("existing-role"));
    String instance = GivenInstance.runningWith(aws, "my-own-role");
    plan(((ObjectNode) event("running-instance")).put("instanceId", instance));
    plan(((ObjectNode) event("running-instance")).put("instanceId", "i-0123456789abcdef0"));
  }

  private void plan(JsonNode payload) {
    ResolvePolicies.Output wanted = resolved(payload, "one");
    Ec2Client ec2 = aws.ec2("us-east-1");
    by(
        "PlanLaunch",
        () ->
            new PlanLaunch(
                    new LaunchPlans(
                        aws.iamOnEveryPath(),
                        ec2,
                        new AssociationTargets(
                            ec2,
                            new Regions(ec2, aws::ec2, Runnable::run),
                            AssociationScope.TAGGED),
                        new UsageScan(ec2, aws::ec2, Runnable::run),
                        this::parameter,
                        new PlannedStack(RoleRequests.OWNER, "arn:aws:iam::123456789012:role/"),
                        aws.clock(),
                        LeaseTerms.STANDARD),
                    line -> {})
                .handle(
                    new PlanLaunch.Input(
                        wanted.role(),
                        wanted.lastingHash(),
                        wanted.profileName(),
                        wanted.needsProfile(),
                        wanted.instance(),
                        wanted.instanceId(),
                        wanted.subnetIds(),
                        wanted.waitsUntilRunning(),
                        wanted.named(),
                        wanted.assumedRoles(),
                        wanted.awsConfig(),
                        wanted.warnings(),
                        null,
                        execution("one")),
                    INVOCATION));
  }

  private Optional<String> parameter(String name) {
    recorder.note(
        new Access(
            "ssm:GetParameters",
            "arn:aws:ssm:us-east-1:%s:parameter%s"
                .formatted(name.startsWith("/aws/") ? "" : Template.ACCOUNT, name),
            Map.of()));
    return Optional.of("ami-0123456789abcdef0");
  }

  private void step(
      String instance,
      spawn.profile.EnsuredProfile profile,
      EnsureRole.Output role,
      boolean proven) {
    by(
        "AssociateProfile",
        () ->
            associating()
                .handle(
                    new AssociateProfile.Input(
                        instance,
                        profile == null ? null : profile.arn(),
                        profile == null ? null : profile.id(),
                        role == null ? null : role.name(),
                        null,
                        proven,
                        role == null ? null : role.leaseUntil(),
                        null,
                        execution("one")),
                    INVOCATION));
  }

  private AssociateProfile associating() {
    return new AssociateProfile(
        new Associations(
            aws.ec2("us-east-1"), aws.clock(), LeaseTerms.STANDARD, Duration.ofMinutes(5)),
        line -> {});
  }

  /** An approval is asked for, looked for in vain, answered, answered again, and confirmed. */
  private void askAndAnswer() {
    newAccount();
    String hash = "a".repeat(64);
    String launch = "arn:aws:states:us-east-1:123456789012:execution:spawn-launch:one";
    String machine = "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-approval";
    String asking = machine.replace(":stateMachine:", ":execution:") + ":" + hash;
    SimulatedStates states = aws.stepFunctions();
    states.began(
        launch,
        "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-launch",
        "{}",
        aws.clock().instant());
    states.began(
        asking,
        machine,
        "{\"approval\": \"%s\", \"planHash\": \"%s\", \"launch\": \"%s\"}"
            .formatted(hash, hash, launch),
        aws.clock().instant());
    states.scheduled(asking, "{\"Payload\": {\"taskToken\": \"" + states.newToken() + "\"}}");
    ApprovalMachines machines = new ApprovalMachines("aws", "us-east-1", Template.ACCOUNT, "spawn");
    ask(
        new ApprovalRequest(
            hash, hash, launch, "one", "ann", "", List.of(), List.of(), null, null, null));
    confirm(machines, hash, launch, Confirmations.Wait.NOT_YET);
    for (int times = 0; times < 2; times++) {
      answer(machines, hash);
    }
    confirm(machines, hash, launch, Confirmations.Wait.ENDED);
  }

  private void ask(ApprovalRequest request) {
    by(
        "AskForApproval",
        () ->
            new AskForApproval(
                    new Requests(aws.sns(), aws.clock(), "answer", "us-east-1"), line -> {})
                .handle(
                    new AskForApproval.Input(
                        request, APPROVAL_TOPIC, 86_400, "token", execution("one")),
                    INVOCATION));
  }

  private void confirm(
      ApprovalMachines machines, String hash, String launch, Confirmations.Wait asked) {
    by(
        "ConfirmAnswer",
        () ->
            new ConfirmAnswer(
                    new Confirmations(
                        aws.states(), new AnswerRecords(aws.states(), machines), aws.clock()),
                    line -> {})
                .handle(
                    new ConfirmAnswer.Input(
                        hash, hash, launch, "one", asked, null, execution("one")),
                    INVOCATION));
  }

  private void answer(ApprovalMachines machines, String hash) {
    ObjectNode call = JsonNodeFactory.instance.objectNode();
    call.put("approval", hash).put("planHash", hash).put("answer", "approve").put("reason", "ok");
    by(
        "AnswerApproval",
        () ->
            new AnswerApproval(
                    new Approvals(
                        new Askings(aws.states(), machines),
                        new AnswerRecords(aws.states(), machines)),
                    line -> {})
                .handle(call, INVOCATION));
  }

  private void sweep() {
    newAccount();
    role("spawn-instance-0123abcd", given -> given.inProfile("spawn-instance-0123abcd"));
    role("spawn-instance-4567cdef", given -> {});
    aws.givenProfile("spawn-orphan-0123abcd", "/spawn/spawn/us-east-1/");
    for (String profile : List.of("spawn-orphan-0123abcd", "spawn-instance-0123abcd")) {
      aws.personsIam()
          .tagInstanceProfile(
              request ->
                  request.instanceProfileName(profile).tags(List.of(tag("spawn:managed", "true"))));
    }
    aws.advance(Duration.ofHours(2));
    cleanup("dry-run");
    cleanup("nightly");
    Tag lease =
        tag("spawn:lease-until", aws.clock().instant().plus(Duration.ofHours(1)).toString());
    aws.personsIam()
        .tagRole(request -> request.roleName("spawn-instance-4567cdef").tags(List.of(lease)));
    aws.advance(Duration.ofMinutes(20));
    Faults conflict =
        Faults.beforeFirst(
            "DeleteRole", () -> AwsErrors.deleteConflict("It was put into a profile."));
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            recorder.before(call);
            conflict.before(call);
          }
        });
    cleanup("termination-batch");
  }

  private void audit() {
    newAccount();
    role("reports", given -> given.attachedPolicy("arn:aws:iam::aws:policy/NewerThanTheList"));
    role("ours", given -> given.attachedPolicy("arn:aws:iam::123456789012:policy/ours"));
    audited("{}");
    audited("{\"services\": true, \"roleNames\": [\"ours\"]}");
  }

  private void audited(String call) {
    by(
        "AuditRoles",
        () ->
            new AuditRoles(
                    new Audit(
                        aws.iam(),
                        new Settings(template.environment("AuditRoles")).policyContext(),
                        new UsageScan(aws.ec2("us-east-1"), aws::ec2, Runnable::run),
                        aws.clock(),
                        waited -> {}),
                    new CallCounter(),
                    line -> {})
                .handle(RoleRequests.json(call), INVOCATION));
  }

  private void repair() {
    newAccount();
    String widened = role(event("custom-policy")).name();
    String detached = role(event("managed-policies")).name();
    String tagged = role(tagged()).name();
    aws.advance(Duration.ofMinutes(10));
    IamClient person = aws.personsIam();
    person.attachRolePolicy(
        attach ->
            attach.roleName(widened).policyArn("arn:aws:iam::aws:policy/AdministratorAccess"));
    for (String policy : List.of("spawn", "more")) {
      person.putRolePolicy(
          put -> put.roleName(widened).policyName(policy).policyDocument(GivenRole.POLICY));
    }
    person.updateRole(update -> update.roleName(widened).maxSessionDuration(3600));
    person.tagRole(
        tag -> tag.roleName(tagged).tags(List.of(tag("team", "admins"), tag("more", "yes"))));
    repaired("{}");
    repaired("{\"repair\": true}");
    person
        .listAttachedRolePolicies(list -> list.roleName(detached))
        .attachedPolicies()
        .forEach(
            policy ->
                person.detachRolePolicy(
                    detach -> detach.roleName(detached).policyArn(policy.policyArn())));
    aws.attachedPoliciesQuota(0);
    repaired("{\"repair\": true}");
    aws.attachedPoliciesQuota(10);
    aws.missingPolicy("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    repaired("{\"repair\": true}");
    aws.deleteRole(tagged);
    losing("ListRolePolicies", () -> aws.deleteRole(widened));
    repaired("{\"repair\": true}");
  }

  private static JsonNode tagged() {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    ObjectNode iam = payload.putObject("iam").put("role", "tagged");
    iam.putObject("roleTags").put("team", "data");
    return payload;
  }

  private void repaired(String call) {
    Settings settings = new Settings(template.environment("RepairRoles"));
    by(
        "RepairRoles",
        () ->
            new RepairRoles(
                    new Repair(
                        aws.iam(),
                        settings.owner(),
                        new RoleRepair(
                            aws.iam(),
                            settings.owner(),
                            settings.policyContext().boundaries(),
                            aws.clock(),
                            role -> {}),
                        aws.clock()),
                    line -> {})
                .handle(RoleRequests.json(call), INVOCATION));
  }

  /** A set is made, changed in every way that there is, planned, and removed. */
  private void keepARoleSet() {
    newAccount();
    ObjectNode payload = (ObjectNode) event("role-set-of-own-roles");
    roleSet(payload);
    ObjectNode role = (ObjectNode) payload.at("/roles/0");
    role.remove(List.of("policies", "resources", "managedPolicies"));
    role.put("maxSessionDuration", 3600);
    payload.remove("tags");
    roleSet(payload.put("plan", true));
    roleSet(payload.put("plan", false));
    roleSet((ObjectNode) event("role-set"));
    aws.advance(Duration.ofDays(2));
    cleanup(sweepOf("nightly"));
    aws.advance(Duration.ofMinutes(20));
    cleanup(sweepOf("nightly"));
  }

  /** The quotas, a policy that is missing, and a role of somebody else's. */
  private void meetWhatARoleSetCanMeet() {
    newAccount();
    roleSet((ObjectNode) event("role-set"));
    newAccount();
    aws.rolesQuota(0);
    roleSet((ObjectNode) event("role-set"));
    newAccount();
    aws.attachedPoliciesQuota(0);
    roleSet((ObjectNode) event("role-set"));
    newAccount();
    aws.missingPolicy("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess");
    roleSet((ObjectNode) event("role-set"));
    newAccount();
    aws.givenRole("metaflow-prod-batch-job-role");
    roleSet((ObjectNode) event("role-set"));
  }

  private static JsonNode sweepOf(String set) {
    return JsonNodeFactory.instance.objectNode().put("roleSet", set);
  }

  private void roleSet(ObjectNode payload) {
    ResolveRoleSet.Output set =
        by(
            "ResolveRoleSet",
            () ->
                new ResolveRoleSet(
                        new RoleSetReader(
                            new Settings(template.environment("ResolveRoleSet")).policyContext()),
                        line -> {})
                    .handle(
                        new ResolveRoleSet.Input(payload, execution("set"), Map.of()), INVOCATION));
    for (ResolveRoleSet.RoleToEnsure wanted : set.roles()) {
      ConvergeRole.Output role = converged(wanted, set);
      if (role != null && wanted.needsProfile()) {
        profile(
            new EnsureProfile.Input(
                wanted.profileName(),
                role.name(),
                role.id(),
                role.outcome(),
                role.created(),
                "tester",
                "",
                execution("set"),
                set.planOnly(),
                true));
      }
    }
  }

  private ConvergeRole.Output converged(
      ResolveRoleSet.RoleToEnsure wanted, ResolveRoleSet.Output set) {
    return by(
        "ConvergeRole",
        () ->
            new ConvergeRole(aws.iam(), RoleRequests.OWNER, aws.clock(), line -> {})
                .handle(
                    new ConvergeRole.Input(
                        wanted.role(),
                        wanted.assumedRoles(),
                        execution("set"),
                        set.set(),
                        wanted.arn(),
                        set.planOnly()),
                    INVOCATION));
  }

  private void role(String name, Consumer<GivenRole> traits) {
    aws.givenRole(
        name,
        role -> {
          role.path("/spawn/spawn/us-east-1/")
              .boundary(template.environment("ResolvePolicies").get("SPAWN_BOUNDARY"))
              .tag("spawn:managed", "true")
              .tag("spawn:lease-until", aws.clock().instant().toString())
              .inlinePolicy("spawn", GivenRole.POLICY)
              .attachedPolicy("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
          traits.accept(role);
        });
  }

  // One state after the other, as the workflow calls them

  private void launch(JsonNode payload, String execution) {
    EnsureRole.Output role = role(payload);
    ResolvePolicies.Output wanted = resolved(payload, execution);
    String profile = profile(wanted.profileName(), role).arn();
    by(
        "WaitForPropagation",
        () ->
            waiting()
                .handle(
                    new WaitForPropagation.Input(
                        wanted.instance(),
                        profile,
                        role.name(),
                        null,
                        List.of(),
                        wanted.named(),
                        execution(execution),
                        null,
                        null),
                    INVOCATION));
    RunInstance.Output launched =
        by(
            "RunInstance",
            () ->
                new RunInstance(
                        new Launches(aws.ec2("us-east-1"), aws.clock(), LeaseTerms.STANDARD),
                        line -> {})
                    .handle(
                        new RunInstance.Input(
                            wanted.instance(),
                            profile,
                            role.name(),
                            null,
                            execution(execution),
                            role.leaseUntil()),
                        INVOCATION));
    if (launched != null) {
      waitUntilRunning(launched.instances(), role, execution);
    }
  }

  private void waitUntilRunning(
      List<LaunchedInstance> launched, EnsureRole.Output role, String execution) {
    by(
        "WaitForInstances",
        () ->
            new WaitForInstances(
                    new StartProbe(aws.ec2("us-east-1"), aws.clock(), Duration.ofMinutes(5)),
                    line -> {})
                .handle(
                    new WaitForInstances.Input(
                        launched, launched.size(), role.name(), execution(execution), null),
                    INVOCATION));
  }

  private ResolvePolicies.Output resolved(JsonNode payload, String execution) {
    return by(
        "ResolvePolicies",
        () ->
            new ResolvePolicies(
                    new PayloadReader(
                        new Settings(template.environment("ResolvePolicies")).policyContext()),
                    line -> {})
                .handle(
                    new ResolvePolicies.Input(payload, execution(execution), limits()),
                    INVOCATION));
  }

  /** What the template substitutes into the workflow: functions, and parameters by their names. */
  private Map<String, String> limits() {
    Map<String, String> limits = new TreeMap<>();
    template
        .property("LaunchStateMachine", "DefinitionSubstitutions")
        .properties()
        .forEach(one -> limits.put(one.getKey(), one.getValue().asText()));
    return limits;
  }

  private EnsureRole.Output role(JsonNode payload) {
    ResolvePolicies.Output wanted = resolved(payload, "one");
    return by(
        "EnsureRole",
        () ->
            new EnsureRole(
                    aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD, line -> {})
                .handle(
                    new EnsureRole.Input(wanted.role(), wanted.assumedRoles(), execution("one")),
                    INVOCATION));
  }

  private spawn.profile.EnsuredProfile profile(String name, EnsureRole.Output role) {
    return profile(
        new EnsureProfile.Input(
            name,
            role.name(),
            role.id(),
            role.outcome(),
            role.created(),
            "tester",
            "",
            execution("one"),
            false,
            true));
  }

  private spawn.profile.EnsuredProfile profile(EnsureProfile.Input input) {
    return by(
        "EnsureProfile",
        () ->
            new EnsureProfile(
                    new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock()), line -> {})
                .handle(input, INVOCATION));
  }

  private WaitForPropagation waiting() {
    return new WaitForPropagation(
        new PropagationProbe(
            aws.ec2("us-east-1"),
            new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock()),
            aws.clock(),
            Duration.ofMinutes(5)),
        new OwnersWord(aws.ec2("us-east-1")),
        line -> {});
  }

  private void writeRolesDown() {
    newAccount();
    aws.givenRole(
        "theirs",
        role ->
            role.path("/apps/")
                .age(Duration.ofDays(9))
                .inlinePolicy("p", GivenRole.POLICY)
                .attachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess")
                .inProfile("theirs"));
    aws.used("theirs", "s3:GetObject", aws.clock().instant().minus(Duration.ofDays(1)));
    for (String call : List.of("{\"export\":\"theirs\"}", "{\"shrink\":\"theirs\"}")) {
      by(
          "ExportRole",
          () ->
              new ExportRole(
                      new RoleExports(aws.iamOnEveryPath(), RoleRequests.CONTEXT, aws.clock()),
                      line -> {})
                  .handle(parsed(call), INVOCATION));
    }
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.read(json);
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }

  private void revoke() {
    newAccount();
    String role = role(event("launch")).name();
    revoke("{'role': '%s', 'reason': 'a', 'sessions': true}".formatted(role));
    revoke("{'role': '%s', 'reason': 'a'}".formatted(role));
    revoke("{'role': '%s', 'undo': true}".formatted(role));
    revoke("{'role': '%s', 'undo': true}".formatted(role));
    aws.givenRole("somebodys");
    revoke("{'role': 'somebodys', 'reason': 'a'}");
    losing("PutRolePolicy", () -> aws.deleteRole(role));
    revoke("{'role': '%s', 'reason': 'a'}".formatted(role));
  }

  private void revoke(String call) {
    by(
        "RevokeRole",
        () ->
            new RevokeRole(
                    new Revocations(
                        aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD),
                    line -> {})
                .handle(RoleRequests.json(call), INVOCATION));
  }

  private void cleanup(String event) {
    cleanup(event(event));
  }

  private void cleanup(JsonNode call) {
    by(
        "CleanupUnusedRoles",
        () ->
            new CleanupUnusedRoles(
                    GivenSweep.of(aws).build(),
                    CleanupMode.ON,
                    aws.clock(),
                    new CallCounter(),
                    line -> {})
                .handle(call, INVOCATION));
  }

  /** Runs a function; that it ends with one of spawn's own errors is one of its ways. */
  private <T> T by(String function, Supplier<T> run) {
    try {
      return run.get();
    } catch (SpawnException expected) {
      return null;
    } finally {
      Set<Access> all = new LinkedHashSet<>(needed.get(function));
      all.addAll(recorder.taken());
      needed.put(function, all);
    }
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private static Execution execution(String name) {
    return new Execution("arn:aws:states:us-east-1:123456789012:execution:launch:" + name, name);
  }

  private static JsonNode event(String name) {
    try {
      return Json.read(Files.readString(Path.of("events", name + ".json"), UTF_8));
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }
}
