package spawn.plan;

import java.util.List;
import spawn.role.PolicyVersion;

/**
 * What a payload names and others can change: as it is at the time of a plan. A launch that is
 * planned again and finds the same makes the same.
 *
 * @param image the image behind a parameter; {@code null} where the launch names none by one
 * @param launchTemplate the launch template's version; {@code null} without one
 * @param policies the managed policies that the role will have, sorted by ARN
 * @param boundary the role's permissions boundary; {@code null} without a role, or where it has
 *     none
 * @param role the existing role that is used and holds something else than the payload describes;
 *     {@code null} where there is none such
 */
public record Pins(
    Image image, Template launchTemplate, List<Policy> policies, Policy boundary, Role role) {
  /** Copies the list. */
  public Pins {
    policies = List.copyOf(policies);
  }

  /**
   * An image that a payload, or its launch template, names by a parameter.
   *
   * @param parameter what follows {@code resolve:ssm:}
   * @param imageId the image; {@code null} if the parameter cannot be read
   */
  public record Image(String parameter, String imageId) {}

  /**
   * A version of a launch template.
   *
   * @param id the template's id
   * @param version its number
   */
  public record Template(String id, String version) {}

  /**
   * A managed policy in its default version.
   *
   * @param arn its ARN
   * @param versionId the version, for example {@code v3}
   * @param sha256 the digest of its document: 64 hex digits
   */
  public record Policy(String arn, String versionId, String sha256) {
    static Policy of(PolicyVersion version) {
      return new Policy(version.arn(), version.id(), PlanHash.ofJson(version.document()));
    }
  }

  /**
   * An existing role.
   *
   * @param name its name
   * @param sha256 the digest of its trust policy, inline policies, session and tags, and of the
   *     names of its managed policies and boundary
   */
  public record Role(String name, String sha256) {}
}
