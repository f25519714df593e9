package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.error.Work;

/**
 * One service as AWS's <a
 * href="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html">service
 * authorization reference</a> has it: its actions, and the kinds of ARN that they accept.
 *
 * <p>Each service is a small file beside the classes, read when the first payload names it. AWS
 * adds actions and services: what is not here may exist.
 */
final class ServiceReference {
  private static final Map<String, ServiceReference> READ = new ConcurrentHashMap<>();

  /** What can be the prefix of a service's actions, and names a file beside the classes. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

  private final String service;
  private final NavigableMap<String, Action> actions;
  private final Map<String, List<ArnForm>> kinds;

  /** The length of what stands before the names of actions. */
  private final int prefix;

  private volatile SortedMap<String, Glob> globs;

  private ServiceReference(
      String service, NavigableMap<String, Action> actions, Map<String, List<ArnForm>> kinds) {
    this.service = service;
    this.prefix = service.length() + 1;
    this.actions = Collections.unmodifiableNavigableMap(actions);
    this.kinds = Collections.unmodifiableMap(kinds);
  }

  /** What an action does, by AWS's own levels. */
  enum Access {
    LIST,
    READ,
    WRITE,
    TAGGING,
    PERMISSIONS_MANAGEMENT;

    private static Access of(char letter) {
      return switch (letter) {
        case 'L' -> LIST;
        case 'R' -> READ;
        case 'W' -> WRITE;
        case 'T' -> TAGGING;
        case 'P' -> PERMISSIONS_MANAGEMENT;
        default -> throw new IllegalStateException("No level has the letter " + letter);
      };
    }
  }

  /**
   * An action.
   *
   * @param name without the service, as AWS spells it
   * @param access what it does
   * @param accepts the kinds of ARN that it accepts; none if it must be granted on {@code *}
   * @param requires those of them that AWS calls required
   */
  record Action(String name, Access access, List<String> accepts, List<String> requires) {}

  /**
   * How the ARNs of a kind are written, after the partition.
   *
   * @param service the ARN's service, which may be another than the actions'
   * @param region empty, {@code R} for any region, or the only region that it can be
   * @param account empty, {@code A} for any account, or {@code aws}
   * @param resource the last part, with {@code *} for each name in it
   */
  record ArnForm(String service, String region, String account, String resource) {
    private static ArnForm of(String service, String written) {
      String[] parts =
          (written.startsWith("=") ? written.substring(1) : service + ":R:A:" + written)
              .split(":", 4);
      return new ArnForm(parts[0], parts[1], parts[2], parts[3]);
    }
  }

  /** Returns the service with that prefix of actions, in lower case; nothing if it is not known. */
  static Optional<ServiceReference> of(String service) {
    ServiceReference known = READ.get(service);
    if (known == null && NAME.matcher(service).matches()) {
      known = read(service);
    }
    return Optional.ofNullable(known);
  }

  /** Returns the prefixes of all services that are known, sorted. */
  static SortedSet<String> services() {
    return Names.ALL;
  }

  /** Returns the source of the data, its version and licence. */
  static String source() {
    return Names.SOURCE;
  }

  /** The index, read when all services are asked for. */
  private static final class Names {
    static final String SOURCE;
    static final SortedSet<String> ALL;

    static {
      List<String> lines = PolicyData.lines("services.txt");
      SOURCE = lines.get(0);
      ALL = Collections.unmodifiableSortedSet(new TreeSet<>(lines.subList(1, lines.size())));
    }
  }

  /** Returns the service, or null if there is none of that name; remembers only those there are. */
  private static ServiceReference read(String service) {
    List<String> lines = PolicyData.lines("services/" + service);
    if (lines.isEmpty()) {
      return null;
    }
    NavigableMap<String, Action> actions = new TreeMap<>();
    Map<String, List<ArnForm>> kinds = new TreeMap<>();
    for (String line : lines) {
      List<String> words = List.of(line.split(" "));
      if (words.get(0).length() > 1) {
        kinds
            .computeIfAbsent(words.get(0), unseen -> new ArrayList<>())
            .add(ArnForm.of(service, words.get(1)));
        continue;
      }
      Access access = Access.of(line.charAt(0));
      List<String> on = words.get(1).equals("-") ? List.of() : List.of(words.get(1).split(","));
      List<String> accepts = on.stream().map(kind -> kind.replace("*", "")).toList();
      List<String> requires =
          on.stream()
              .filter(kind -> kind.endsWith("*"))
              .map(kind -> kind.replace("*", ""))
              .toList();
      for (String name : words.subList(2, words.size())) {
        actions.put(name.toLowerCase(Locale.ROOT), new Action(name, access, accepts, requires));
      }
    }
    ServiceReference reference = new ServiceReference(service, actions, kinds);
    READ.put(service, reference);
    return reference;
  }

  /** Returns the prefix of the service's actions, for example {@code athena}. */
  String service() {
    return service;
  }

  /** Returns its actions, by name. */
  Collection<Action> actions() {
    return actions.values();
  }

  /** Returns the names of its actions, in lower case. */
  SortedSet<String> names() {
    return actions.navigableKeySet();
  }

  /** Returns the action of that name in any letter case, without the service; or nothing. */
  Optional<Action> action(String name) {
    return Optional.ofNullable(actions.get(name.toLowerCase(Locale.ROOT)));
  }

  /**
   * Returns the actions that a pattern such as {@code sqs:Send*} names, with the service.
   *
   * @param work counts what it takes
   */
  Stream<Action> matching(Glob pattern, Work work) {
    String name = pattern.beginning().substring(Math.min(prefix, pattern.beginning().length()));
    return pattern.isWild()
        ? globs().subMap(name, name + Character.MAX_VALUE).entrySet().stream()
            .filter(action -> pattern.covers(action.getValue(), work))
            .map(action -> actions.get(action.getKey()))
        : Stream.ofNullable(actions.get(name));
  }

  /** Returns the actions as patterns match them, by name in lower case; made when first needed. */
  private SortedMap<String, Glob> globs() {
    SortedMap<String, Glob> made = globs;
    if (made == null) {
      made = new TreeMap<>();
      for (String name : actions.keySet()) {
        made.put(name, Glob.action(service + ":" + name));
      }
      globs = made;
    }
    return made;
  }

  /** Returns the forms of ARN of each kind that its actions accept. */
  Map<String, List<ArnForm>> kinds() {
    return kinds;
  }
}
