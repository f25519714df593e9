package spawn.roleset;

import java.util.List;
import java.util.Optional;
import spawn.policy.AssumedRole;
import spawn.policy.Expectation;
import spawn.role.RoleRequest;

/**
 * One role of a set.
 *
 * @param role the role, under its one name
 * @param arn the ARN that it has if it has to be made
 * @param profileName the name of its instance profile, where it differs from the role's
 * @param needsProfile whether EC2 may assume the role, so that it needs an instance profile
 * @param assumedRoles the roles in other accounts that it may assume
 * @param awsConfig the AWS config by which it assumes them; nothing if there are none
 * @param output what the names of its outputs begin with, for example {@code batchJob}, in a set
 *     that a preset makes
 * @param expectations what it must and must not be allowed; empty where nothing is said
 */
public record RoleOfSet(
    RoleRequest role,
    String arn,
    Optional<String> profileName,
    boolean needsProfile,
    List<AssumedRole> assumedRoles,
    Optional<String> awsConfig,
    Optional<String> output,
    List<Expectation> expectations) {}
