package spawn.policy;

import java.util.List;
import java.util.Map;

/**
 * One entry of {@code resources}: what templates of its service are bound to.
 *
 * @param path the entry's JSON path
 * @param text the entry as written
 * @param service the service whose templates it binds
 * @param arns for each ARN kind the ARNs
 */
record Scope(String path, String text, String service, Map<String, List<String>> arns) {}
