package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The workflow, the queue and the schedule call versions of the functions, and a version's
 * environment is that of its publication.
 */
class PublishedVersionsTest {
  private static final Template TEMPLATE = Template.read();
  private static final String OTHER = "arn:aws:iam::123456789012:policy/other";

  static List<String> functions() {
    return TEMPLATE.idsOf("AWS::Serverless::Function");
  }

  /**
   * SAM publishes when the template's text changes, and CloudFormation when a version's description
   * does (<a
   * href="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html">AWS::Lambda::Version</a>);
   * a version that is replaced though its function is as before is an error.
   */
  @ParameterizedTest
  @MethodSource("functions")
  void aVersionIsPublishedWhenAParameterChangesItAndOnlyThen(String function) {
    for (String parameter : TEMPLATE.parameters()) {
      Template changed = TEMPLATE.with(parameter, OTHER);

      assertThat(description(changed, function).equals(description(TEMPLATE, function)))
          .as(parameter)
          .isEqualTo(settings(changed, function).equals(settings(TEMPLATE, function)));
    }
  }

  /**
   * A description has up to 256 characters (<a
   * href="https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html">PublishVersion</a>).
   */
  @ParameterizedTest
  @MethodSource("functions")
  void aVersionsDescriptionHoldsSomeBoundaries(String function) {
    Template changed =
        TEMPLATE
            .with("BroadAccess", "reject")
            .with("SnapStart", "off")
            .with("Tracing", "off")
            .with("RolePath", "a".repeat(40))
            .with("NamePrefix", "a".repeat(20))
            .with("BoundaryArn", "a".repeat(70))
            .with("AllowedBoundaryArns", "a".repeat(70))
            .with("Team", "a".repeat(32));

    assertThat(description(changed, function)).hasSizeLessThanOrEqualTo(256);
  }

  /**
   * Half is enough after a snapshot, but not for the answers of large launches; without one, the
   * CPU that comes with memory is what a start takes.
   */
  @ParameterizedTest
  @CsvSource({"on, 512", "off, 1024"})
  void whatStartsFromASnapshotAndReadsNoInstancesHasHalfTheMemory(String snapStart, int megabytes) {
    Template deployed = TEMPLATE.with("SnapStart", snapStart);
    Set<String> halved =
        Set.of("ResolvePolicies", "EnsureRole", "EnsureProfile", "WaitForPropagation");

    assertThat(functions())
        .containsAll(halved)
        .allSatisfy(
            function ->
                assertThat(memory(deployed, function))
                    .isEqualTo(halved.contains(function) ? megabytes : 1024));
  }

  private static int memory(Template deployed, String function) {
    JsonNode own = deployed.property(function, "MemorySize");
    return (own.isMissingNode() ? deployed.ofEachFunction("MemorySize") : own).asInt();
  }

  @Test
  void onlyTheFunctionsOfALaunchStartFromSnapshots() {
    assertThat(functions())
        .filteredOn(function -> !TEMPLATE.property(function, "SnapStart").isMissingNode())
        .containsExactlyInAnyOrder(
            "ResolvePolicies",
            "EnsureRole",
            "EnsureProfile",
            "WaitForPropagation",
            "RunInstance",
            "WaitForInstances");
    assertThat(functions())
        .allMatch(
            function ->
                TEMPLATE.with("SnapStart", "off").property(function, "SnapStart").isMissingNode());
  }

  /** What a version keeps of its function, as far as parameters decide it. */
  private static List<Object> settings(Template template, String function) {
    return List.of(
        template.environment(function),
        template.property(function, "SnapStart"),
        template.ofEachFunction("Tracing"));
  }

  private static String description(Template template, String function) {
    return template.property(function, "VersionDescription").asText();
  }
}
