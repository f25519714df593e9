package spawn.policy;

/**
 * An ARN as a payload writes it.
 *
 * @param partition the stack's, or {@code *}
 * @param service its service
 * @param region its region, {@code *}, or empty
 * @param account its account, {@code *}, or empty
 * @param resource its last part
 */
record ResourceArn(
    String partition, String service, String region, String account, ArnResource resource) {}
