package spawn.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which refusals of EC2 mean that the launch may succeed in another place, or later. */
class NoRoomTest {
  private static SpawnException translated(String code, int status, String message) {
    return AwsErrors.ofLaunch(spawn.aws.AwsErrors.ec2(code, status, message), null);
  }

  @ParameterizedTest
  @CsvSource({
    "InsufficientInstanceCapacity, 500",
    "InsufficientCapacity, 500",
    "InsufficientHostCapacity, 500",
    "InsufficientReservedInstanceCapacity, 500",
    "InsufficientVolumeCapacity, 500",
    "InsufficientAddressCapacity, 500",
    "InsufficientReservedInstancesCapacity, 400",
    "InsufficientCapacityOnHost, 400",
    "InsufficientFreeAddressesInSubnet, 400",
    "IncompatibleHostRequirements, 400",
    "UnavailableHostRequirements, 400",
    "ReservationCapacityExceeded, 400",
    "SpotMaxPriceTooLow, 400",
    "UnfulfillableCapacity, 400",
    "VolumeTypeNotAvailableInZone, 400",
    "ZonesMismatched, 400"
  })
  void aPlaceThatLacksWhatTheLaunchNeedsIsALackOfCapacity(String code, int status) {
    assertThat(translated(code, status, "none here")).isInstanceOf(CapacityUnavailable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Your requested instance type (p5.48xlarge) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b.",
        "The requested Availability Zone is currently constrained and we are no longer accepting new customer requests for t1/m1/c1/m2/m3 instance types.",
        "The requested Availability Zone is no longer supported. Please retry your request by not specifying an Availability Zone or choosing us-east-1d, us-east-1a.",
        "The requested configuration is currently not supported. Please check the documentation for supported configurations."
      })
  void whatIsUnsupportedInOneZoneMayBeSupportedInAnother(String message) {
    assertThat(translated("Unsupported", 400, message))
        .isInstanceOf(CapacityUnavailable.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EBS-optimized instances are not supported for your requested configuration. Please check the documentation for supported configurations.",
        "ED25519 key pairs are not supported with Windows AMIs. Choose a different key pair type and try again."
      })
  void whatIsUnsupportedEverywhereEndsTheLaunch(String message) {
    assertThat(translated("Unsupported", 400, message)).isNotInstanceOf(CapacityUnavailable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"VcpuLimitExceeded", "InstanceLimitExceeded", "MaxSpotInstanceCountExceeded"})
  void aQuotaOfTheWholeRegionIsNoLackOfCapacity(String code) {
    assertThat(translated(code, 400, "the limit")).isInstanceOf(QuotaExceeded.class);
  }
}
