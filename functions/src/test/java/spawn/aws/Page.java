package spawn.aws;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a listing.
 *
 * <p>The token names the last item that was shown, so that what comes and goes between two pages
 * neither hides nor repeats another item.
 *
 * @param items what the page holds; it may be less than was asked for, or nothing
 * @param next the token of the next page; empty if this is the last
 */
record Page<T>(List<T> items, Optional<String> next) {
  private static final String AFTER = "after:";

  /**
   * Returns the page behind a token.
   *
   * @param token of the page before; null for the first page
   * @param size how many items it may hold
   * @param all what is listed, in the order of its keys
   */
  static <T> Page<T> of(List<T> all, Function<T, String> key, String token, int size) {
    String last = token == null ? "" : token.substring(AFTER.length());
    List<T> rest = all.stream().filter(item -> key.apply(item).compareTo(last) > 0).toList();
    if (rest.size() <= size) {
      return new Page<>(rest, Optional.empty());
    }
    List<T> items = rest.subList(0, size);
    String shown = items.isEmpty() ? last : key.apply(items.get(size - 1));
    return new Page<>(items, Optional.of(AFTER + shown));
  }

  /** Returns whether a token is one that an earlier page gave. */
  static boolean isToken(String token) {
    return token == null || token.startsWith(AFTER);
  }
}
