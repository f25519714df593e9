package spawn.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What a question has found so far: a few users of each profile. */
final class Findings {
  /**
   * Enough to tell whose role it is; keeping all instances of a large account would not fit into
   * memory.
   */
  private static final int USERS_NAMED = 5;

  private final Map<String, List<String>> users = new HashMap<>();
  private final BooleanSupplier awaited;

  /**
   * Creates what has found nothing yet.
   *
   * @param awaited whether the answer is still waited for
   */
  Findings(BooleanSupplier awaited) {
    this.awaited = awaited;
  }

  /** Returns whether the answer is still waited for; if not, what is found counts for nothing. */
  boolean isAwaited() {
    return awaited.getAsBoolean();
  }

  /** Takes a user of a profile. */
  void add(String profileId, String user) {
    List<String> known = users.computeIfAbsent(profileId, first -> new ArrayList<>());
    if (known.size() < USERS_NAMED && !known.contains(user)) {
      known.add(user);
    }
  }

  /** Returns a few users of each profile that was found, by its unique id. */
  Map<String, List<String>> users() {
    return users;
  }
}
