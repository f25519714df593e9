package spawn.aws;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * EC2's filters: all must match, each by any of its values, in which {@code *} is any text, {@code
 * ?} any character and {@code \} takes the next character as it is (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">list and filter
 * your resources</a>).
 */
final class Ec2Filters {
  /**
   * A call holds at most 200 filter values (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html">
   * DescribeInstances</a>; the code and words are those of the reply).
   */
  static final int MOST_VALUES = 200;

  private Ec2Filters() {}

  /**
   * A filter that does not exist is refused, whether or not there is anything to filter (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">EC2 error
   * codes</a>).
   *
   * @param exists whether the operation has a filter of a name
   */
  static void check(List<Filter> filters, Predicate<String> exists) {
    for (Filter filter : filters) {
      if (!exists.test(filter.name())) {
        throw AwsErrors.ec2(
            "InvalidParameterValue", 400, "The filter '" + filter.name() + "' is invalid");
      }
    }
    if (filters.stream().mapToInt(filter -> filter.values().size()).sum() > MOST_VALUES) {
      throw AwsErrors.ec2(
          "FilterLimitExceeded",
          400,
          "The maximum number of filter values specified on a single call is " + MOST_VALUES);
    }
  }

  /**
   * Returns whether an item passes all filters.
   *
   * @param property an item's value of a filter's name; empty if the item has none
   */
  static <T> boolean match(
      List<Filter> filters, T item, BiFunction<T, String, Optional<String>> property) {
    for (Filter filter : filters) {
      Optional<String> value = property.apply(item, filter.name());
      if (value.isEmpty()
          || filter.values().stream().noneMatch(pattern -> matches(pattern, value.get()))) {
        return false;
      }
    }
    return true;
  }

  static boolean matches(String pattern, String text) {
    boolean isLiteral =
        pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0 && pattern.indexOf('\\') < 0;
    return isLiteral ? pattern.equals(text) : matches(pattern, 0, text, 0);
  }

  private static boolean matches(String pattern, int from, String text, int at) {
    int p = from;
    int t = at;
    while (p < pattern.length()) {
      char wanted = pattern.charAt(p);
      if (wanted == '*') {
        for (int rest = t; rest <= text.length(); rest++) {
          if (matches(pattern, p + 1, text, rest)) {
            return true;
          }
        }
        return false;
      }
      boolean any = wanted == '?';
      if (wanted == '\\' && p + 1 < pattern.length()) {
        p++;
        wanted = pattern.charAt(p);
      }
      if (t == text.length() || (!any && text.charAt(t) != wanted)) {
        return false;
      }
      p++;
      t++;
    }
    return t == text.length();
  }
}
