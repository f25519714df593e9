package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LeaseTermsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void aLeaseIsOverAtItsLastCall() {
    LeaseTerms terms = LeaseTerms.STANDARD;

    assertThat(terms.isOver(NOW.plus(Duration.ofMinutes(5)), NOW)).isFalse();
    assertThat(terms.isOver(NOW.plus(Duration.ofMinutes(5)).minusSeconds(1), NOW)).isTrue();
  }

  @Test
  void aLastCallAfterTheRenewalIsRefused() {
    assertThatThrownBy(() -> new LeaseTerms(Duration.ofMinutes(10), Duration.ofMinutes(5)))
        .hasMessageContaining("shorter than half");
  }
}
