package spawn.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import spawn.policy.Warning;

/**
 * What people are asked. It holds no user data.
 *
 * @param approval what is asked for: 64 hex digits, of which each launch and plan has its own
 * @param planHash the hash of what would be made
 * @param launch the ARN of the execution that launches
 * @param launchName its name
 * @param creator who asks, as the caller says; {@code null} where no role is asked for
 * @param team whose stack it is; empty for none
 * @param summary what would happen, a sentence each, as the plan has it
 * @param warnings what there is to know of
 * @param role the role with what it holds or would hold, as the plan has it; {@code null} where an
 *     instance is to lose its role
 * @param instance what would be launched, in EC2's own names, or {@code null} without a launch
 * @param instanceId the existing instance that would get or lose the role, or {@code null}
 */
public record ApprovalRequest(
    String approval,
    String planHash,
    String launch,
    String launchName,
    String creator,
    String team,
    List<String> summary,
    List<Warning> warnings,
    JsonNode role,
    JsonNode instance,
    String instanceId) {}
