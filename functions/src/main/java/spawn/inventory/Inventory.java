package spawn.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.role.Owner;

/**
 * What is under the stack's path in IAM. Listing it costs as many calls as there are pages.
 *
 * @param roles the roles, each with the profiles that hold it, spawn's own or not
 * @param emptyProfiles the instance profiles under the stack's path that hold no role
 */
public record Inventory(List<Candidate> roles, List<InstanceProfile> emptyProfiles) {
  private static final int PAGE = 1000;

  /**
   * Lists what is under the path now, as far as IAM shows it: what was made seconds ago may be
   * missing, and what was deleted may still be there.
   */
  public static Inventory of(IamClient iam, Owner owner) {
    Map<String, List<InstanceProfile>> profilesByRole = new HashMap<>();
    List<InstanceProfile> empty = new ArrayList<>();
    // All paths: a profile that someone else made may hold one of spawn's roles.
    for (InstanceProfile profile :
        iam.listInstanceProfilesPaginator(list -> list.maxItems(PAGE)).instanceProfiles()) {
      for (Role role : profile.roles()) {
        profilesByRole.computeIfAbsent(role.roleName(), first -> new ArrayList<>()).add(profile);
      }
      if (profile.roles().isEmpty() && owner.owns(profile)) {
        empty.add(profile);
      }
    }
    List<Candidate> roles = new ArrayList<>();
    for (Role role :
        iam.listRolesPaginator(list -> list.pathPrefix(owner.path()).maxItems(PAGE)).roles()) {
      roles.add(Candidate.of(role, profilesByRole.getOrDefault(role.roleName(), List.of()), owner));
    }
    return new Inventory(roles, empty);
  }
}
