package spawn.profile;

import java.time.Instant;

/**
 * An instance profile that holds the role of a launch.
 *
 * @param name its name
 * @param arn its ARN
 * @param id its unique id (AIPA…), by which instances carry it
 * @param settled whether it has been complete for so long that EC2 need not be asked whether it
 *     sees the profile
 * @param settlesAt when that will be, or has been
 * @param created whether this launch has created it, or put the role into it
 */
public record EnsuredProfile(
    String name, String arn, String id, boolean settled, Instant settlesAt, boolean created) {}
