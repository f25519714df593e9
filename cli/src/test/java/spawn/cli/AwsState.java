package spawn.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationDecisionType;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.local.LocalStack;

/**
 * What IAM and EC2 say of roles, profiles and instances, whatever a command has printed of them.
 */
final class AwsState {
  private final IamClient iam;
  private final Ec2Client ec2;

  AwsState(LocalStack stack) {
    this.iam = stack.iam();
    this.ec2 = stack.ec2(stack.region());
  }

  /** Returns the instances of these ids, in no order. */
  List<Instance> instances(List<String> ids) {
    return found(Filter.builder().name("instance-id").values(ids).build());
  }

  /** Returns the instances with this value of a tag. */
  List<Instance> withTag(String key, String value) {
    return found(Filter.builder().name("tag:" + key).values(value).build());
  }

  private List<Instance> found(Filter filter) {
    return ec2.describeInstances(of -> of.filters(filter)).reservations().stream()
        .flatMap(reservation -> reservation.instances().stream())
        .toList();
  }

  /** Returns the instance of this name, the one that is not terminated. */
  Instance named(String name) {
    List<Instance> living =
        withTag("Name", name).stream()
            .filter(instance -> !instance.state().nameAsString().equals("terminated"))
            .toList();
    if (living.size() != 1) {
      throw new AssertionError(living.size() + " instances are called " + name);
    }
    return living.get(0);
  }

  /** Returns an image that instances can be launched from. */
  String image() {
    return ec2.describeImages(
            of -> of.filters(Filter.builder().name("architecture").values("x86_64").build()))
        .images()
        .get(0)
        .imageId();
  }

  /** Returns what an instance runs when it starts. */
  String userData(String instanceId) {
    String encoded =
        ec2.describeInstanceAttribute(
                of -> of.instanceId(instanceId).attribute(InstanceAttributeName.USER_DATA))
            .userData()
            .value();
    return encoded == null
        ? ""
        : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  /** Returns the association of an instance with a profile, if it has one. */
  Optional<IamInstanceProfileAssociation> association(String instanceId) {
    return ec2
        .describeIamInstanceProfileAssociations(
            of -> of.filters(Filter.builder().name("instance-id").values(instanceId).build()))
        .iamInstanceProfileAssociations()
        .stream()
        .findFirst();
  }

  /** Returns the name of the profile that an instance is associated with. */
  Optional<String> profileOf(String instanceId) {
    return association(instanceId)
        .map(found -> found.iamInstanceProfile().arn())
        .map(arn -> arn.substring(arn.lastIndexOf('/') + 1));
  }

  /** Returns the name of the role in the profile that an instance is associated with. */
  Optional<String> roleOf(String instanceId) {
    return profileOf(instanceId)
        .flatMap(profile -> profile(profile).roles().stream().findFirst())
        .map(Role::roleName);
  }

  InstanceProfile profile(String name) {
    return iam.getInstanceProfile(of -> of.instanceProfileName(name)).instanceProfile();
  }

  Role role(String name) {
    return iam.getRole(of -> of.roleName(name)).role();
  }

  /** Returns whether there is such a role. */
  boolean exists(String role) {
    try {
      role(role);
      return true;
    } catch (NoSuchEntityException none) {
      return false;
    }
  }

  /** Returns a role's tags, by their keys. */
  Map<String, String> tags(String role) {
    return iam.listRoleTags(of -> of.roleName(role)).tags().stream()
        .collect(Collectors.toMap(tag -> tag.key(), tag -> tag.value()));
  }

  /** Returns the short names of the services that a role trusts. */
  List<String> trusted(String role) {
    var document = Json.read(decoded(role(role).assumeRolePolicyDocument()), "a trust policy");
    List<String> trusted = new ArrayList<>();
    for (var statement : document.path("Statement")) {
      if (!statement.path("Effect").asText().equals("Allow")) {
        throw new AssertionError("a trust policy that denies: " + document);
      }
      statement
          .path("Principal")
          .properties()
          .forEach(
              kind ->
                  (kind.getValue().isArray()
                          ? kind.getValue().valueStream()
                          : Stream.of(kind.getValue()))
                      .map(one -> kind.getKey() + " " + one.asText())
                      .map(one -> one.replaceFirst("^Service (.*)\\.amazonaws\\.com$", "$1"))
                      .forEach(trusted::add));
    }
    return trusted;
  }

  /** Returns the names of the managed policies that are attached to a role. */
  List<String> managed(String role) {
    return attached(role).map(AttachedPolicy::policyName).toList();
  }

  private Stream<AttachedPolicy> attached(String role) {
    return iam.listAttachedRolePolicies(of -> of.roleName(role)).attachedPolicies().stream();
  }

  /** Returns the document of a policy of the account's own. */
  String policy(String name) {
    return iam.listPoliciesPaginator(of -> of.scope("Local")).policies().stream()
        .filter(policy -> policy.policyName().equals(name))
        .map(policy -> document(policy.arn()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no policy " + name));
  }

  private String document(String arn) {
    String version = iam.getPolicy(of -> of.policyArn(arn)).policy().defaultVersionId();
    return decoded(
        iam.getPolicyVersion(of -> of.policyArn(arn).versionId(version))
            .policyVersion()
            .document());
  }

  /** Returns whether IAM's simulator allows a role an action, within its boundary. */
  boolean allows(String role, String action, String resource) {
    return iam.simulateCustomPolicy(
                of ->
                    of.policyInputList(documents(role))
                        .permissionsBoundaryPolicyInputList(boundary(role))
                        .actionNames(action)
                        .resourceArns(resource))
            .evaluationResults()
            .get(0)
            .evalDecision()
        == PolicyEvaluationDecisionType.ALLOWED;
  }

  private List<String> boundary(String role) {
    return Optional.ofNullable(role(role).permissionsBoundary())
        .map(limit -> document(limit.permissionsBoundaryArn()))
        .stream()
        .toList();
  }

  private List<String> documents(String role) {
    return Stream.concat(
            inline(role).values().stream(), attached(role).map(one -> document(one.policyArn())))
        .toList();
  }

  private Map<String, String> inline(String role) {
    Map<String, String> found = new TreeMap<>();
    for (String name : iam.listRolePolicies(of -> of.roleName(role)).policyNames()) {
      found.put(
          name,
          decoded(iam.getRolePolicy(of -> of.roleName(role).policyName(name)).policyDocument()));
    }
    return found;
  }

  /** Returns all that a role holds, as text that is equal as long as nobody changes it. */
  String holdings(String role) {
    Role itself = role(role);
    return String.join(
        "\n",
        itself.arn(),
        decoded(itself.assumeRolePolicyDocument()),
        String.valueOf(itself.description()),
        String.valueOf(itself.permissionsBoundary()),
        inline(role).toString(),
        new TreeSet<>(managed(role)).toString());
  }

  private static String decoded(String document) {
    return URLDecoder.decode(document, StandardCharsets.UTF_8);
  }
}
