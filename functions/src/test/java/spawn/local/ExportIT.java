package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.Tag;

/** Roles written down, taken in and made smaller, as the guide says, by AWS's own command line. */
@OnLocalStack
class ExportIT {
  private static final String OURS =
      """
      {"iam": {"role": "exported", "policies": ["s3:ReadWrite"], "resources": ["s3://reports"], "roleTags": {"team": "data"},
       "statements": [{"Effect": "Allow", "Action": ["ec2:DescribeInstances", "ec2:StopInstances", "sns:Publish"], "Resource": "*"}]}}""";

  private final LocalStack stack;
  private final Workflow workflow;

  ExportIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  @AfterEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": [], \"used\": {}}");
  }

  private String tag(String role, String key) {
    return stack.iam().getRole(get -> get.roleName(role)).role().tags().stream()
        .filter(tag -> tag.key().equals(key))
        .map(Tag::value)
        .findFirst()
        .orElse("");
  }

  private void imported(String name, JsonNode document) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.putObject("iam").put("role", name).set("import", document);
    workflow.launch(payload.toString());
  }

  @Test
  void aRoleIsWrittenDownTakenInUnderAnotherNameAndMadeSmaller() {
    workflow.launch(OURS);

    JsonNode document = stack.invoke("ExportFunctionName", "{\"export\": \"exported\"}");
    imported("exported-2", document);

    assertThat(document.at("/iam/policies").toString())
        .isEqualTo("[\"s3:ReadWrite\",\"sns:WriteOnly\"]");
    assertThat(document.path("leftOut")).isEmpty();
    assertThat(tag("exported-2", "spawn:policies"))
        .isNotEmpty()
        .isEqualTo(tag("exported", "spawn:policies"))
        .isEqualTo(document.path("hash").asText());
    assertThat(tag("exported-2", "spawn:record-0"))
        .isNotEmpty()
        .isEqualTo(tag("exported", "spawn:record-0"));

    JsonNode young = stack.invoke("ExportFunctionName", "{\"shrink\": \"exported\"}");
    assertThat(young.path("outcome").asText()).isEqualTo("TOO_YOUNG");
    stack.edges(
        "{\"ages\": {\"exported\": 864000},"
            + " \"used\": {\"exported\": {\"s3:GetObject\": 86400, \"ec2:DescribeInstances\": 86400}}}");
    JsonNode smaller = stack.invoke("ExportFunctionName", "{\"shrink\": \"exported\"}");
    imported("exported-small", smaller);

    assertThat(smaller.path("outcome").asText()).isEqualTo("SMALLER");
    assertThat(smaller.path("removed").toString())
        .isEqualTo("{\"ec2\":[\"StopInstances\"],\"sns\":[\"Publish\"]}");
    assertThat(smaller.at("/iam/policies").toString()).isEqualTo("[\"s3:ReadWrite\"]");
    String policy =
        stack
            .iam()
            .getRolePolicy(get -> get.roleName("exported-small").policyName("spawn"))
            .policyDocument();
    assertThat(policy)
        .contains("ec2%3ADescribeInstances", "s3%3AGetObject")
        .doesNotContain("StopInstances", "Publish");
  }

  @Test
  void whatCannotBeCarriedOverFromAForeignRoleIsSaid() {
    stack
        .iam()
        .createRole(
            create ->
                create
                    .roleName("somebodys")
                    .path("/apps/")
                    .assumeRolePolicyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                            + "{\"AWS\":\"arn:aws:iam::999999999999:root\",\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"));

    JsonNode document = stack.invoke("ExportFunctionName", "{\"export\": \"somebodys\"}");

    assertThat(document.path("leftOut").toString())
        .contains("It trusts AWS", "arn:aws:iam::999999999999:root", "no permissions boundary");
    assertThat(document.at("/iam/trustServices").toString()).isEqualTo("[\"ec2\"]");
    stack.iam().deleteRole(delete -> delete.roleName("somebodys"));
  }
}
