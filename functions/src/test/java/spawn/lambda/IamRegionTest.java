package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
}
