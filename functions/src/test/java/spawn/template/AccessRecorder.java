package spawn.template;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.DisassociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.GenerateServiceLastAccessedDetailsRequest;
import software.amazon.awssdk.services.iam.model.IamRequest;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessRequest;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;

/**
 * Writes down what access each call needs, at the moment it is made, as the service authorization
 * reference has it for <a
 * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html">IAM</a>
 * and <a
 * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html">EC2</a>:
 * the action itself and the actions that depend on it.
 */
public final class AccessRecorder implements Faults {
  private static final String ACCOUNT = Template.ACCOUNT;
  private static final String BOUNDARY = "iam:PermissionsBoundary";

  private final SimulatedAws aws;
  private final Set<Access> recorded = new LinkedHashSet<>();

  /** Creates a recorder of the calls to an account. */
  public AccessRecorder(SimulatedAws aws) {
    this.aws = aws;
  }

  /** Returns what was needed so far, and forgets it. */
  public List<Access> taken() {
    synchronized (recorded) {
      List<Access> taken = List.copyOf(recorded);
      recorded.clear();
      return taken;
    }
  }

  /** Writes down what a call needs that the account does not see. */
  public void note(Access access) {
    synchronized (recorded) {
      recorded.add(access);
    }
  }

  @Override
  public void before(Call call) {
    List<Access> needed =
        switch (call.service()) {
          case "iam" -> ofIam(call, call.request());
          case "states" -> List.of(ofStates(call, call.request()));
          case "sns" -> ofSns(call, (PublishRequest) call.request());
          default -> ofEc2(call, call.request());
        };
    synchronized (recorded) {
      recorded.addAll(needed);
    }
  }

  /**
   * A task token has no resource (<a
   * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html">Step
   * Functions</a>).
   */
  private static Access ofStates(Call call, AwsRequest request) {
    if (request instanceof SendTaskSuccessRequest) {
      return new Access(
          call.action(),
          "*",
          Map.of(
              "aws:PrincipalArn",
              "arn:aws:iam::" + ACCOUNT + ":role/spawn-AnswerApprovalRole-1A2B"));
    }
    return new Access(
        call.action(),
        request
            .getValueForField("executionArn", String.class)
            .or(() -> request.getValueForField("stateMachineArn", String.class))
            .orElseThrow(),
        Map.of());
  }

  /**
   * Whoever publishes to an encrypted topic uses its key (<a
   * href="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html">key management</a>).
   */
  private static List<Access> ofSns(Call call, PublishRequest request) {
    Map<String, String> context =
        Map.of(
            "kms:ViaService",
            "sns." + call.region() + ".amazonaws.com",
            "kms:EncryptionContext:aws:sns:topicArn",
            request.topicArn());
    String key = "arn:aws:kms:" + call.region() + ":" + ACCOUNT + ":key/0a1b2c3d";
    return List.of(
        new Access(call.action(), request.topicArn(), Map.of()),
        new Access("kms:Decrypt", key, context),
        new Access("kms:GenerateDataKey", key, context));
  }

  private List<Access> ofIam(Call call, AwsRequest request) {
    List<Access> needed = new ArrayList<>();
    if (request instanceof CreateRoleRequest create) {
      Access write =
          new Access(
              call.action(),
              "arn:aws:iam::" + ACCOUNT + ":role" + create.path() + create.roleName(),
              Map.of(BOUNDARY, create.permissionsBoundary()));
      needed.add(write);
      if (create.hasTags()) {
        needed.add(new Access("iam:TagRole", write.resource(), Map.of()));
      }
    } else if (request instanceof CreateInstanceProfileRequest create) {
      String arn =
          "arn:aws:iam::"
              + ACCOUNT
              + ":instance-profile"
              + create.path()
              + create.instanceProfileName();
      needed.add(new Access(call.action(), arn, Map.of()));
      if (create.hasTags()) {
        needed.add(new Access("iam:TagInstanceProfile", arn, Map.of()));
      }
    } else {
      onWhatIsThere(call.action(), (IamRequest) request).ifPresent(needed::add);
      if (request instanceof AddRoleToInstanceProfileRequest add) {
        aws.role(add.roleName()).ifPresent(role -> needed.add(pass(role)));
      }
    }
    return needed;
  }

  /**
   * A request names things without their path; what is not there has none for IAM to find. Rights
   * that are bound to a path never cover it, so a call about it needs none: it is refused, and a
   * read on any path tells why.
   */
  private Optional<Access> onWhatIsThere(String action, IamRequest request) {
    Access access = access(action, request);
    return isGone(request) && !action.matches("iam:Get(Role|InstanceProfile)")
        ? Optional.empty()
        : Optional.of(access);
  }

  private boolean isGone(IamRequest request) {
    Optional<String> profile = request.getValueForField("InstanceProfileName", String.class);
    Optional<String> role = request.getValueForField("RoleName", String.class);
    return profile.isPresent()
        ? aws.profile(profile.get()).isEmpty()
        : role.isPresent() && aws.role(role.get()).isEmpty();
  }

  private Access access(String action, IamRequest request) {
    Optional<String> profile = request.getValueForField("InstanceProfileName", String.class);
    Optional<String> role = request.getValueForField("RoleName", String.class);
    Optional<String> policy = request.getValueForField("PolicyArn", String.class);
    if (profile.isPresent()) {
      return new Access(
          action,
          aws.profile(profile.get())
              .map(SimulatedProfile::arn)
              .orElse("arn:aws:iam::" + ACCOUNT + ":instance-profile/" + profile.get()),
          aws.profile(profile.get())
              .map(SimulatedProfile::tags)
              .map(AccessRecorder::tags)
              .orElse(Map.of()));
    }
    if (role.isPresent()) {
      Optional<SimulatedRole> found = aws.role(role.get());
      Map<String, String> context =
          new TreeMap<>(found.map(SimulatedRole::tags).map(AccessRecorder::tags).orElse(Map.of()));
      policy.ifPresent(arn -> context.put("iam:PolicyARN", arn));
      if (request instanceof TagRoleRequest tag) {
        context.put(
            "aws:TagKeys", tag.tags().stream().map(Tag::key).collect(Collectors.joining(",")));
      }
      if (request instanceof UntagRoleRequest untag) {
        context.put("aws:TagKeys", String.join(",", untag.tagKeys()));
      }
      if (!action.matches("iam:(Tag|Untag|Update|Delete)Role")) { // these may know no such key
        found
            .flatMap(SimulatedRole::permissionsBoundary)
            .ifPresent(arn -> context.put(BOUNDARY, arn));
      }
      return new Access(
          action,
          found.map(SimulatedRole::arn).orElse("arn:aws:iam::" + ACCOUNT + ":role/" + role.get()),
          context);
    }
    Optional<String> entity =
        request instanceof GenerateServiceLastAccessedDetailsRequest report
            ? Optional.of(report.arn())
            : policy;
    return new Access(action, entity.orElse("*"), Map.of());
  }

  private static Map<String, String> tags(Map<String, String> tags) {
    Map<String, String> context = new TreeMap<>();
    tags.forEach((key, value) -> context.put("aws:ResourceTag/" + key, value));
    return context;
  }

  private List<Access> ofEc2(Call call, AwsRequest request) {
    if (request instanceof AssociateIamInstanceProfileRequest associate) {
      return onInstance(
          call,
          aws.instance(associate.instanceId()),
          Optional.of(associate.iamInstanceProfile().arn()));
    }
    if (request instanceof ReplaceIamInstanceProfileAssociationRequest replace) {
      return onInstance(
          call, holding(replace.associationId()), Optional.of(replace.iamInstanceProfile().arn()));
    }
    if (request instanceof DisassociateIamInstanceProfileRequest disassociate) {
      return onInstance(call, holding(disassociate.associationId()), Optional.empty());
    }
    if (!(request instanceof RunInstancesRequest launch)) {
      return List.of(new Access(call.action(), "*", Map.of()));
    }
    List<Access> needed = new ArrayList<>(LaunchAccess.of(launch, call.region(), aws::wordOf));
    if (launch.imageId() != null && launch.imageId().startsWith("resolve:ssm:")) {
      String parameter = launch.imageId().substring("resolve:ssm:".length());
      needed.add(
          new Access(
              "ssm:GetParameters",
              "arn:aws:ssm:%s:%s:parameter%s"
                  .formatted(
                      call.region(), parameter.startsWith("/aws/") ? "" : ACCOUNT, parameter),
              Map.of()));
    }
    needed.addAll(passing(launch.iamInstanceProfile().arn()));
    if (launch.instanceMarketOptions() != null) {
      needed.add(
          new Access(
              "iam:CreateServiceLinkedRole",
              "arn:aws:iam::"
                  + ACCOUNT
                  + ":role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
              Map.of("iam:AWSServiceName", "spot.amazonaws.com")));
    }
    launch.blockDeviceMappings().stream()
        .filter(mapping -> mapping.ebs() != null && mapping.ebs().kmsKeyId() != null)
        .forEach(mapping -> needed.addAll(onKey(mapping.ebs().kmsKeyId(), call.region())));
    return needed;
  }

  /**
   * EBS uses a volume's key in the name of whoever launches (<a
   * href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html">permissions
   * for users</a>).
   */
  private static List<Access> onKey(String key, String region) {
    Map<String, String> context = Map.of("kms:ViaService", "ec2." + region + ".amazonaws.com");
    List<Access> needed = new ArrayList<>();
    for (String action :
        List.of(
            "Decrypt",
            "DescribeKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo")) {
      needed.add(new Access("kms:" + action, key, context));
    }
    needed.add(
        new Access("kms:CreateGrant", key, context).with("kms:GrantIsForAWSResource", "true"));
    return needed;
  }

  private Optional<SimulatedInstance> holding(String associationId) {
    return aws.instances().stream()
        .filter(
            instance ->
                instance.associations().stream().anyMatch(held -> held.id().equals(associationId)))
        .findFirst();
  }

  /** A profile is put on an instance, and a role passed with it, or it is taken off. */
  private List<Access> onInstance(
      Call call, Optional<SimulatedInstance> instance, Optional<String> profileArn) {
    List<Access> needed = new ArrayList<>();
    needed.add(
        new Access(
            call.action(),
            "arn:aws:ec2:%s:%s:instance/%s"
                .formatted(
                    call.region(), ACCOUNT, instance.map(SimulatedInstance::id).orElse("i-0")),
            instance.map(SimulatedInstance::tags).map(AccessRecorder::tags).orElse(Map.of())));
    profileArn.ifPresent(arn -> needed.addAll(passing(arn)));
    return needed;
  }

  private List<Access> passing(String profileArn) {
    return aws.profile(profileArn.substring(profileArn.lastIndexOf('/') + 1))
        .flatMap(SimulatedProfile::roleName)
        .flatMap(aws::role)
        .map(AccessRecorder::pass)
        .map(List::of)
        .orElse(List.of());
  }

  private static Access pass(SimulatedRole role) {
    return new Access(
        "iam:PassRole", role.arn(), Map.of("iam:PassedToService", "ec2.amazonaws.com"));
  }
}
