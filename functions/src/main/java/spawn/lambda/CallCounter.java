package spawn.lambda;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests that a process has sent to AWS, repeated ones included. */
public final class CallCounter {
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final LongAdder repeated = new LongAdder();

  /** Counts one request; safe to call from any thread. */
  public void count(String operation) {
    sent.merge(operation, 1L, Long::sum);
  }

  /** Counts one request that repeats another; safe to call from any thread. */
  void countRepeated() {
    repeated.increment();
  }

  /**
   * Returns how many of the requests so far repeated another, since AWS asked to slow down, failed
   * or did not answer.
   */
  public long repeated() {
    return repeated.sum();
  }

  /** Returns how many requests there have been so far. */
  public long total() {
    return sent.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns how many requests of each operation there have been so far. */
  Map<String, Long> byOperation() {
    return Map.copyOf(sent);
  }

  /** Returns how many there have been of each since an earlier count; without those of none. */
  Map<String, Long> since(Map<String, Long> earlier) {
    Map<String, Long> more = new TreeMap<>();
    sent.forEach(
        (operation, times) -> {
          long added = times - earlier.getOrDefault(operation, 0L);
          if (added > 0) {
            more.put(operation, added);
          }
        });
    return more;
  }
}
