package spawn.policy;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a role has used of what it may do, as far as AWS tells: by service, and by action where it
 * tracks them (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html">last
 * accessed information</a>).
 *
 * @param services by the prefix of their actions, in lower case; one that is not among them is not
 *     tracked
 */
public record Usage(Map<String, OfService> services) {
  /** Copies the services. */
  public Usage {
    Map<String, OfService> copy = new TreeMap<>();
    services.forEach((name, of) -> copy.put(name.toLowerCase(Locale.ROOT), of));
    services = Map.copyOf(copy);
  }

  /**
   * What was used of a service.
   *
   * @param used whether anything was
   * @param actions for each action that is tracked, without the service and in lower case, whether
   *     it was used; none if AWS does not say which actions
   */
  public record OfService(boolean used, Map<String, Boolean> actions) {
    /** Copies the actions. */
    public OfService {
      Map<String, Boolean> copy = new TreeMap<>();
      actions.forEach((name, isUsed) -> copy.put(name.toLowerCase(Locale.ROOT), isUsed));
      actions = Map.copyOf(copy);
    }

    /** Returns whether an action is tracked, and was not used. */
    boolean lacks(String action) {
      return Boolean.FALSE.equals(actions.get(action.toLowerCase(Locale.ROOT)));
    }
  }

  /** Returns whether anything was used. */
  public boolean any() {
    return services.values().stream().anyMatch(OfService::used);
  }

  /** Returns what was used of a service; nothing if it is not tracked. */
  Optional<OfService> of(String service) {
    return Optional.ofNullable(services.get(service));
  }
}
