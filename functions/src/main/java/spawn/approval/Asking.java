package spawn.approval;

/**
 * An execution that asks people.
 *
 * @param name its name
 * @param isWaiting whether it still runs
 * @param status its status in Step Functions' words
 * @param approval what it asks for: 64 hex digits
 * @param planHash the hash of what would be made
 * @param launch the ARN of the execution that launches
 */
record Asking(
    String name,
    boolean isWaiting,
    String status,
    String approval,
    String planHash,
    String launch) {}
