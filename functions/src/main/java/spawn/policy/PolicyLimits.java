package spawn.policy;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.error.Problems;
import spawn.payload.InstantOrDuration;
import spawn.payload.JsonPath;
import spawn.payload.ParameterList;
import spawn.payload.Quote;

/**
 * What callers of one stack may ask for in their roles, as its owner says it in the stack's
 * parameters. The workflow hands their values on with each payload, so a change takes effect at
 * once. What a parameter leaves empty is not limited.
 *
 * <p>The default role of launches without {@code iam} is the stack's own word: no limit is about
 * it.
 *
 * @param words the words of {@code policies}
 * @param resources what statements, of words too, are about
 * @param ownStatements whether a payload may spell out statements
 * @param managedPolicies the managed policies
 * @param names the names of roles and instance profiles. Letter case matters in this and the next:
 *     IAM, which holds the keys too, minds it
 * @param tagKeys the keys of tags of roles
 * @param expiry how long roles may last
 * @param passableRoles the roles outside the stack's path that its functions may pass; nothing if
 *     the workflow does not say it
 * @param team whose stack it is, as the value of a tag; nothing if the stack does not say it
 */
public record PolicyLimits(
    WordLimit words,
    ResourceLimit resources,
    boolean ownStatements,
    ManagedPolicyLimit managedPolicies,
    ParameterList names,
    ParameterList tagKeys,
    ExpiryLimit expiry,
    Optional<ArnPatterns> passableRoles,
    Optional<String> team) {
  /** A stack in which callers may ask for anything. */
  public static final PolicyLimits NONE = of(Map.of());

  private static final List<String> SPELT_OUT =
      List.of(PermissionFields.POLICY_DOCUMENT.name(), PermissionFields.STATEMENTS.name());

  /**
   * Returns the limits in the values of the stack's parameters.
   *
   * @param parameters comma-separated lists by the parameters' names; what is missing is empty
   */
  public static PolicyLimits of(Map<String, String> parameters) {
    ResourceLimit resources =
        new ResourceLimit(ParameterList.of(parameters, "AllowedResources").entries());
    return new PolicyLimits(
        new WordLimit(ParameterList.of(parameters, "AllowedWords").entries()),
        resources,
        !"reject".equals(parameters.get("OwnStatements")),
        new ManagedPolicyLimit(
            ParameterList.of(parameters, "AllowedManagedPolicies"),
            new ArnPatterns(ParameterList.of(parameters, "AllowedPolicyArns").entries()),
            !resources.isOpen()),
        ParameterList.of(parameters, "AllowedRoleNames"),
        ParameterList.of(parameters, "AllowedRoleTagKeys"),
        ExpiryLimit.of(parameters),
        parameters.containsKey("PassableRoleArns")
            ? Optional.of(
                new ArnPatterns(ParameterList.of(parameters, "PassableRoleArns").entries()))
            : Optional.empty(),
        Optional.ofNullable(parameters.get("Team")).filter(team -> !team.isBlank()));
  }

  /**
   * Returns the same limits for roles that end together, unless they say it themselves.
   *
   * @param moment what a payload says for all of its roles
   * @param path its JSON path
   */
  public PolicyLimits withExpiryOfAll(
      Optional<InstantOrDuration.Moment> moment, String path, Instant now, Problems problems) {
    return new PolicyLimits(
        words,
        resources,
        ownStatements,
        managedPolicies,
        names,
        tagKeys,
        expiry.withAll(moment.flatMap(given -> expiry.check(given, path, now, problems))),
        passableRoles,
        team);
  }

  /** Notes the name of a role or an instance profile that a payload must not choose. */
  public void checkName(String name, String path, Problems problems) {
    if (!names.isEmpty() && !names.matches(name)) {
      problems.add(
          path,
          "%s is not a name that this stack lets payloads choose (AllowedRoleNames): %s."
              .formatted(Quote.of(name), names.shown()));
    }
  }

  /**
   * Notes the keys of tags that a payload must not give to roles.
   *
   * @param path the JSON path of the object of tags
   */
  public void checkTagKeys(Collection<String> keys, String path, Problems problems) {
    for (String key : keys) {
      if (!tagKeys.isEmpty() && !tagKeys.matches(key)) {
        problems.add(
            JsonPath.member(path, key),
            "%s is not a key that this stack lets payloads give to roles (AllowedRoleTagKeys): %s."
                .formatted(Quote.of(key), tagKeys.shown()));
      }
    }
  }

  /** Notes the statements that a payload spells out where it must not. */
  void checkStatements(Reading reading) {
    if (ownStatements) {
      return;
    }
    for (String field : SPELT_OUT) {
      if (reading.field(field).isPresent()) {
        reading.problem(
            reading.path(field),
            "This stack takes no statements from payloads (OwnStatements). Ask by words in \"policies\".");
      }
    }
  }
}
