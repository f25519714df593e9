package spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import spawn.aws.SimulatedAws;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepTerms;
import spawn.cleanup.TerminationBatch;
import spawn.cleanup.UsageScan;
import spawn.error.InvalidRequest;
import spawn.lambda.Json;

class CleanupUnusedRolesTest {
  private static final String ROLE = "spawn-instance-0123abcd";

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1");
  private final CleanupUnusedRoles function =
      new CleanupUnusedRoles(
          new Sweep(
              aws.iam(),
              new UsageScan(aws.ec2("us-east-1"), aws::ec2, Runnable::run),
              aws.clock(),
              SweepTerms.STANDARD,
              deleted -> {}));

  private void givenUnusedRole() {
    aws.givenRole(
        ROLE, role -> role.path("/spawn/").tag("spawn:managed", "true").age(Duration.ofHours(2)));
  }

  private JsonNode answer(JsonNode input) {
    return Json.MAPPER.valueToTree(function.handle(input));
  }

  private static JsonNode event(String name) throws IOException {
    return Json.MAPPER.readTree(Files.readString(Path.of("events", name + ".json"), UTF_8));
  }

  @Test
  void aBatchOfTerminationsIsGivenBackUntilTheRoleIsGone() throws IOException {
    givenUnusedRole();
    JsonNode batch = event("termination-batch");

    assertThat(answer(batch).at("/batchItemFailures/0/itemIdentifier"))
        .isEqualTo(batch.at("/Records/0/messageId"));
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isPresent();
    aws.advance(Duration.ofMinutes(20));

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aMessageIsNotGivenBackForever() throws IOException {
    givenUnusedRole();
    JsonNode batch = event("termination-batch");
    ((ObjectNode) batch.at("/Records/0/attributes")).put("ApproximateReceiveCount", "8");

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
  }

  @Test
  void aMessageThatIsNoTerminationIsLeftForTheDeadLettersWithoutASweep() throws IOException {
    givenUnusedRole();
    JsonNode batch = event("termination-batch");
    ((ObjectNode) batch.at("/Records/0")).put("body", "not an event");

    assertThat(answer(batch).path("batchItemFailures")).hasSize(1);
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void theTerminationEventIsWhatTheBatchCarries() throws IOException {
    assertThat(Json.MAPPER.readTree(event("termination-batch").at("/Records/0/body").asText()))
        .isEqualTo(event("instance-terminated"));
  }

  @Test
  void theBatchReadsAsLambdaDeliversIt() {
    SQSEvent event = EventLoader.loadSQSEvent("events/termination-batch.json");

    assertThat(new TerminationBatch(event).hasTerminations()).isTrue();
  }

  @Test
  void theNightlyEventSweeps() throws IOException {
    givenUnusedRole();

    assertThat(answer(event("nightly")).at("/roles/0/verdict").asText()).isEqualTo("marked");
  }

  @Test
  void aDryRunChangesNothing() throws IOException {
    givenUnusedRole();

    assertThat(answer(event("dry-run")).path("dryRun").asBoolean()).isTrue();
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aMisspeltFieldOfADirectCallIsRefused() {
    givenUnusedRole();

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> function.handle(Json.MAPPER.createObjectNode().put("dryrun", true)))
        .withMessageContaining("dryRun");
    assertThat(aws.calls()).isEmpty();
  }
}
