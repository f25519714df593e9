package spawn.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.role.RoleNames;

/**
 * Reads a direct call of the sweep, or says everything that is wrong with it: a misspelt {@code
 * dryRun} must not be taken for none.
 */
public final class SweepRequestReader {
  private static final List<String> FIELDS =
      List.of("dryRun", "regions", "roleNames", "olderThan", "mayDeleteMost", "roleSet");

  private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-\\d+");

  private final JsonNode call;
  private final Problems problems = new Problems();

  private SweepRequestReader(JsonNode call) {
    this.call = call;
  }

  /**
   * Returns what a direct call asks for.
   *
   * @throws InvalidRequest with every problem of the call
   */
  public static SweepRequest read(JsonNode call) {
    return new SweepRequestReader(call).read();
  }

  private SweepRequest read() {
    if (!call.isObject()) {
      throw new InvalidRequest(
          "$",
          "A direct call is an object with any of %s; {} sweeps all roles that have generated names."
              .formatted(String.join(", ", FIELDS)));
    }
    call.fieldNames()
        .forEachRemaining(
            field -> {
              if (!FIELDS.contains(field)) {
                problems.add(
                    "$." + field,
                    "A direct call knows no such field; it knows %s."
                        .formatted(String.join(", ", FIELDS)));
              }
            });
    SweepRequest request =
        new SweepRequest(
            flag("dryRun"),
            texts(
                "regions",
                REGION.asMatchPredicate(),
                "the name of a region, for example \"eu-west-1\""),
            texts("roleNames", RoleNames::isValid, "the name of a role, without its path"),
            olderThan(),
            flag("mayDeleteMost"),
            roleSet());
    problems.throwIfAny();
    return request;
  }

  private boolean flag(String field) {
    JsonNode value = call.path(field);
    if (!value.isMissingNode() && !value.isBoolean()) {
      problems.add("$." + field, "This must be true or false.");
    }
    return value.booleanValue();
  }

  private Set<String> texts(String field, Predicate<String> form, String what) {
    JsonNode value = call.path(field);
    Set<String> texts = new LinkedHashSet<>();
    if (value.isMissingNode()) {
      return texts;
    }
    if (!value.isArray() || value.isEmpty()) {
      problems.add(
          "$." + field,
          "This must be a list with at least one entry; leave it out to mean all of them.");
    }
    for (int i = 0; i < value.size(); i++) {
      if (value.path(i).isTextual() && form.test(value.path(i).textValue())) {
        texts.add(value.path(i).textValue());
      } else {
        problems.add("$.%s[%d]".formatted(field, i), "This must be " + what + ".");
      }
    }
    return texts;
  }

  private Optional<String> roleSet() {
    JsonNode value = call.path("roleSet");
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual() || !RoleNames.isValid(value.textValue())) {
      problems.add("$.roleSet", "This must be the name prefix of a role set.");
    }
    return Optional.of(value.asText());
  }

  private Duration olderThan() {
    JsonNode value = call.path("olderThan");
    if (value.isMissingNode()) {
      return Duration.ZERO;
    }
    try {
      Duration duration = Duration.parse(value.isTextual() ? value.textValue() : "");
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeException notIso) {
      // Said below, as for the negative.
    }
    problems.add(
        "$.olderThan", "This must be a duration in ISO 8601, for example \"P7D\" or \"PT36H\".");
    return Duration.ZERO;
  }
}
