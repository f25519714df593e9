package spawn.aws;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;

/**
 * A role as it is, whatever readers see of it.
 *
 * @param role what GetRole shows of it
 * @param inlinePolicies the inline policies' documents by their names
 * @param attachedPolicies the ARNs of the attached managed policies
 */
public record SimulatedRole(
    Role role, SortedMap<String, String> inlinePolicies, SortedSet<String> attachedPolicies) {
  /** Keeps what is given as it is now. */
  public SimulatedRole {
    inlinePolicies = Collections.unmodifiableSortedMap(inlinePolicies);
    attachedPolicies = Collections.unmodifiableSortedSet(attachedPolicies);
  }

  static SimulatedRole bare(Role role) {
    return new SimulatedRole(role, new TreeMap<>(), new TreeSet<>());
  }

  /** Returns its name as it was spelled when it was made. */
  public String name() {
    return role.roleName();
  }

  /** Returns its id, {@code AROA…}. */
  public String id() {
    return role.roleId();
  }

  /** Returns its ARN. */
  public String arn() {
    return role.arn();
  }

  /** Returns its path, {@code /spawn/}. */
  public String path() {
    return role.path();
  }

  /** Returns when it was made. */
  public Instant created() {
    return role.createDate();
  }

  /** Returns its trust policy, decoded. */
  public String trustPolicy() {
    return URLDecoder.decode(role.assumeRolePolicyDocument(), StandardCharsets.UTF_8);
  }

  /** Returns its tags, sorted by key. */
  public SortedMap<String, String> tags() {
    SortedMap<String, String> tags = new TreeMap<>();
    role.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  /** Returns the value of one tag. */
  public Optional<String> tag(String key) {
    return role.tags().stream()
        .filter(tag -> tag.key().equalsIgnoreCase(key))
        .map(Tag::value)
        .findFirst();
  }

  /** Returns the ARN of its permissions boundary. */
  public Optional<String> permissionsBoundary() {
    return Optional.ofNullable(role.permissionsBoundary())
        .map(boundary -> boundary.permissionsBoundaryArn());
  }

  SimulatedRole with(Role changed) {
    return new SimulatedRole(changed, inlinePolicies, attachedPolicies);
  }

  SimulatedRole withInlinePolicy(String policyName, String document) {
    SortedMap<String, String> changed = new TreeMap<>(inlinePolicies);
    changed.put(policyName, document);
    return new SimulatedRole(role, changed, attachedPolicies);
  }

  SimulatedRole withoutInlinePolicy(String policyName) {
    SortedMap<String, String> changed = new TreeMap<>(inlinePolicies);
    changed.remove(policyName);
    return new SimulatedRole(role, changed, attachedPolicies);
  }

  SimulatedRole withAttachedPolicy(String policyArn) {
    SortedSet<String> changed = new TreeSet<>(attachedPolicies);
    changed.add(policyArn);
    return new SimulatedRole(role, inlinePolicies, changed);
  }

  SimulatedRole withoutAttachedPolicy(String policyArn) {
    SortedSet<String> changed = new TreeSet<>(attachedPolicies);
    changed.remove(policyArn);
    return new SimulatedRole(role, inlinePolicies, changed);
  }
}
