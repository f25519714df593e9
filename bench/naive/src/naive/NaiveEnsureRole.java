package naive;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;

/** Creates the role that EnsureRole is asked for, by the same calls, as one writes it at first. */
public final class NaiveEnsureRole implements RequestStreamHandler {
  private final ObjectMapper json = new ObjectMapper();
  private final IamClient iam = IamClient.builder().region(Region.AWS_GLOBAL).build();

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode wanted = json.readTree(input).path("role");
    String name = wanted.path("names").path(0).asText();
    Role role;
    try {
      role = iam.getRole(request -> request.roleName(name)).role();
    } catch (NoSuchEntityException missing) {
      role = create(name, wanted);
    }
    System.out.println(json.writeValueAsString(Map.of("event", "ensuredRole", "role", name)));
    json.writeValue(output, Map.of("name", name, "arn", role.arn(), "id", role.roleId()));
  }

  private Role create(String name, JsonNode wanted) throws IOException {
    JsonNode permissions = wanted.path("permissions");
    Map<String, Object> trust =
        Map.of(
            "Version",
            "2012-10-17",
            "Statement",
            List.of(
                Map.of(
                    "Effect",
                    "Allow",
                    "Principal",
                    Map.of("Service", permissions.path("trustedServices")),
                    "Action",
                    "sts:AssumeRole")));
    String document = json.writeValueAsString(trust);
    Role role =
        iam.createRole(
                request ->
                    request
                        .roleName(name)
                        .path("/naive/")
                        .description("Made for " + wanted.path("creator").asText())
                        .assumeRolePolicyDocument(document)
                        .permissionsBoundary(permissions.path("permissionsBoundary").textValue())
                        .tags(
                            tag("managed", "true"),
                            tag("creator", wanted.path("creator").asText())))
            .role();
    iam.putRolePolicy(
        request ->
            request
                .roleName(name)
                .policyName("permissions")
                .policyDocument(permissions.path("inlinePolicy").toString()));
    iam.tagRole(request -> request.roleName(name).tags(tag("complete", "true")));
    return role;
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }
}
