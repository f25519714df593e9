package spawn.aws;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;

/**
 * An instance profile as it is, whatever readers see of it.
 *
 * @param profile what GetInstanceProfile shows of it; its role as it was when it was added
 */
public record SimulatedProfile(InstanceProfile profile) {
  /** Returns its name as it was spelled when it was made. */
  public String name() {
    return profile.instanceProfileName();
  }

  /** Returns its id, {@code AIPA…}. */
  public String id() {
    return profile.instanceProfileId();
  }

  /** Returns its ARN. */
  public String arn() {
    return profile.arn();
  }

  /** Returns its path, {@code /spawn/}. */
  public String path() {
    return profile.path();
  }

  /** Returns when it was made. */
  public Instant created() {
    return profile.createDate();
  }

  /** Returns the name of the role in it. */
  public Optional<String> roleName() {
    return role().map(Role::roleName);
  }

  /** Returns its tags, sorted by key. */
  public SortedMap<String, String> tags() {
    SortedMap<String, String> tags = new TreeMap<>();
    profile.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  Optional<Role> role() {
    return profile.roles().stream().findFirst();
  }

  public boolean holds(SimulatedRole role) {
    return role().filter(held -> held.roleId().equals(role.id())).isPresent();
  }

  SimulatedProfile holding(Role... roles) {
    return new SimulatedProfile(profile.toBuilder().roles(List.of(roles)).build());
  }
}
