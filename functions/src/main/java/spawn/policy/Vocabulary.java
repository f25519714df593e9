package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words of {@code policies}, for whoever looks for the right one. */
public final class Vocabulary {
  private static final Map<Level, String> LEVELS =
      Map.of(
          Level.READ_ONLY, "reads data, and lists what it must to read it",
          Level.WRITE_ONLY, "puts, changes and deletes data",
          Level.READ_WRITE, "reads and writes data",
          Level.FULL_ACCESS, "does everything, and changes who may use a resource");

  /** From the one that grants least to the one that grants most. */
  private static final List<Level> NARROW_FIRST =
      List.of(Level.READ_ONLY, Level.WRITE_ONLY, Level.READ_WRITE, Level.FULL_ACCESS);

  private final Templates templates = PolicyData.standard().templates();

  /**
   * One word.
   *
   * @param name as a payload has it, {@code s3:ReadOnly} or {@code ecr:Pull}
   * @param service the service that it names
   * @param does what it is for, as the rest of a sentence
   * @param isTask whether it is a task, not a level
   * @param isFullAccess whether it grants more than any one job needs
   * @param actions what it grants, with their services; some only where resources are named, or
   *     where none are
   * @param services those whose resources can bind it, its own first
   */
  public record Entry(
      String name,
      String service,
      String does,
      boolean isTask,
      boolean isFullAccess,
      Set<String> actions,
      List<String> services) {}

  /** Returns the services whose words are chosen for the work of instances, most usual first. */
  public List<String> chosenServices() {
    return List.copyOf(templates.services().keySet());
  }

  /** Returns the prefixes of all services that have words, sorted. */
  public Collection<String> services() {
    return ServiceReference.services();
  }

  /** Returns the names by which people call services otherwise, and their prefixes. */
  public Map<String, String> otherNames() {
    return Templates.otherNames();
  }

  /** Returns the prefix of a service, from it or from another of its names, in any letter case. */
  public Optional<String> service(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return Optional.of(Templates.otherNames().getOrDefault(lower, lower))
        .filter(prefix -> templates.service(prefix).isPresent());
  }

  /** Returns the words of a service: its tasks, then its levels, narrow ones first. */
  public List<Entry> words(String service) {
    return templates.service(service).stream()
        .flatMap(
            words ->
                Stream.concat(
                    words.tasks(service).stream(),
                    NARROW_FIRST.stream().map(level -> words.template(service, level))))
        .filter(word -> !word.groups().isEmpty())
        .map(Vocabulary::entry)
        .toList();
  }

  /** Returns the word of that name in any letter case, or nothing. */
  public Optional<Entry> word(String name) {
    return templates.named(name).map(Vocabulary::entry);
  }

  /** Returns the words of the same service that grant some of what a word does and nothing else. */
  public List<Entry> narrower(Entry word) {
    return words(word.service()).stream()
        .filter(other -> covers(word, other) && !covers(other, word))
        .toList();
  }

  private static boolean covers(Entry word, Entry other) {
    Set<String> actions = word.actions();
    return other.actions().stream()
        .allMatch(
            action ->
                actions.contains(action)
                    || actions.contains(action.substring(0, action.indexOf(':')) + ":*"));
  }

  /** Returns how a resource of a service is written; nothing if it has none. */
  public Optional<String> resource(String service) {
    return templates.service(service).map(ServiceTemplates::example);
  }

  /** Returns the kinds of resources of a service, {@code bucket} and {@code object}, sorted. */
  public Set<String> kinds(String service) {
    return templates.service(service).stream()
        .flatMap(words -> words.forms().stream())
        .flatMap(form -> form.gives().keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Entry entry(Word word) {
    Set<String> actions = new TreeSet<>();
    for (ActionGroup group : word.groups()) {
      group.actions().forEach(action -> actions.add(word.serviceOf(group) + ":" + action));
    }
    Set<String> services = new LinkedHashSet<>();
    List<String> binding = new ArrayList<>(word.services());
    if (binding.remove(word.service())) {
      services.add(word.service());
    }
    services.addAll(binding);
    String does = word instanceof Task task ? task.does() : LEVELS.get(((Template) word).level());
    return new Entry(
        word.name(),
        word.service(),
        does,
        word instanceof Task,
        word.isFullAccess(),
        actions,
        services.stream().filter(service -> binds(word, service)).toList());
  }

  /** Returns whether a resource of the service changes what the word grants. */
  private static boolean binds(Word word, String service) {
    return word.groups().stream()
        .filter(group -> group.scoped() == ActionGroup.Scoped.BIND && group.to().isEmpty())
        .anyMatch(group -> word.serviceOf(group).equals(service));
  }
}
