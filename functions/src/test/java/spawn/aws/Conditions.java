package spawn.aws;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The condition operators of IAM (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">operators</a>;
 * <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html">sets
 * of values</a>).
 */
final class Conditions {
  private static final String IF_EXISTS = "IfExists";
  private static final String ANY = "foranyvalue:";
  private static final String ALL = "forallvalues:";

  private Conditions() {}

  /** Returns the values of a key, whose letter case does not matter. */
  static Optional<List<String>> values(Map<String, List<String>> context, String key) {
    return context.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(key))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * Returns whether a condition holds.
   *
   * @param wanted the policy's values
   * @param actual the request's values, if it has the key
   * @param filled fills in variables; nothing where one has no value
   */
  static boolean hold(
      String written,
      List<String> wanted,
      Optional<List<String>> actual,
      Function<String, Optional<Like>> filled) {
    String operator = written.toLowerCase(Locale.ROOT);
    boolean any = operator.startsWith(ANY);
    boolean all = operator.startsWith(ALL);
    String single = operator.substring(any ? ANY.length() : all ? ALL.length() : 0);
    boolean ifExists = single.endsWith(IF_EXISTS.toLowerCase(Locale.ROOT));
    String name = ifExists ? single.substring(0, single.length() - IF_EXISTS.length()) : single;
    if (name.equals("null")) {
      return wanted.stream().anyMatch(value -> value.equalsIgnoreCase("" + actual.isEmpty()));
    }
    Operator known = Operator.of(name);
    if (actual.isEmpty()) {
      // IfExists is asked of each value, so that it does not help ForAnyValue, which asks for one.
      return !any && (all || ifExists || known.negated());
    }
    if (all) {
      return actual.get().stream().allMatch(value -> known.holds(wanted, value, filled));
    }
    return actual.get().stream().anyMatch(value -> known.holds(wanted, value, filled));
  }

  /** Whether a value of the request is one of the policy's. */
  private interface Comparison {
    boolean same(Like wanted, String actual);
  }

  /**
   * An operator.
   *
   * @param negated whether it holds where none of the policy's values matches
   * @param variables whether the policy's values may have variables
   */
  private record Operator(boolean negated, boolean variables, Comparison comparison) {
    boolean holds(List<String> wanted, String actual, Function<String, Optional<Like>> filled) {
      boolean any =
          wanted.stream()
              .map(value -> variables ? filled.apply(value) : Optional.of(Like.of(value, false)))
              .flatMap(Optional::stream)
              .anyMatch(value -> comparison.same(value, actual));
      return any != negated;
    }

    private static Operator of(String name) {
      return switch (name) {
        case "stringequals" -> text(false, (wanted, actual) -> wanted.text().equals(actual));
        case "stringnotequals" -> text(true, (wanted, actual) -> wanted.text().equals(actual));
        case "stringequalsignorecase" ->
            text(false, (wanted, actual) -> wanted.text().equalsIgnoreCase(actual));
        case "stringnotequalsignorecase" ->
            text(true, (wanted, actual) -> wanted.text().equalsIgnoreCase(actual));
        case "stringlike" -> text(false, Like::matches);
        case "stringnotlike" -> text(true, Like::matches);
        case "arnequals", "arnlike" -> text(false, Like::matchesArn);
        case "arnnotequals", "arnnotlike" -> text(true, Like::matchesArn);
        case "bool" -> plain(false, (wanted, actual) -> wanted.text().equalsIgnoreCase(actual));
        case "binaryequals" -> plain(false, (wanted, actual) -> wanted.text().equals(actual));
        case "ipaddress" -> plain(false, (wanted, actual) -> isWithin(wanted.text(), actual));
        case "notipaddress" -> plain(true, (wanted, actual) -> isWithin(wanted.text(), actual));
        case "numericequals" -> number(false, compared -> compared == 0);
        case "numericnotequals" -> number(true, compared -> compared == 0);
        case "numericlessthan" -> number(false, compared -> compared < 0);
        case "numericlessthanequals" -> number(false, compared -> compared <= 0);
        case "numericgreaterthan" -> number(false, compared -> compared > 0);
        case "numericgreaterthanequals" -> number(false, compared -> compared >= 0);
        case "dateequals" -> date(false, compared -> compared == 0);
        case "datenotequals" -> date(true, compared -> compared == 0);
        case "datelessthan" -> date(false, compared -> compared < 0);
        case "datelessthanequals" -> date(false, compared -> compared <= 0);
        case "dategreaterthan" -> date(false, compared -> compared > 0);
        case "dategreaterthanequals" -> date(false, compared -> compared >= 0);
        default -> throw AwsErrors.malformedPolicyDocument("unknown operator " + name);
      };
    }

    private static Operator text(boolean negated, Comparison comparison) {
      return new Operator(negated, true, comparison);
    }

    private static Operator plain(boolean negated, Comparison comparison) {
      return new Operator(negated, false, comparison);
    }

    private interface Compared {
      boolean right(int compared);
    }

    private static Operator number(boolean negated, Compared compared) {
      return plain(
          negated,
          (wanted, actual) -> {
            try {
              return compared.right(
                  new BigDecimal(actual).compareTo(new BigDecimal(wanted.text())));
            } catch (NumberFormatException noNumber) {
              return false;
            }
          });
    }

    private static Operator date(boolean negated, Compared compared) {
      return plain(
          negated,
          (wanted, actual) -> {
            Optional<Instant> own = instant(actual);
            Optional<Instant> other = instant(wanted.text());
            return own.isPresent()
                && other.isPresent()
                && compared.right(own.get().compareTo(other.get()));
          });
    }
  }

  /** Times are written in ISO 8601, to the day or finer, or in seconds since 1970. */
  private static Optional<Instant> instant(String text) {
    try {
      if (text.matches("\\d+")) {
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
      }
      return Optional.of(
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException | NumberFormatException noTime) {
      return Optional.empty();
    }
  }

  private static boolean isWithin(String range, String address) {
    int slash = range.indexOf('/');
    byte[] network = bytes(slash < 0 ? range : range.substring(0, slash));
    byte[] host = bytes(address);
    if (network == null || host == null || network.length != host.length) {
      return false;
    }
    int bits = 8 * network.length;
    int length = slash < 0 ? bits : Integer.parseInt(range.substring(slash + 1));
    return new BigInteger(1, network)
        .shiftRight(bits - length)
        .equals(new BigInteger(1, host).shiftRight(bits - length));
  }

  private static byte[] bytes(String address) {
    if (!address.matches("[0-9a-fA-F:.]+")) {
      return null;
    }
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException noAddress) {
      return null;
    }
  }
}
