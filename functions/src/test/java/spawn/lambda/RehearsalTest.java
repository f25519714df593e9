package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.regions.Region;
import spawn.Settings;
import spawn.template.Template;

/** What each function does before its snapshot, within this process. */
class RehearsalTest {
  private static final Template TEMPLATE = Template.read();

  private final List<LogLine> told = new ArrayList<>();

  static List<String> functions() {
    return TEMPLATE.idsOf("AWS::Serverless::Function");
  }

  private static RequestStreamHandler onStage(String function, Stage stage) {
    try {
      Constructor<?> constructor =
          Class.forName(TEMPLATE.property(function, "Handler").asText())
              .getDeclaredConstructor(Settings.class);
      constructor.setAccessible(true);
      return (RequestStreamHandler) constructor.newInstance(Settings.on(stage));
    } catch (ReflectiveOperationException noSuchFunction) {
      throw new LinkageError("Each function can be made on a stage", noSuchFunction);
    }
  }

  private Rehearsal rehearsal(String function) {
    return new Rehearsal(stage -> onStage(function, stage), Region.US_EAST_1, told::add);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void everySceneOfAFunctionGoesWell(String function) {
    assertThatCode(() -> rehearsal(function).play()).doesNotThrowAnyException();
  }

  @Test
  void theStackThatIsPlayedHasEveryVariableOfTheTemplate() {
    Set<String> variables = new TreeSet<>();
    functions().forEach(function -> variables.addAll(TEMPLATE.environment(function).keySet()));
    variables.remove("JAVA_TOOL_OPTIONS"); // the JVM reads it by itself

    assertThat(new Stage().environment()).containsOnlyKeys(variables);
  }

  @Test
  void aRehearsalThatFailsIsToldAndTheSnapshotIsTaken() {
    new Rehearsal(
            stage -> {
              throw new IllegalArgumentException("This may quote anything.");
            },
            Region.US_EAST_1,
            told::add)
        .beforeCheckpoint(null);

    assertThat(told)
        .singleElement()
        .extracting(line -> line.text("spawn"))
        .isEqualTo(
            "{\"event\":\"notRehearsed\",\"content\":{\"error\":\"java.lang.IllegalArgumentException\"}}");
  }

  @Test
  void aFunctionThatCallsNothingConnectsToNothing() {
    rehearsal("ResolvePolicies").beforeCheckpoint(null);

    assertThat(told)
        .singleElement()
        .extracting(line -> line.text("spawn"))
        .isEqualTo("{\"event\":\"rehearsed\",\"content\":{}}");
  }

  @Test
  void whereNoSnapshotIsTakenNothingIsRehearsed() {
    Optional<Rehearsal> here =
        Settings.rehearsal(
            settings -> {
              throw new AssertionError("It must not be made.");
            });

    assertThat(here).isEmpty();
  }

  @Test
  void anOperationWithoutAnAnswerFails() {
    try (Stage stage = new Stage()) {
      AwsClients aws = new AwsClients(Region.US_EAST_1, stage);

      assertThatThrownBy(() -> aws.iam().listUsers())
          .hasStackTraceContaining("A rehearsal has no answer ListUsers.");
    }
  }

  @Test
  void whereThereIsNoNetworkTheHandshakeIsLeftOut() {
    assertThat(FirstConnection.handshake(URI.create("https://127.0.0.1:1/"))).isFalse();
    assertThat(FirstConnection.handshake(URI.create("http://127.0.0.1:1/"))).isFalse();
  }

  @Test
  void credentialsAreFetchedFromThisProcessAndTheAddressIsForgotten() throws IOException {
    FirstConnection.rehearse();

    assertThat(System.getProperties()).doesNotContainKey("aws.containerCredentialsFullUri");
  }

  @ParameterizedTest
  @CsvSource({
    "ssm, eu-central-1, https://ssm.eu-central-1.amazonaws.com",
    "ec2, us-gov-west-1, https://ec2.us-gov-west-1.amazonaws.com",
    "ssm, cn-north-1, https://ssm.cn-north-1.amazonaws.com.cn"
  })
  void anEndpointIsFoundWhereNoVariableNamesOne(String service, String region, URI endpoint) {
    assertThat(Endpoints.of(service, Region.of(region))).isEqualTo(endpoint);
  }
}
