package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;

/**
 * A launch in which stands what its names mean now: the image behind a parameter, and the number of
 * the launch template's version. Such a launch gives the same whoever changes these meanwhile.
 *
 * @param instance the launch in EC2's own names
 * @param image the image behind a parameter, if the launch or its template names one by one
 * @param template the version of the launch template, if it names one
 */
record PinnedLaunch(
    JsonNode instance, Optional<Pins.Image> image, Optional<Pins.Template> template) {
  /** How EC2 is told to take an image from a parameter; it may not mind the letter case. */
  private static final String PARAMETER = "resolve:ssm:";

  /** A parameter may hold anything, and what is no image is nobody's business. */
  private static final Predicate<String> IMAGE_ID =
      Pattern.compile("ami-[0-9a-f]{8,17}").asMatchPredicate();

  private static final String IMAGE = "ImageId";
  private static final String TEMPLATE = "LaunchTemplate";

  /**
   * Returns a launch with what its names mean now: at most one read of a parameter, and one of a
   * launch template. What EC2 or Systems Manager does not know stays as it is named, and EC2's
   * answer to the launch says so.
   */
  static PinnedLaunch of(JsonNode launch, Ec2Client ec2, ImageParameters parameters) {
    ObjectNode pinned = launch.deepCopy();
    Optional<LaunchTemplateVersion> version =
        launch.hasNonNull(TEMPLATE) ? version(launch.get(TEMPLATE), ec2) : Optional.empty();
    version.ifPresent(found -> pinned.set(TEMPLATE, named(found, pinned)));
    Optional<Pins.Image> image =
        Optional.ofNullable(launch.path(IMAGE).textValue())
            .or(() -> version.map(found -> found.launchTemplateData().imageId()))
            .flatMap(PinnedLaunch::parameter)
            .map(
                name -> new Pins.Image(name, parameters.value(name).filter(IMAGE_ID).orElse(null)));
    image.map(Pins.Image::imageId).ifPresent(imageId -> pinned.put(IMAGE, imageId));
    return new PinnedLaunch(
        pinned,
        image,
        version.map(
            found ->
                new Pins.Template(found.launchTemplateId(), Long.toString(found.versionNumber()))));
  }

  private static ObjectNode named(LaunchTemplateVersion version, ObjectNode launch) {
    return launch
        .objectNode()
        .put("LaunchTemplateId", version.launchTemplateId())
        .put("Version", Long.toString(version.versionNumber()));
  }

  private static Optional<String> parameter(String image) {
    return image.toLowerCase(Locale.ROOT).startsWith(PARAMETER)
        ? Optional.of(image.substring(PARAMETER.length()))
        : Optional.empty();
  }

  private static Optional<LaunchTemplateVersion> version(JsonNode template, Ec2Client ec2) {
    try {
      return ec2
          .describeLaunchTemplateVersions(
              describe ->
                  describe
                      .launchTemplateId(template.path("LaunchTemplateId").textValue())
                      .launchTemplateName(template.path("LaunchTemplateName").textValue())
                      .versions(template.path("Version").asText("$Default")))
          .launchTemplateVersions()
          .stream()
          .findFirst();
    } catch (Ec2Exception refusal) {
      if (AwsErrors.kind(refusal) == AnswerKind.CALLER) {
        return Optional.empty();
      }
      throw refusal;
    }
  }
}
