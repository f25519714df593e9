package spawn.association;

import java.util.List;
import spawn.launch.LaunchedInstance;
import spawn.policy.Warning;

/**
 * An instance that is to get a profile, or to lose it.
 *
 * @param instance the instance
 * @param profile the profile that it has, or {@code null} if it has none
 * @param warnings what whoever gives it a role should know of
 */
public record AssociationTarget(
    LaunchedInstance instance, HeldProfile profile, List<Warning> warnings) {}
