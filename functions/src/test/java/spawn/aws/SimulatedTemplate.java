package spawn.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.LaunchTemplate;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/**
 * A launch template with its versions, numbered from 1.
 *
 * @param id its id
 * @param name its name
 * @param defaultVersion the number of its default version
 * @param versions all of them, in their order
 */
record SimulatedTemplate(
    String id, String name, long defaultVersion, List<LaunchTemplateVersion> versions) {
  SimulatedTemplate {
    versions = List.copyOf(versions);
  }

  long latestVersion() {
    return versions.size();
  }

  SimulatedTemplate with(LaunchTemplateVersion version) {
    List<LaunchTemplateVersion> more = new ArrayList<>(versions);
    more.add(version);
    return new SimulatedTemplate(id, name, defaultVersion, more);
  }

  SimulatedTemplate withDefault(long number) {
    return new SimulatedTemplate(id, name, number, versions);
  }

  /** Returns a version by its number, or by {@code $Latest} or {@code $Default}. */
  Optional<LaunchTemplateVersion> version(String wanted) {
    String number =
        switch (wanted) {
          case "$Latest" -> String.valueOf(latestVersion());
          case "$Default" -> String.valueOf(defaultVersion);
          default -> wanted;
        };
    return versions.stream()
        .filter(version -> String.valueOf(version.versionNumber()).equals(number))
        .map(
            version ->
                version.toBuilder()
                    .defaultVersion(version.versionNumber() == defaultVersion)
                    .build())
        .findFirst();
  }

  LaunchTemplate shown() {
    return LaunchTemplate.builder()
        .launchTemplateId(id)
        .launchTemplateName(name)
        .defaultVersionNumber(defaultVersion)
        .latestVersionNumber(latestVersion())
        .build();
  }
}
