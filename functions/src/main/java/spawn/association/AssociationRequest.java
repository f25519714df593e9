package spawn.association;

import java.time.Instant;
import java.util.Optional;

/**
 * A step towards another profile of an instance.
 *
 * @param instanceId the instance
 * @param wantedProfile the profile that it is to have; nothing where it is to have none
 * @param before the profile that it had when the execution first looked
 * @param proven whether EC2 has been shown to see the wanted profile
 * @param leaseUntil until when the role may be relied on; nothing for a role that no sweep touches
 * @param waitingSince when the first step of this wait was made; nothing at the first
 */
public record AssociationRequest(
    String instanceId,
    Optional<HeldProfile> wantedProfile,
    Optional<HeldProfile> before,
    boolean proven,
    Optional<Instant> leaseUntil,
    Optional<Instant> waitingSince) {}
