package spawn.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.inventory.Usage;
import spawn.policy.GrantDifference;
import spawn.role.KnownRole;
import spawn.role.RoleForecast;

/**
 * What a plan has found out, before it is put into words.
 *
 * @param forecast what would become of the role; nothing where an instance is to lose its role
 * @param after what would be in force: of the role to make, or of the existing role that is used
 * @param comparedWith the role that the difference is from; nothing where there is none, or where
 *     it may not be read
 * @param difference what would be granted more and less
 * @param profile what would become of the instance profile; nothing without one
 * @param looked the existing instance, if the payload names one
 * @param launch the launch, if there is one
 * @param profiles the profiles that hold the existing role
 * @param usage which instances carry these
 * @param quotas IAM's counts and quotas
 * @param pins what is pinned
 */
record Found(
    Optional<RoleForecast> forecast,
    Holdings after,
    Optional<KnownRole> comparedWith,
    GrantDifference difference,
    Optional<ProfileForecast> profile,
    Optional<Looked> looked,
    Optional<PinnedLaunch> launch,
    List<InstanceProfile> profiles,
    Usage usage,
    Map<SummaryKeyType, Integer> quotas,
    Pins pins) {}
