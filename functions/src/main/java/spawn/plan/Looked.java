package spawn.plan;

import java.util.Optional;
import spawn.association.AssociationTarget;
import spawn.role.KnownRole;

/**
 * What was found at the existing instance of a payload.
 *
 * @param target the instance with its profile; nothing where its profile may not be changed
 * @param refusal why it may not be changed, as a sentence
 * @param role the role in its profile, if it has one
 */
record Looked(
    Optional<AssociationTarget> target, Optional<String> refusal, Optional<KnownRole> role) {}
