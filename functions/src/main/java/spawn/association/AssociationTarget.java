package spawn.association;

import spawn.launch.LaunchedInstance;

/**
 * An instance that is to get a profile, or to lose it.
 *
 * @param instance the instance
 * @param profile the profile that it has, or {@code null} if it has none
 */
public record AssociationTarget(LaunchedInstance instance, HeldProfile profile) {}
