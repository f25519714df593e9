package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.Remedy;
import spawn.launch.LaunchedInstance.Reason;
import spawn.launch.StateReasons.Advice;

class StateReasonsTest {
  private static Advice advice(String code, String message) {
    return StateReasons.advice(new Reason(code, message));
  }

  /**
   * EC2's whole list: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Server.InsufficientInstanceCapacity",
        "Server.InternalError",
        "Server.ScheduledStop",
        "Server.SpotInstanceShutdown",
        "Server.SpotInstanceTermination",
        "Client.InstanceInitiatedShutdown",
        "Client.InstanceTerminated",
        "Client.InternalError",
        "Client.InvalidSnapshot.NotFound",
        "Client.UserInitiatedHibernate",
        "Client.UserInitiatedShutdown",
        "Client.VolumeLimitExceeded"
      })
  void everyReasonOfEc2sListHasAnAdviceOfItsOwn(String code) {
    assertThat(advice(code, code).text())
        .isNotEqualTo(advice("Client.NeverHeardOf", "").text())
        .isNotEqualTo(advice("Server.NeverHeardOf", "").text())
        .matches("[A-Z].*\\.");
  }

  @ParameterizedTest
  @CsvSource({
    "Client.InternalError, OPERATOR",
    "Client.VolumeLimitExceeded, OPERATOR",
    "Client.UserInitiatedShutdown, CALLER",
    "Server.InsufficientInstanceCapacity, CALLER",
    "Server.InternalError, AWS",
  })
  void whoIsWokenFollowsFromTheReason(String code, Remedy remedy) {
    assertThat(advice(code, "").remedy()).isEqualTo(remedy);
  }

  /** EC2 puts the code with which it would have refused the launch behind whose fault it is. */
  @ParameterizedTest
  @CsvSource({
    "Client.InvalidParameterCombination, CALLER",
    "Client.InvalidKMSKey.NotFound, CALLER",
    "Server.InsufficientHostCapacity, CALLER",
    "Server.InsufficientVolumeCapacity, CALLER",
    "Client.VcpuLimitExceeded, OPERATOR",
    "Client.UnauthorizedOperation, OPERATOR",
    "Client.CustomerKeyHasBeenRevoked, OPERATOR",
    "Client.OptInRequired, OPERATOR",
    "Server.RequestLimitExceeded, AWS",
    "Server.Unavailable, AWS",
    "Client.NeverHeardOf, OPERATOR",
    "Server.NeverHeardOf, AWS",
    "NeverHeardOf, OPERATOR",
  })
  void aReasonThatEc2DoesNotListGoesByItsErrorCode(String code, Remedy remedy) {
    assertThat(advice(code, null).remedy()).isEqualTo(remedy);
    assertThat(advice(code, null).text()).isNotBlank();
  }

  @Test
  void theKeyOfAVolumeIsNamedWithTheStacksParameter() {
    assertThat(advice("Client.InternalError", "").text()).contains("KMS key", "VolumeKeyArns");
  }
}
