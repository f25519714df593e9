package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a plan of a role set tells of one of its roles beside the changes.
 *
 * @param grants what it would grant more and less than it does now
 * @param planHash the hash of what it would be, as {@link PlanHash} has it
 * @param pins what is pinned
 */
public record RolePlan(JsonNode grants, String planHash, Pins pins) {}
