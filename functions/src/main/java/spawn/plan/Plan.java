package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A plan of a launch.
 *
 * @param document what people read; the output of an execution that only plans
 * @param planHash the hash of what would be made, as {@link PlanHash} has it
 * @param pins what is pinned
 * @param instance the launch with what is pinned in it, without the profile and spawn's tags;
 *     {@code null} without a launch
 * @param question what EC2 is to be asked; {@code null} where it is not asked, and then the
 *     document says why
 */
public record Plan(
    JsonNode document, String planHash, Pins pins, JsonNode instance, Question question) {
  /**
   * A dry run of the launch with a profile that EC2 knows.
   *
   * @param profileArn the profile
   * @param roleName the role in it
   */
  public record Question(String profileArn, String roleName) {}
}
