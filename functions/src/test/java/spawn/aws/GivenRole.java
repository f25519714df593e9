package spawn.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.model.Tag;

/**
 * A role that a test starts with; what is left out is plain: path {@code /}, trust in EC2, no more.
 */
public final class GivenRole {
  /** A trust policy that lets EC2 assume the role. */
  public static final String TRUSTS_EC2 =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
          + "{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}";

  /** An inline policy of one statement. */
  public static final String POLICY =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}";

  String path = "/";
  String trustPolicy = TRUSTS_EC2;
  Duration age = Duration.ofDays(1);
  Optional<String> boundary = Optional.empty();
  Optional<Instant> lastUsed = Optional.empty();
  Optional<String> profile = Optional.empty();
  Optional<String> tagOfId = Optional.empty();
  final SortedMap<String, String> tags = new TreeMap<>();
  final SortedMap<String, String> inlinePolicies = new TreeMap<>();
  final List<String> attachedPolicies = new ArrayList<>();

  GivenRole() {}

  /** Puts the role, and its profile if it has one, under a path. */
  public GivenRole path(String wanted) {
    path = wanted;
    return this;
  }

  /** Gives the role another trust policy than EC2's. */
  public GivenRole trustPolicy(String document) {
    trustPolicy = document;
    return this;
  }

  /** Makes the role this old, where it would be a day old. */
  public GivenRole age(Duration wanted) {
    age = wanted;
    return this;
  }

  /** Puts a tag on the role. */
  public GivenRole tag(String key, String value) {
    tags.put(key, value);
    return this;
  }

  /** Puts a tag on the role whose value is the role's own id. */
  public GivenRole tagOfId(String key) {
    tagOfId = Optional.of(key);
    return this;
  }

  /** Puts an inline policy into the role. */
  public GivenRole inlinePolicy(String name, String document) {
    inlinePolicies.put(name, document);
    return this;
  }

  /** Attaches a managed policy to the role. */
  public GivenRole attachedPolicy(String arn) {
    attachedPolicies.add(arn);
    return this;
  }

  /** Puts a permissions boundary on the role. */
  public GivenRole boundary(String arn) {
    boundary = Optional.of(arn);
    return this;
  }

  /** Shows the role as used at a moment. */
  public GivenRole lastUsed(Instant when) {
    lastUsed = Optional.of(when);
    return this;
  }

  /** Puts the role into a profile of this name, made if there is none. */
  public GivenRole inProfile(String name) {
    profile = Optional.of(name);
    return this;
  }

  List<Tag> tagList() {
    return tags.entrySet().stream()
        .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
        .toList();
  }
}
