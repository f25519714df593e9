package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What AWS's service authorization reference says of the actions of the templates' services. */
final class ServiceActions {
  private final JsonNode services;

  ServiceActions() {
    try (InputStream data = getClass().getResourceAsStream("service-actions.json")) {
      services = new ObjectMapper().readTree(data);
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }

  /** Returns the names of a service's actions whose access level begins with the word. */
  List<String> at(String service, String access) {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, JsonNode> action : services.path(service).properties()) {
      if (action.getValue().get("access").asText().startsWith(access)) {
        names.add(action.getKey());
      }
    }
    return names;
  }

  /** Returns what is wrong with the templates: nothing if every action is what they say it is. */
  List<String> contradictions(Collection<Template> templates) {
    List<String> found = new ArrayList<>();
    for (Template template : templates) {
      for (ActionGroup group : template.groups()) {
        for (String action : group.actions()) {
          contradiction(template, group, action, found);
        }
      }
    }
    return found;
  }

  private void contradiction(
      Template template, ActionGroup group, String action, List<String> found) {
    String name = template.name() + " " + action;
    if (action.equals("*")) {
      if (group.access() != ActionGroup.Access.ALL) {
        found.add(name + " is all access");
      }
      return;
    }
    JsonNode truth = services.path(template.service()).path(action);
    if (truth.isMissingNode()) {
      found.add(name + " does not exist");
      return;
    }
    String access = truth.get("access").asText();
    boolean fits =
        switch (group.access()) {
          case ALL -> false;
          case READ -> access.equals("Read") || access.equals("List");
          case WRITE -> access.equals("Write");
          case TAGGING -> access.startsWith("Tagging");
          case PERMISSIONS -> access.startsWith("Permissions management");
        };
    if (!fits) {
      found.add(name + " is at access level " + access);
    }
    for (String kind : group.on()) {
      boolean accepted =
          truth
              .get("on")
              .valueStream()
              .anyMatch(known -> known.asText().equalsIgnoreCase(referenceKind(kind)));
      if (!accepted) {
        found.add(name + " does not accept " + kind);
      }
    }
    if (group.on().isEmpty() && group.scoped() == ActionGroup.Scoped.BIND) {
      found.add(name + " is bound to nothing");
    }
  }

  /** The reference knows paths of parameters only as parameters. */
  private static String referenceKind(String kind) {
    return kind.equals("path") ? "parameter" : kind;
  }
}
