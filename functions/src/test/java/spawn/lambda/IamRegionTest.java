package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/** Where IAM's calls are signed for, from wherever a function runs. */
class IamRegionTest {
  @ParameterizedTest
  @CsvSource({
    "us-east-1, aws-global",
    "eu-central-1, aws-global",
    "mx-central-1, aws-global",
    "eu-future-9, aws-global",
    "us-gov-west-1, aws-us-gov-global",
    "cn-north-1, aws-cn-global",
    "us-iso-east-1, us-iso-east-1"
  })
  void iamHasOneEndpointForEachPartition(String home, String signedFor) {
    AwsClients aws = new AwsClients(Region.of(home));

    assertThat(aws.iam().serviceClientConfiguration().region()).isEqualTo(Region.of(signedFor));
    assertThat(aws.patientIam().serviceClientConfiguration().region())
        .isEqualTo(Region.of(signedFor));
  }

  @Test
  void everyRegionIsOfThePartitionThatTheSdkSays() {
    Map<String, Region> global =
        Map.of(
            "aws", Region.AWS_GLOBAL,
            "aws-cn", Region.AWS_CN_GLOBAL,
            "aws-us-gov", Region.AWS_US_GOV_GLOBAL);
    assertThat(Region.regions().stream().filter(region -> !region.isGlobalRegion()))
        .hasSizeGreaterThan(40)
        .allSatisfy(
            region ->
                assertThat(new AwsClients(region).iam().serviceClientConfiguration().region())
                    .isEqualTo(global.getOrDefault(PartitionMetadata.of(region).id(), region)));
  }
}
