package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** What is tried on each template: {@code template-examples.json}. */
final class TemplateExamples {
  private final JsonNode services;

  TemplateExamples() {
    try (InputStream data = getClass().getResourceAsStream("template-examples.json")) {
      services = new ObjectMapper().readTree(data).get("services");
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }

  /**
   * An entry of {@code resources}, and ARNs of one kind.
   *
   * @param entry the entry
   * @param kind the kind
   * @param inside an ARN that the entry covers
   * @param outside an ARN that it does not cover
   */
  record Resource(String entry, String kind, String inside, String outside) {}

  List<Resource> resources(String service) {
    return services
        .path(service)
        .path("resources")
        .valueStream()
        .map(
            resource ->
                new Resource(
                    resource.get("entry").asText(),
                    resource.get("kind").asText(),
                    resource.get("inside").asText(),
                    resource.get("outside").asText()))
        .toList();
  }

  /** Returns some actions that a template allows. */
  List<String> allowed(Template template) {
    return actions(template, "allowed");
  }

  /** Returns some actions that a template does not allow. */
  List<String> denied(Template template) {
    return actions(template, "denied");
  }

  private List<String> actions(Template template, String list) {
    return services
        .path(template.service())
        .path("levels")
        .path(template.level().toString())
        .path(list)
        .valueStream()
        .map(JsonNode::asText)
        .toList();
  }
}
