package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import spawn.error.Problems;
import spawn.payload.Quote;

/** One reading of an {@code iam} object: its fields, and what is found in them. */
final class Reading {
  private final JsonNode iam;
  private final String path;
  private final Problems problems;
  private final Set<Warning> warnings = new LinkedHashSet<>();

  Reading(JsonNode iam, String path, Problems problems) {
    this.iam = iam;
    this.path = path;
    this.problems = problems;
  }

  /** Returns the JSON path of the object. */
  String path() {
    return path;
  }

  /** Returns the JSON path of a field. */
  String path(String field) {
    return path + "." + field;
  }

  /** Returns the value of a field that is present and not {@code null}. */
  Optional<JsonNode> field(String name) {
    return Optional.ofNullable(iam.get(name)).filter(value -> !value.isNull());
  }

  /**
   * Hands over the strings of a list with their paths; anything else is a problem.
   *
   * @return how many entries the list has, 0 if there is no list
   */
  int texts(String field, BiConsumer<String, String> entry) {
    String at = path(field);
    JsonNode list = field(field).orElse(null);
    if (list == null) {
      return 0;
    }
    if (!list.isArray()) {
      problems.add(at, "Must be a list of strings, not %s.".formatted(Quote.kind(list)));
      return 0;
    }
    if (list.size() > PermissionFields.MAX_ENTRIES) {
      problems.add(
          at,
          "Has %d entries, but at most %d are read."
              .formatted(list.size(), PermissionFields.MAX_ENTRIES));
      return list.size();
    }
    for (int index = 0; index < list.size(); index++) {
      JsonNode text = list.get(index);
      String atEntry = at + "[" + index + "]";
      if (text.isTextual()) {
        entry.accept(text.asText(), atEntry);
      } else {
        problems.add(atEntry, "Must be a string, not %s.".formatted(Quote.kind(text)));
      }
    }
    return list.size();
  }

  /** Returns what takes the problems. */
  Problems problems() {
    return problems;
  }

  void problem(String at, String message) {
    problems.add(at, message);
  }

  /** Notes a problem whose message is made if it is told. */
  void problem(String at, Supplier<String> message) {
    problems.add(at, message);
  }

  /** Returns whether a field is given and wrong, as far as it has been read. */
  boolean isWrong(String field) {
    return field(field).isPresent() && problems.concern(path(field));
  }

  /** Adds a warning, unless the same one stands there. */
  void warning(Warning warning) {
    warnings.add(warning);
  }

  /** Returns the warnings so far, in the order of finding. */
  List<Warning> warnings() {
    return List.copyOf(warnings);
  }
}
