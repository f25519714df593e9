package spawn.profile;

/**
 * An instance profile that holds the role of a launch.
 *
 * @param name its name
 * @param arn its ARN
 * @param settled whether it has been complete for so long that EC2 need not be asked whether it
 *     sees it
 * @param created whether this launch has made it, or put the role into it
 */
public record EnsuredProfile(String name, String arn, boolean settled, boolean created) {}
