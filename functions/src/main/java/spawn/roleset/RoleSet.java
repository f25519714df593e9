package spawn.roleset;

import java.util.List;
import spawn.policy.Warning;

/**
 * What a valid payload asks for.
 *
 * @param name the set's name: the prefix of the names of its roles
 * @param planOnly whether nothing is to be changed
 * @param delete whether the set is to be removed; its roles then need not be given
 * @param roles the roles
 * @param outputs the names of all outputs beside {@code roles} that the set can have
 * @param warnings what the caller should know of
 */
public record RoleSet(
    String name,
    boolean planOnly,
    boolean delete,
    List<RoleOfSet> roles,
    List<String> outputs,
    List<Warning> warnings) {}
