package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.Tag;

/** The audit as the README calls it, by AWS's own command line. */
@OnLocalStack
class AuditIT {
  private final LocalStack stack;
  private final Workflow workflow;

  AuditIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": []}");
  }

  private String launched(String bucket) {
    return workflow.launch(LocalStack.launchOf(bucket).toString()).at("/role/name").asText();
  }

  @Test
  void whatSomebodyHasChangedIsFoundAndThePageShowsIt() {
    String healthy = launched("healthy");
    String widened = launched("widened");
    String changed = launched("changed");
    for (String role : List.of(healthy, widened, changed)) {
      stack.edges("{\"ages\": {\"%s\": 86400}}".formatted(role));
    }
    stack
        .iam()
        .attachRolePolicy(
            attach ->
                attach.roleName(changed).policyArn("arn:aws:iam::aws:policy/AdministratorAccess"));
    stack
        .iam()
        .updateAssumeRolePolicy(
            update ->
                update
                    .roleName(widened)
                    .policyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                            + "{\"AWS\":\"arn:aws:iam::999999999999:root\"},\"Action\":\"sts:AssumeRole\"}]}"));
    stack
        .iam()
        .tagRole(tag -> tag.roleName(healthy).tags(Tag.builder().key("Keep").value("out").build()));
    stack.iam().untagRole(untag -> untag.roleName(healthy).tagKeys("Keep"));

    JsonNode report = stack.invoke("AuditFunctionName", "{}");

    assertThat(report.path("stopped").isMissingNode()).isTrue();
    assertThat(role(report, healthy).path("state").asText()).isEqualTo("in-use");
    assertThat(role(report, healthy).path("instances")).hasSize(1);
    assertThat(kinds(role(report, widened))).containsExactly("TRUST");
    assertThat(kinds(role(report, changed))).containsExactly("POLICY_ATTACHED");
    // Tests before this one may have left worse.
    assertThat(report.path("roles").valueStream().map(role -> role.path("role").asText()))
        .filteredOn(List.of(healthy, widened, changed)::contains)
        .startsWith(widened);

    JsonNode repaired = stack.invoke("RepairFunctionName", "{\"repair\": true}");

    assertThat(role(repaired, changed).path("outcome").asText()).isEqualTo("repaired");
    assertThat(role(repaired, changed).at("/changes/0").asText())
        .isEqualTo("detach arn:aws:iam::aws:policy/AdministratorAccess");
    assertThat(role(repaired, widened).path("outcome").asText()).isEqualTo("left");
    assertThat(role(stack.invoke("AuditFunctionName", "{}"), changed).path("drift")).isEmpty();

    JsonNode page =
        stack.invoke(
            "AuditFunctionName",
            "{\"format\": \"html\", \"roleNames\": [\"%s\"]}".formatted(widened));

    assertThat(page.at("/counts/trustOrBoundary").asInt()).isEqualTo(1);
    assertThat(page.path("html").asText())
        .startsWith("<!DOCTYPE html>")
        .contains(widened, "arn:aws:iam::999999999999:root")
        .doesNotContain(changed);
  }

  private static List<String> kinds(JsonNode role) {
    return role.path("drift").valueStream().map(drift -> drift.path("kind").asText()).toList();
  }

  private static JsonNode role(JsonNode report, String name) {
    return report
        .path("roles")
        .valueStream()
        .filter(role -> role.path("role").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
