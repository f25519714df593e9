package spawn.inventory;

import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BatchState;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.FleetData;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.FleetStateCode;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateIamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.SpotFleetLaunchSpecification;
import software.amazon.awssdk.services.ec2.model.SpotFleetRequestConfig;
import software.amazon.awssdk.services.ec2.model.SpotInstanceRequest;
import software.amazon.awssdk.services.ec2.model.SpotInstanceState;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.error.Ec2Answers;

/**
 * What can still start instances with some profiles in one region: Spot requests, Spot Fleets, EC2
 * Fleets and launch templates. That is everything in EC2's own API that holds a profile and is not
 * an instance; what other services hold does not count (decision 023).
 *
 * <p>They name a profile by its name or its ARN, never by its id. Which versions of a launch
 * template are meant, only what uses it says: the latest and the default one are read of every
 * template, others where a fleet names them.
 */
final class Starters {
  private static final int PAGE = 1000;

  /**
   * The most template versions of a page (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html">DescribeLaunchTemplateVersions</a>).
   */
  private static final int PAGE_OF_VERSIONS = 200;

  private static final List<String> READ_OF_EVERY_TEMPLATE = List.of("$Latest", "$Default");

  private static final Set<SpotInstanceState> SPOT_REQUEST_ENDED =
      EnumSet.of(SpotInstanceState.CLOSED, SpotInstanceState.CANCELLED, SpotInstanceState.FAILED);

  /** A cancelled fleet starts nothing any more; what it has started runs on by itself. */
  private static final Set<BatchState> SPOT_FLEET_ENDED =
      EnumSet.of(
          BatchState.CANCELLED,
          BatchState.FAILED,
          BatchState.CANCELLED_RUNNING,
          BatchState.CANCELLED_TERMINATING);

  private static final Set<FleetStateCode> FLEET_ENDED =
      EnumSet.of(
          FleetStateCode.DELETED,
          FleetStateCode.FAILED,
          FleetStateCode.DELETED_RUNNING,
          FleetStateCode.DELETED_TERMINATING);

  private final Ec2Client ec2;
  private final Findings found;
  private final Map<String, String> idsByNameOrArn = new HashMap<>();

  /** The numbered template versions that fleets name, each with the fleets. */
  private final Map<Version, Set<String>> numbered = new LinkedHashMap<>();

  private final Set<Version> read = new HashSet<>();

  /**
   * Creates the search in one region.
   *
   * @param profiles the profiles to look for
   * @param found takes what can start instances with one of them
   */
  Starters(Ec2Client ec2, Collection<InstanceProfile> profiles, Findings found) {
    this.ec2 = ec2;
    this.found = found;
    for (InstanceProfile profile : profiles) {
      idsByNameOrArn.put(key(profile.instanceProfileName()), profile.instanceProfileId());
      idsByNameOrArn.put(key(profile.arn()), profile.instanceProfileId());
    }
  }

  /**
   * IAM's names are unique whatever their case; whether EC2 asks for the right one is not known.
   */
  private static String key(String nameOrArn) {
    return nameOrArn.toLowerCase(Locale.ROOT);
  }

  /** Looks at all of them, until the answer is no longer awaited. */
  void find() {
    spotRequests();
    spotFleets();
    fleets();
    latestAndDefaultVersions();
    numberedVersions();
  }

  private void spotRequests() {
    for (SpotInstanceRequest request :
        ec2.describeSpotInstanceRequestsPaginator(list -> list.maxResults(PAGE))
            .spotInstanceRequests()) {
      if (!found.isAwaited()) {
        return;
      }
      if (canStart(request) && request.launchSpecification() != null) {
        note(
            request.launchSpecification().iamInstanceProfile(),
            "Spot request " + request.spotInstanceRequestId());
      }
    }
  }

  /**
   * A request that is open starts an instance when there is capacity; a persistent one is opened
   * again when its instance ends (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html">the life of
   * a Spot request</a>).
   */
  private static boolean canStart(SpotInstanceRequest request) {
    boolean hasStartedItsOnlyInstance =
        request.state() == SpotInstanceState.ACTIVE && request.type() == SpotInstanceType.ONE_TIME;
    return !SPOT_REQUEST_ENDED.contains(request.state()) && !hasStartedItsOnlyInstance;
  }

  private void spotFleets() {
    for (SpotFleetRequestConfig fleet :
        ec2.describeSpotFleetRequestsPaginator(list -> list.maxResults(PAGE))
            .spotFleetRequestConfigs()) {
      if (!found.isAwaited()) {
        return;
      }
      if (!SPOT_FLEET_ENDED.contains(fleet.spotFleetRequestState())
          && fleet.spotFleetRequestConfig() != null) {
        String name = "Spot Fleet " + fleet.spotFleetRequestId();
        for (SpotFleetLaunchSpecification launch :
            fleet.spotFleetRequestConfig().launchSpecifications()) {
          note(launch.iamInstanceProfile(), name);
        }
        fleet
            .spotFleetRequestConfig()
            .launchTemplateConfigs()
            .forEach(config -> noteVersion(config.launchTemplateSpecification(), name));
      }
    }
  }

  /** Fleets of type instant start everything at once and are not listed. */
  private void fleets() {
    for (FleetData fleet : ec2.describeFleetsPaginator(list -> list.maxResults(PAGE)).fleets()) {
      if (!found.isAwaited()) {
        return;
      }
      if (!FLEET_ENDED.contains(fleet.fleetState())) {
        fleet
            .launchTemplateConfigs()
            .forEach(
                config ->
                    noteVersion(
                        config.launchTemplateSpecification(), "EC2 Fleet " + fleet.fleetId()));
      }
    }
  }

  private void latestAndDefaultVersions() {
    for (LaunchTemplateVersion version :
        ec2.describeLaunchTemplateVersionsPaginator(
                list -> list.versions(READ_OF_EVERY_TEMPLATE).maxResults(PAGE_OF_VERSIONS))
            .launchTemplateVersions()) {
      if (!found.isAwaited()) {
        return;
      }
      String number = String.valueOf(version.versionNumber());
      read.add(new Version(version.launchTemplateId(), null, number));
      read.add(new Version(null, version.launchTemplateName(), number));
      note(version, "launch template " + version.launchTemplateId());
    }
  }

  private void numberedVersions() {
    for (Map.Entry<Version, Set<String>> named : numbered.entrySet()) {
      if (!found.isAwaited()) {
        return;
      }
      if (!read.contains(named.getKey())) {
        for (LaunchTemplateVersion version : versions(named.getKey())) {
          named.getValue().forEach(fleet -> note(version, fleet));
        }
      }
    }
  }

  /** With a template or a version that is gone, a fleet starts nothing. */
  private List<LaunchTemplateVersion> versions(Version wanted) {
    try {
      return ec2.describeLaunchTemplateVersions(
              list ->
                  list.launchTemplateId(wanted.templateId())
                      .launchTemplateName(wanted.templateName())
                      .versions(wanted.number()))
          .launchTemplateVersions();
    } catch (Ec2Exception refusal) {
      if (Ec2Answers.isUnknownTemplate(refusal)) {
        return List.of();
      }
      throw refusal;
    }
  }

  /**
   * One version of one template, which is named by its id or by its name.
   *
   * @param templateId its id, or {@code null}
   * @param templateName its name, or {@code null}
   * @param number the version's number
   */
  private record Version(String templateId, String templateName, String number) {}

  /** Notes a version that is not read with all templates: one that is named by its number. */
  private void noteVersion(FleetLaunchTemplateSpecification template, String fleet) {
    if (template != null && template.version() != null && template.version().matches("\\d+")) {
      Version version =
          template.launchTemplateId() == null
              ? new Version(null, template.launchTemplateName(), template.version())
              : new Version(template.launchTemplateId(), null, template.version());
      numbered.computeIfAbsent(version, first -> new TreeSet<>()).add(fleet);
    }
  }

  private void note(LaunchTemplateVersion version, String starter) {
    LaunchTemplateIamInstanceProfileSpecification profile =
        version.launchTemplateData() == null
            ? null
            : version.launchTemplateData().iamInstanceProfile();
    if (profile != null) {
      note(profile.name(), profile.arn(), starter);
    }
  }

  private void note(IamInstanceProfileSpecification profile, String starter) {
    if (profile != null) {
      note(profile.name(), profile.arn(), starter);
    }
  }

  private void note(String name, String arn, String starter) {
    for (String nameOrArn : new String[] {name, arn}) {
      String id = nameOrArn == null ? null : idsByNameOrArn.get(key(nameOrArn));
      if (id != null) {
        found.add(id, starter);
      }
    }
  }
}
