package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import spawn.json.Json;
import spawn.payload.Nearest;

/**
 * The words of all services: chosen by hand for those that {@code words.txt} lists, each in a file
 * of its own; for all others, what AWS's reference says of them. A service is read when the first
 * payload names it.
 */
final class Templates {
  private final List<String> chosen = PolicyData.lines("words.txt");
  private final Map<String, ServiceTemplates> read = new ConcurrentHashMap<>();

  /** Returns the services whose words are chosen by hand, by name; reads them all. */
  Map<String, ServiceTemplates> services() {
    Map<String, ServiceTemplates> services = new LinkedHashMap<>();
    chosen.forEach(name -> services.put(name, service(name).orElseThrow()));
    return services;
  }

  /** Returns the service with that prefix of actions, in lower case; nothing if it is not known. */
  Optional<ServiceTemplates> service(String name) {
    ServiceTemplates known = read.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    // Names out of payloads: only those of services are kept, or the map would grow without end.
    Optional<ServiceTemplates> found = readService(name);
    found.ifPresent(service -> read.put(name, service));
    return found;
  }

  /** Returns the service of that name if its words are chosen by hand. */
  Optional<ServiceTemplates> chosen(String name) {
    return chosen.contains(name) ? service(name) : Optional.empty();
  }

  private Optional<ServiceTemplates> readService(String name) {
    return chosen.contains(name)
        ? Optional.of(readChosen(name))
        : ServiceReference.of(name).map(ReferenceTemplates::of);
  }

  private ServiceTemplates readChosen(String name) {
    JsonNode data = Json.resource(Templates.class, "words/" + name + ".json");
    return Json.data(data, ServiceTemplates.class);
  }

  /** Returns all templates that are chosen by hand, service by service. */
  List<Template> list() {
    return services().entrySet().stream()
        .flatMap(
            service ->
                Arrays.stream(Level.values())
                    .map(level -> service.getValue().template(service.getKey(), level)))
        .toList();
  }

  /** Returns all tasks, service by service. */
  List<Task> tasks() {
    return services().entrySet().stream()
        .flatMap(service -> service.getValue().tasks(service.getKey()).stream())
        .toList();
  }

  /** Returns the word of that name, in any letter case, or nothing. */
  Optional<Word> named(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String service = name.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = name.substring(colon + 1);
    return service(service)
        .flatMap(
            words ->
                Level.named(rest)
                    .<Word>map(level -> words.template(service, level))
                    .or(() -> words.task(service, rest)));
  }

  /** Returns the name of the word that a misspelt one probably meant, or none. */
  List<String> nearest(String word) {
    int colon = word.indexOf(':');
    if (colon < 0) {
      return Nearest.to(word, list().stream().map(Template::name).toList(), 1);
    }
    Map<String, String> otherNames = Names.OTHER;
    List<String> services = new ArrayList<>(ServiceReference.services());
    services.addAll(otherNames.keySet());
    List<String> service = Nearest.to(word.substring(0, colon), services, 1);
    if (service.isEmpty()) {
      return List.of();
    }
    String prefix = otherNames.getOrDefault(service.get(0), service.get(0));
    List<String> level = Nearest.to(word.substring(colon + 1), seconds(prefix), 1);
    return level.isEmpty() ? List.of() : List.of(prefix + ":" + level.get(0));
  }

  /** Returns what may follow the service's name in a word: the levels, then its tasks. */
  List<String> seconds(String service) {
    List<String> seconds = new ArrayList<>(Level.names());
    service(service).ifPresent(words -> seconds.addAll(words.tasks().keySet()));
    return seconds;
  }

  /** What people call services otherwise than their prefix, read when a word is not known. */
  private static final class Names {
    static final Map<String, String> OTHER = new LinkedHashMap<>();

    static {
      for (String line : PolicyData.lines("service-names.txt")) {
        int space = line.indexOf(' ');
        OTHER.put(line.substring(0, space), line.substring(space + 1));
      }
    }
  }

  /** Returns the names by which people call services otherwise, and their prefixes. */
  static Map<String, String> otherNames() {
    return Map.copyOf(Names.OTHER);
  }
}
