package spawn.role;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import spawn.error.LeaseEnding;

class LeaseTermsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void aLeaseIsFreshUntilItsLastCall() {
    Instant until = NOW.plus(Duration.ofMinutes(5));

    assertThatNoException()
        .isThrownBy(() -> LeaseTerms.STANDARD.checkFresh(until, NOW, "launch under it"));
    assertThatExceptionOfType(LeaseEnding.class)
        .isThrownBy(
            () -> LeaseTerms.STANDARD.checkFresh(until.minusSeconds(1), NOW, "launch under it"))
        .withMessage("The role's lease ends at 2026-01-01T12:04:59Z, too soon to launch under it.");
  }

  @Test
  void aLastCallAfterTheRenewalIsRefused() {
    assertThatThrownBy(() -> new LeaseTerms(Duration.ofMinutes(10), Duration.ofMinutes(5)))
        .hasMessageContaining("shorter than half");
  }
}
