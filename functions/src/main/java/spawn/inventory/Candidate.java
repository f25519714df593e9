package spawn.inventory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.role.KnownRole;
import spawn.role.Tags;

/**
 * A role under spawn's path as the listing shows it, which is without its tags.
 *
 * @param name its name
 * @param id its unique id (AROA…)
 * @param created when it was made
 * @param trusted what its trust policy names: service principals, or the text of anything else
 * @param profiles the instance profiles that hold it, whoever made them
 */
public record Candidate(
    String name, String id, Instant created, Set<String> trusted, List<InstanceProfile> profiles) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Candidate of(Role role, List<InstanceProfile> profiles) {
    return new Candidate(
        role.roleName(),
        role.roleId(),
        role.createDate(),
        trusted(KnownRole.decoded(role.assumeRolePolicyDocument())),
        profiles);
  }

  /**
   * Returns the principals of a trust policy; one that cannot be understood is returned as its
   * text, which is not EC2.
   */
  public static Set<String> trusted(String trustPolicy) {
    Set<String> principals = new TreeSet<>();
    try {
      JsonNode statements = JSON.readTree(trustPolicy).path("Statement");
      for (JsonNode statement :
          statements.isArray() ? statements : JSON.createArrayNode().add(statements)) {
        JsonNode services = statement.path("Principal").path("Service");
        if (statement.path("Principal").size() != 1 || services.isMissingNode()) {
          principals.add(statement.path("Principal").toString());
        }
        for (JsonNode service :
            services.isArray() ? services : JSON.createArrayNode().add(services)) {
          principals.add(service.asText());
        }
      }
    } catch (JsonProcessingException notJson) {
      principals.add(trustPolicy);
    }
    principals.remove("");
    return principals;
  }

  /**
   * Returns whether only EC2 can use the role, so that instances are all there is to look at.
   * China's partition knows EC2 under a second name (<a
   * href="https://docs.aws.amazon.com/batch/latest/userguide/service_IAM_role.html">Batch user
   * guide</a>).
   */
  public boolean isForEc2Only() {
    return !trusted.isEmpty()
        && Set.of("ec2.amazonaws.com", "ec2.amazonaws.com.cn").containsAll(trusted);
  }

  /** Returns the profiles that hold the role and are not spawn's, by their path. */
  public List<InstanceProfile> foreignProfiles() {
    return profiles.stream().filter(profile -> !profile.path().startsWith(Tags.PATH)).toList();
  }
}
