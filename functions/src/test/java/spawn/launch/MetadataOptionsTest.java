package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.Instance;
import spawn.policy.Severity;
import spawn.policy.Warning;

class MetadataOptionsTest {
  private static final String FROM_TEMPLATE = "'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}";

  private static LaunchPlan plan(String instance) {
    return new PayloadReader(CONTEXT)
        .read(json("{'instance': {" + instance + "}, 'options': {'plan': true}}"), "execution-7");
  }

  private static JsonNode sent(String instance) {
    return PlannedLaunch.of(plan(instance), "execution-7").instance();
  }

  private static List<Warning> warnings(String instance) {
    return plan(instance).warnings().stream()
        .filter(warning -> warning.code().equals("IMDSV1_ALLOWED"))
        .toList();
  }

  @Test
  void aLaunchTemplateKeepsItsMetadataOptions() {
    assertThat(sent(FROM_TEMPLATE).has("MetadataOptions")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'HttpTokens': 'required'}",
        "{'HttpTokens': 'optional'}",
        "{'HttpPutResponseHopLimit': 2}",
        "{'HttpEndpoint': 'disabled'}",
        "{'HttpEndpoint': 'enabled', 'InstanceMetadataTags': 'enabled'}",
        "{'HttpProtocolIpv6': 'enabled'}"
      })
  void besideALaunchTemplateOnlyWhatThePayloadNamesIsSent(String options) {
    assertThat(sent(FROM_TEMPLATE + ", 'MetadataOptions': " + options).path("MetadataOptions"))
        .isEqualTo(json(options));
  }

  @Test
  void aLaunchTemplateIsOverwrittenByNothingButWhatEachLaunchNeeds() {
    assertThat(sent(FROM_TEMPLATE).propertyStream().map(member -> member.getKey()))
        .containsExactlyInAnyOrder(
            "LaunchTemplate", "MinCount", "MaxCount", "IamInstanceProfile", "TagSpecifications");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'HttpTokens': 'optional'}       | {'HttpTokens': 'optional', 'HttpPutResponseHopLimit': 1, 'HttpEndpoint': 'enabled'}
          {'HttpPutResponseHopLimit': 2}   | {'HttpTokens': 'required', 'HttpPutResponseHopLimit': 2, 'HttpEndpoint': 'enabled'}
          {'InstanceMetadataTags': 'enabled'} | {'HttpTokens': 'required', 'HttpPutResponseHopLimit': 1, 'HttpEndpoint': 'enabled', 'InstanceMetadataTags': 'enabled'}
          {'HttpEndpoint': 'disabled'}     | {'HttpEndpoint': 'disabled'}
          """,
      quoteCharacter = '~')
  void withoutOneImdsv2WithOneHopFillsInWhatIsLeftOpen(String options, String expected) {
    assertThat(sent("'ImageId': 'ami-1', 'MetadataOptions': " + options).path("MetadataOptions"))
        .isEqualTo(json(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'ImageId': 'ami-1'                                                                | none | -
          'ImageId': 'ami-1', 'MetadataOptions': {'HttpTokens': 'optional'}                 | MEDIUM | $.instance.MetadataOptions.HttpTokens
          'ImageId': 'ami-1', 'MetadataOptions': {'HttpTokens': 'required'}                 | none | -
          'ImageId': 'ami-1', 'MetadataOptions': {'HttpTokens': 'optional', 'HttpEndpoint': 'disabled'} | none | -
          'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}                                    | LOW | $.instance.LaunchTemplate
          'LaunchTemplate': {'LaunchTemplateId': 'lt-1', 'Version': '3'}, 'ImageId': 'ami-1' | LOW | $.instance.LaunchTemplate
          'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}, 'MetadataOptions': {'HttpPutResponseHopLimit': 2} | LOW | $.instance.LaunchTemplate
          'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}, 'MetadataOptions': {'HttpTokens': 'optional'} | MEDIUM | $.instance.MetadataOptions.HttpTokens
          'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}, 'MetadataOptions': {'HttpTokens': 'required'} | none | -
          'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}, 'MetadataOptions': {'HttpEndpoint': 'disabled'} | none | -
          """,
      quoteCharacter = '~')
  void whoeverMayGetImdsv1IsWarned(String instance, String severity, String path) {
    assertThat(warnings(instance))
        .extracting(warning -> warning.severity() + " " + warning.path())
        .isEqualTo(severity.equals("none") ? List.of() : List.of(severity + " " + path));
  }

  @ParameterizedTest
  @CsvSource({
    "optional, enabled, true",
    "optional, , true",
    "optional, disabled, false",
    "required, enabled, false",
    ", enabled, false"
  })
  void anExistingInstanceThatAllowsImdsv1IsWarnedOf(
      String tokens, String endpoint, boolean isWarnedOf) {
    Instance instance =
        Instance.builder()
            .instanceId("i-1")
            .metadataOptions(options -> options.httpTokens(tokens).httpEndpoint(endpoint))
            .build();

    Optional<Warning> warning = MetadataOptions.warning(instance, "$.instanceId");

    assertThat(warning.isPresent()).isEqualTo(isWarnedOf);
    assertThat(warning.stream()).allMatch(one -> one.severity() == Severity.MEDIUM);
    assertThat(warning.stream()).allMatch(one -> one.advice().contains("--instance-id i-1 "));
  }

  @Test
  void anInstanceOfWhichEc2SaysNothingIsNotWarnedOf() {
    assertThat(
            MetadataOptions.warning(Instance.builder().instanceId("i-1").build(), "$.instanceId"))
        .isEmpty();
  }
}
