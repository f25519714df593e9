package spawn.role;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.json.Json;
import spawn.policy.ArnPatterns;
import spawn.policy.Permissions;
import spawn.policy.PolicyHash;

/**
 * The role that a launch asks for.
 *
 * @param names the names that it may have, the preferred one first; only one if the caller fixes it
 * @param permissions its content, if it has to be created
 * @param described whether the caller described its content, so that an existing role must match it
 * @param tags the caller's tags for a role that is created, and the team's
 * @param creator who asked for it, as the caller says, as the value of a tag
 * @param paths where the payload describes it; {@code null} in an execution that began before this
 *     was handed on, which stands for a launch
 * @param boundaries the boundaries that a role may have to be used; {@code null} in an execution
 *     that began before this was handed on, which stands for the role's own
 * @param passableRoles the roles outside the stack's path that its functions may pass; {@code null}
 *     where that is not known, so that IAM decides
 * @param roleOnly whether no instance is to get it, so that it needs no lease
 */
public record RoleRequest(
    List<String> names,
    Permissions permissions,
    boolean described,
    Map<String, String> tags,
    String creator,
    RolePaths paths,
    List<String> boundaries,
    ArnPatterns passableRoles,
    boolean roleOnly) {
  /** Fills in what an execution of an earlier version does not hand on. */
  public RoleRequest {
    paths = paths == null ? RolePaths.OF_A_LAUNCH : paths;
    boundaries = boundaries == null ? List.of(permissions.permissionsBoundary()) : boundaries;
  }

  /** Returns the request of a role of a set, which must be just as the caller describes it. */
  public static RoleRequest described(
      List<String> names,
      Permissions permissions,
      Map<String, String> tags,
      String creator,
      RolePaths paths) {
    return new RoleRequest(names, permissions, true, tags, creator, paths, null, null, true);
  }

  /** Returns the request of the same role, without an instance that is to get it. */
  public RoleRequest withoutInstance() {
    return new RoleRequest(
        names, permissions, described, tags, creator, paths, boundaries, passableRoles, true);
  }

  /** Returns the request of the same role with the tag of a team. */
  RoleRequest ofTeam(Optional<String> team) {
    return new RoleRequest(
        names,
        permissions,
        described,
        Tags.ofTeam(team, tags),
        creator,
        paths,
        boundaries,
        passableRoles,
        roleOnly);
  }

  /** Returns the hash of the role's content. */
  public PolicyHash hash() {
    return hash(permissions, tags);
  }

  /**
   * Returns the hash of a role's content. The caller's tags are part of it: policies of the account
   * may grant by the tags of whoever calls, so nobody is to get a role with the tags of another
   * caller.
   */
  static PolicyHash hash(Permissions permissions, Map<String, String> tags) {
    return hash(permissions.hash(), tags);
  }

  /** Returns the same from the hash of the permissions. */
  static PolicyHash hash(PolicyHash permissions, Map<String, String> tags) {
    Map<String, String> ofCaller = Tags.ofCaller(tags);
    if (ofCaller.isEmpty()) {
      return permissions;
    }
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("permissions", permissions.hex());
    ObjectNode all = content.putObject("tags");
    ofCaller.forEach(all::put);
    return PolicyHash.of(Json.text(content));
  }

  /** Returns from when on the role denies everything, if the request says so. */
  Optional<Instant> expires() {
    return permissions.expires();
  }

  /** Returns whether the stack may pass a role of this ARN, which lies outside its path. */
  boolean mayPass(String arn) {
    return passableRoles == null || passableRoles.match(arn);
  }

  /**
   * Returns whether the caller left the name to spawn, so that the next one may be used if the
   * first is not free.
   */
  public boolean mayTakeAnotherName() {
    return names.size() > 1;
  }
}
