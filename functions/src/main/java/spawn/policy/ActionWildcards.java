package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Shortens lists of a service's actions: {@code Describe*} stands for all actions that begin with
 * Describe, if every one of the service's is in the list.
 *
 * <p>A wildcard ends after a whole word of the name, so that an action that AWS adds later is
 * matched only if its name begins with the same words. Letter case does not matter in actions, so a
 * wildcard is held against names without it.
 */
final class ActionWildcards {
  private ActionWildcards() {}

  /**
   * Returns a list that names exactly these actions of the service, among those that the reference
   * has.
   */
  static List<String> shorten(Collection<String> actions, ServiceReference service) {
    SortedSet<String> all = service.names();
    NavigableMap<String, String> left = new TreeMap<>();
    actions.forEach(action -> left.put(folded(action), action));
    SortedSet<String> wanted = new TreeSet<>(left.keySet());
    List<String> shortened = new ArrayList<>();
    while (!left.isEmpty()) {
      String name = left.firstEntry().getValue();
      String longest = name;
      for (int end = 1; end < name.length(); end++) {
        if (isWordEnd(name, end) && covers(folded(name.substring(0, end)), all, wanted)) {
          longest = name.substring(0, end) + "*";
          break;
        }
      }
      shortened.add(longest);
      remove(longest, left);
    }
    return shortened;
  }

  private static void remove(String action, NavigableMap<String, String> left) {
    if (action.endsWith("*")) {
      String prefix = folded(action.substring(0, action.length() - 1));
      left.subMap(prefix, prefix + Character.MAX_VALUE).clear();
    } else {
      left.remove(folded(action));
    }
  }

  /** Returns whether the prefix is worth a wildcard, and stands for wanted actions only. */
  private static boolean covers(String prefix, SortedSet<String> all, SortedSet<String> wanted) {
    int count = 0;
    for (String name : all.tailSet(prefix)) {
      if (!name.startsWith(prefix)) {
        break;
      }
      if (!wanted.contains(name)) {
        return false;
      }
      count++;
    }
    return count > 1;
  }

  /** Returns whether a word of the name ends before this place: Get|Object, DB|Cluster. */
  private static boolean isWordEnd(String name, int at) {
    return Character.isUpperCase(name.charAt(at))
        && (!Character.isUpperCase(name.charAt(at - 1))
            || (at + 1 < name.length() && Character.isLowerCase(name.charAt(at + 1))));
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
