package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** Regions that are asked side by side. */
class EachRegionTest {
  private static final List<Region> ALL =
      List.of(Region.US_EAST_1, Region.EU_WEST_1, Region.EU_SOUTH_1);

  private static SdkException refusal(String code) {
    return Ec2Exception.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("…").build())
        .build();
  }

  private static EachRegion<String> ask(SdkException inTheSouth) {
    return EachRegion.ask(
        ALL,
        region -> {
          if (region == Region.EU_SOUTH_1) {
            throw inTheSouth;
          }
          return region.id();
        });
  }

  @Test
  void aRegionThatDeniesTakesNothingFromTheOthers() {
    EachRegion<String> each = ask(refusal("UnauthorizedOperation"));

    assertThat(each.answers()).containsExactly("us-east-1", "eu-west-1");
    assertThat(each.notes()).containsExactly("Not among them: eu-south-1 (UnauthorizedOperation)");
    assertThat(each.hasFailed()).isFalse();
  }

  @Test
  void aRegionThatIsNotEnabledIsNoFailure() {
    assertThat(ask(refusal("AuthFailure")).hasFailed()).isFalse();
    assertThat(ask(refusal("OptInRequired")).hasFailed()).isFalse();
  }

  @Test
  void aRegionThatDoesNotAnswerIsOne() {
    EachRegion<String> each =
        ask(SdkClientException.create("Unable to execute HTTP request: timed out. Try again."));

    assertThat(each.answers()).hasSize(2);
    assertThat(each.hasFailed()).isTrue();
    assertThat(each.notes())
        .containsExactly("Not among them: eu-south-1 (Unable to execute HTTP request: timed out)");
  }

  @Test
  void regionsOfOneCauseAreNamedTogether() {
    EachRegion<String> each =
        EachRegion.ask(
            ALL,
            region -> {
              if (region == Region.US_EAST_1) {
                return "";
              }
              throw refusal("UnauthorizedOperation");
            });

    assertThat(each.notes())
        .containsExactly("Not among them: eu-west-1, eu-south-1 (UnauthorizedOperation)");
  }

  @Test
  void withoutAnyAnswerTheFirstRefusalIsTheCommands() {
    EachRegion<String> each =
        EachRegion.ask(
            ALL,
            region -> {
              throw refusal("UnauthorizedOperation");
            });

    assertThatThrownBy(each::answers).isInstanceOf(Ec2Exception.class);
  }

  @Test
  void aMistakeOfTheCodeIsNoRefusal() {
    assertThatThrownBy(
            () ->
                EachRegion.ask(
                    ALL,
                    region -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
  }
}
