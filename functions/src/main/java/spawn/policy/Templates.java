package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import spawn.payload.Nearest;

/** The templates of all services, as {@code templates.json} lists them. */
final class Templates {
  private final Map<String, ServiceTemplates> services;

  private Templates(Map<String, ServiceTemplates> services) {
    this.services = Collections.unmodifiableMap(services);
  }

  /** Returns the templates that the data lists, in its order. */
  static Templates of(JsonNode data, ObjectMapper mapper) throws JsonProcessingException {
    Map<String, ServiceTemplates> services = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> service : data.get("services").properties()) {
      services.put(
          service.getKey(), mapper.treeToValue(service.getValue(), ServiceTemplates.class));
    }
    return new Templates(services);
  }

  /** Returns the services by name. */
  Map<String, ServiceTemplates> services() {
    return services;
  }

  /** Returns all templates, service by service. */
  List<Template> list() {
    return services.entrySet().stream()
        .flatMap(
            service ->
                Arrays.stream(Level.values())
                    .map(level -> service.getValue().template(service.getKey(), level)))
        .toList();
  }

  /** Returns the template of that name, in any letter case, or nothing. */
  Optional<Template> named(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String service = name.substring(0, colon).toLowerCase(Locale.ROOT);
    return Level.named(name.substring(colon + 1))
        .filter(level -> services.containsKey(service))
        .map(level -> services.get(service).template(service, level));
  }

  /** Returns the name of the template that a misspelt word probably meant, or none. */
  List<String> nearest(String word) {
    int colon = word.indexOf(':');
    if (colon < 0) {
      return Nearest.to(word, list().stream().map(Template::name).toList(), 1);
    }
    List<String> service = Nearest.to(word.substring(0, colon), services.keySet(), 1);
    List<String> level = Nearest.to(word.substring(colon + 1), Level.names(), 1);
    return service.isEmpty() || level.isEmpty()
        ? List.of()
        : List.of(service.get(0) + ":" + level.get(0));
  }
}
