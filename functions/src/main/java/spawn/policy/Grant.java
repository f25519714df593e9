package spawn.policy;

/**
 * A statement and what in the payload asked for it.
 *
 * @param path the JSON path of the template's word or of the statement
 * @param statement the statement
 */
record Grant(String path, Statement statement) {}
