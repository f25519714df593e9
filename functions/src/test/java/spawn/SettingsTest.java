package spawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.regions.Region;
import spawn.association.AssociationScope;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.SweepLimits;
import spawn.cleanup.SweepTerms;
import spawn.policy.StackContext;
import spawn.role.LeaseTerms;
import spawn.template.Template;

class SettingsTest {
  private static final Map<String, String> OF_A_LAUNCH =
      Template.read().environment("ResolvePolicies");

  private static Settings with(String variable, String value) {
    Map<String, String> changed = new HashMap<>(OF_A_LAUNCH);
    changed.put(variable, value);
    return new Settings(changed);
  }

  private static Settings without(String variable) {
    Map<String, String> changed = new HashMap<>(OF_A_LAUNCH);
    changed.remove(variable);
    return new Settings(changed);
  }

  @Test
  void whatTheTemplateLeavesOutIsTheStandard() {
    Settings none = new Settings(Map.of());

    assertThat(none.leaseTerms()).isEqualTo(LeaseTerms.STANDARD);
    assertThat(none.sweepTerms()).isEqualTo(SweepTerms.STANDARD);
    assertThat(none.sweepLimits()).isEqualTo(SweepLimits.STANDARD);
    assertThat(none.propagationTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(none.cleanupMode()).isEqualTo(CleanupMode.ON);
  }

  @Test
  void whatIsSetTakesThePlaceOfTheStandard() {
    assertThat(with("SPAWN_LEASE", "PT30M").leaseTerms())
        .isEqualTo(new LeaseTerms(Duration.ofMinutes(30), LeaseTerms.STANDARD.lastCall()));
    assertThat(with("SPAWN_MARK", "PT1M").sweepTerms().mark()).isEqualTo(Duration.ofMinutes(1));
    assertThat(with("SPAWN_CLOCK_SKEW", "PT0S").sweepTerms().clockSkew()).isZero();
    assertThat(with("SPAWN_MAX_DELETIONS", "7").sweepLimits().deletions()).isEqualTo(7);
    assertThat(with("SPAWN_PROPAGATION_TIMEOUT", "PT20S").propagationTimeout())
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(with("SPAWN_START_TIMEOUT", "PT1M").startTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(with("SPAWN_CLEANUP_MODE", "report").cleanupMode()).isEqualTo(CleanupMode.REPORT);
    assertThat(with("SPAWN_ASSOCIATE_INSTANCES", "any").associationScope())
        .isEqualTo(AssociationScope.ANY);
    assertThat(with("SPAWN_BROAD_ACCESS", "reject").policyContext().broadAccess())
        .isEqualTo(StackContext.BroadAccess.REJECT);
    assertThat(with("SPAWN_ALLOWED_BOUNDARIES", "a, b").policyContext().allowedBoundaries())
        .containsExactly("a", "b");
    assertThat(with("AWS_REGION", "eu-west-1").region()).isEqualTo(Region.EU_WEST_1);
  }

  static Stream<Arguments> readers() {
    return Stream.of(
        reader("SPAWN_STACK", Settings::log),
        reader("SPAWN_ROLE_PATH", Settings::owner),
        reader("SPAWN_NAME_PREFIX", Settings::owner),
        reader("AWS_REGION", Settings::region),
        reader("SPAWN_PARTITION", Settings::policyContext),
        reader("SPAWN_ACCOUNT", Settings::policyContext),
        reader("SPAWN_BOUNDARY", Settings::policyContext),
        reader("SPAWN_SERVICE_BOUNDARY", Settings::policyContext),
        reader("SPAWN_BROAD_ACCESS", Settings::policyContext),
        reader("SPAWN_ASSOCIATE_INSTANCES", Settings::associationScope));
  }

  private static Arguments reader(String variable, Function<Settings, Object> setting) {
    return Arguments.of(variable, setting);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void whatCannotBeLeftOutIsNamed(String variable, Function<Settings, Object> setting) {
    assertThatThrownBy(() -> setting.apply(without(variable)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The environment variable %s is not set; the template sets it.".formatted(variable));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "SPAWN_BROAD_ACCESS,        warm,  `one of: warn, approve, reject`",
        "SPAWN_ASSOCIATE_INSTANCES, all,   `one of: tagged, any`",
        "SPAWN_CLEANUP_MODE,        ``,    `one of: off, report, on`",
        "SPAWN_MAX_DELETIONS,       many,  a whole number above 0",
        "SPAWN_MAX_DELETIONS,       0,     a whole number above 0",
        "SPAWN_MAX_DELETIONS,       2.5,   a whole number above 0",
        "SPAWN_LEASE,               1 h,   `a duration in ISO 8601, such as PT20M, and not negative`",
        "SPAWN_MARK,                PT-1M, `a duration in ISO 8601, such as PT20M, and not negative`",
      })
  void aValueThatIsNotValidIsNamedWithWhatIsAllowed(String variable, String value, String allowed) {
    Settings settings = with(variable, value);

    assertThatThrownBy(
            () -> {
              settings.policyContext();
              settings.leaseTerms();
              settings.sweepTerms();
              settings.sweepLimits();
              settings.cleanupMode();
              settings.associationScope();
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The environment variable %s is \"%s\", but must be %s."
                .formatted(variable, value, allowed));
  }
}
