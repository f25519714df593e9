package spawn.cleanup;

import java.util.List;
import java.util.stream.Collectors;
import spawn.error.RoleSetInUse;

/**
 * The removal of a role set by direct calls: the first call marks its roles, a later one deletes
 * them. While any of them is used, all of them stay.
 *
 * @param set the set's name, the prefix of the names of its roles
 * @param request what the sweep is asked
 */
public record SetRemoval(String set, SweepRequest request) {
  /**
   * Returns the removal that a request asks for.
   *
   * @param request names a role set
   * @throws spawn.error.InvalidRequest if the mode allows only reports, and the request asks for
   *     more
   */
  public static SetRemoval of(SweepRequest request, CleanupMode mode) {
    return new SetRemoval(request.roleSet().orElseThrow(), mode.removal(request, "$.roleSet"));
  }

  /**
   * Ends a removal that has found the set in use; a dry run only reports it.
   *
   * @throws RoleSetInUse with every role that is used, and by what
   */
  public void checkUnused(SweepReport report) {
    List<RoleReport> used = report.roles().stream().filter(RoleReport::isUse).toList();
    if (!used.isEmpty() && !request.dryRun()) {
      throw new RoleSetInUse(
          "The role set \"%s\" was left as it is, since it is used:%s"
              .formatted(
                  set,
                  used.stream()
                      .map(role -> "\n- %s: %s".formatted(role.role(), role.detail()))
                      .collect(Collectors.joining())));
    }
  }
}
