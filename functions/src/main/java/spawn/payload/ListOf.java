package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import spawn.error.Problems;
import spawn.json.Json;

/**
 * A list.
 *
 * @param item what each entry must be
 * @param min the least number of entries
 * @param max the greatest number of entries
 * @param unique whether an entry that is given twice is a problem
 */
public record ListOf<T>(Kind<T> item, int min, int max, boolean unique) implements Kind<List<T>> {
  /** The {@code max} of a list that may have any number of entries. */
  public static final int ANY_NUMBER = Integer.MAX_VALUE;

  /** Returns the kind of lists with at most so many entries, which may name one twice. */
  public static <T> ListOf<T> upTo(int max, Kind<T> item) {
    return new ListOf<>(item, 0, max, false);
  }

  /** Returns the kind of lists with at least one entry, which may name one twice. */
  public static <T> ListOf<T> oneOrMore(Kind<T> item) {
    return new ListOf<>(item, 1, ANY_NUMBER, false);
  }

  /** Returns the kind of the same lists, in which an entry that is given twice is a problem. */
  public ListOf<T> withoutDuplicates() {
    return new ListOf<>(item, min, max, true);
  }

  @Override
  public String expected() {
    return "a list of " + count() + item.plural();
  }

  private String count() {
    if (max == ANY_NUMBER) {
      return min == 0 ? "" : min + " or more ";
    }
    return min == 0 ? "up to " + max + " " : min + " to " + max + " ";
  }

  @Override
  public String plural() {
    return "lists of " + item.plural();
  }

  /** Reads a list; entries that are wrong are left out of it. */
  @Override
  public Optional<List<T>> read(JsonNode json, String path, Problems problems) {
    if (!json.isArray()) {
      return refuse(json, path, problems);
    }
    if (json.size() < min || json.size() > max) {
      problems.add(
          path,
          "Must be %s, not %s."
              .formatted(expected(), json.isEmpty() ? "an empty list" : "of " + json.size()));
      return Optional.empty();
    }
    List<T> entries = new ArrayList<>();
    Set<T> seen = new HashSet<>();
    for (int i = 0; i < json.size(); i++) {
      String at = JsonPath.index(path, i);
      Optional<T> entry = item.read(json.get(i), at, problems);
      if (unique && entry.filter(given -> !seen.add(given)).isPresent()) {
        problems.add(
            at, "%s is given twice: leave one out.".formatted(Quote.cut(Json.text(json.get(i)))));
      } else {
        entry.ifPresent(entries::add);
      }
    }
    return Optional.of(List.copyOf(entries));
  }
}
