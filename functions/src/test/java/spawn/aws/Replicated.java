package spawn.aws;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Objects of one kind whose writes are seen late.
 *
 * <p>Each object has a history. A version is <em>settled</em> in a view from a moment drawn when it
 * was written; until then a read in that view may answer with it or with any version back to the
 * newest settled one, drawn anew for every object and read. So a read may see a write that the next
 * read does not, as with replicas behind one endpoint, but never a version older than a settled one
 * (<a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html">IAM:
 * changes that I make are not always immediately visible</a>; <a
 * href="https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html">EC2: eventual
 * consistency</a>).
 */
final class Replicated<T> {
  private final SortedMap<String, List<Version<T>>> histories = new TreeMap<>();
  private final Lag lag;
  private final View[] views;

  /** One version; empty content is an object that is not there. */
  private record Version<T>(Optional<T> content, Map<View, Long> settledAt) {
    boolean isSettledFor(View view, long now) {
      Long moment = settledAt.get(view);
      return moment == null || moment <= now;
    }

    boolean isSettledForAll(long now) {
      for (long moment : settledAt.values()) {
        if (moment > now) {
          return false;
        }
      }
      return true;
    }
  }

  Replicated(Lag lag, View... views) {
    this.lag = lag;
    this.views = views;
  }

  /** Returns the object as it is, whoever sees it. */
  Optional<T> current(String key) {
    List<Version<T>> history = histories.get(key);
    return history == null ? Optional.empty() : history.get(history.size() - 1).content();
  }

  /** Returns all objects as they are, in the order of their keys. */
  List<T> current() {
    List<T> all = new ArrayList<>(histories.size());
    for (List<Version<T>> history : histories.values()) {
      history.get(history.size() - 1).content().ifPresent(all::add);
    }
    return all;
  }

  /** Returns the object as one read in the view shows it. */
  Optional<T> seenBy(View view, String key) {
    List<Version<T>> history = histories.get(key);
    return history == null ? Optional.empty() : draw(history, view);
  }

  /** Returns all objects as one read in the view shows them, in the order of their keys. */
  List<T> seenBy(View view) {
    List<T> seen = new ArrayList<>(histories.size());
    for (Iterator<List<Version<T>>> each = histories.values().iterator(); each.hasNext(); ) {
      List<Version<T>> history = each.next();
      draw(history, view).ifPresent(seen::add);
      if (isGoneForAll(history)) {
        each.remove();
      }
    }
    return seen;
  }

  void put(String key, T content) {
    write(key, Optional.of(content));
  }

  void remove(String key) {
    write(key, Optional.empty());
  }

  /** Makes everything that was written so far visible to all. */
  void settle() {
    List.copyOf(histories.keySet()).forEach(this::settle);
  }

  /** Makes everything that was written so far to one object visible to all. */
  void settle(String key) {
    Optional<T> last = current(key);
    histories.remove(key);
    last.ifPresent(
        there -> {
          List<Version<T>> history = new ArrayList<>();
          history.add(new Version<>(last, Map.of()));
          histories.put(key, history);
        });
  }

  private void write(String key, Optional<T> content) {
    Map<View, Long> settledAt = new EnumMap<>(View.class);
    for (View view : views) {
      settledAt.put(view, lag.settlesAt(view));
    }
    List<Version<T>> history = histories.computeIfAbsent(key, unknown -> new ArrayList<>());
    if (history.isEmpty()) {
      history.add(new Version<>(Optional.empty(), Map.of()));
    }
    history.add(new Version<>(content, settledAt));
    forgetWhatNobodySees(history);
  }

  private void forgetWhatNobodySees(List<Version<T>> history) {
    int settled = history.size() - 1;
    while (!history.get(settled).isSettledForAll(lag.now())) {
      settled--;
    }
    history.subList(0, settled).clear();
  }

  private Optional<T> draw(List<Version<T>> history, View view) {
    if (history.size() == 1) {
      return history.get(0).content();
    }
    forgetWhatNobodySees(history);
    long now = lag.now();
    int settled = history.size() - 1;
    while (!history.get(settled).isSettledFor(view, now)) {
      settled--;
    }
    return history.get(settled + lag.draw(history.size() - settled)).content();
  }

  private boolean isGoneForAll(List<Version<T>> history) {
    return history.size() == 1 && history.get(0).content().isEmpty();
  }
}
