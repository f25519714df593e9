package spawn.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import spawn.role.Tags;

/** Which instances are listed: options of {@code spawn list}. */
final class InstanceFilters {
  private static final List<String> STATES =
      InstanceStateName.knownValues().stream()
          .filter(state -> state != InstanceStateName.UNKNOWN_TO_SDK_VERSION)
          .map(InstanceStateName::toString)
          .sorted()
          .toList();

  /** An instance that has ended is shown for about an hour, which nobody looks for. */
  private static final List<String> BEFORE_THE_END =
      STATES.stream().filter(state -> !state.equals("terminated")).toList();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      description = "states, as running,stopped; all but terminated if left out",
      converter = State.class)
  private List<String> states = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      split = ",",
      description = "names; * stands for any text, ? for one character")
  private List<String> names = List.of();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "the role that the instance has now; * and ? as above")
  private String role;

  @Option(
      names = "--job-array-name",
      paramLabel = "NAME",
      description = "the job array that the instance belongs to; * and ? as above")
  private String jobArray;

  @Option(
      names = "--filter",
      paramLabel = "FILTER",
      description = "a filter of aws ec2 describe-instances: Name=tag:Stage,Values=prod,test",
      converter = Ec2Filter.class)
  private List<Filter> others = List.of();

  @Option(names = "--all", description = "also instances that spawn has not launched")
  private boolean all;

  /** Returns what EC2 is to go by. */
  List<Filter> ofEc2() {
    List<Filter> filters = new ArrayList<>(others);
    filters.add(
        RegionInstances.filter("instance-state-name", states.isEmpty() ? BEFORE_THE_END : states));
    if (!all) {
      filters.add(RegionInstances.filter("tag:" + Tags.MANAGED, List.of("true")));
    }
    if (!names.isEmpty()) {
      filters.add(RegionInstances.filter("tag:Name", names));
    }
    if (jobArray != null) {
      filters.add(RegionInstances.filter("tag:" + ListedInstance.JOB_ARRAY, List.of(jobArray)));
    }
    return filters;
  }

  /** Returns whether the role is one that is asked for, which EC2 cannot tell. */
  boolean isOfRole(ListedInstance instance) {
    return role == null
        || instance.role().name().filter(pattern(role).asMatchPredicate()).isPresent();
  }

  /** Returns what a text with EC2's two wildcards matches. */
  static Pattern pattern(String text) {
    return Pattern.compile(
        text.chars()
            .mapToObj(
                symbol ->
                    symbol == '*'
                        ? ".*"
                        : symbol == '?' ? "." : Pattern.quote(String.valueOf((char) symbol)))
            .reduce("", String::concat),
        Pattern.DOTALL);
  }

  /** Reads a state. */
  static final class State implements ITypeConverter<String> {
    @Override
    public String convert(String word) {
      if (!STATES.contains(word)) {
        throw new TypeConversionException(
            "\"%s\" is not one of: %s".formatted(word, String.join(", ", STATES)));
      }
      return word;
    }
  }

  /** Reads a filter as the AWS CLI does. */
  static final class Ec2Filter implements ITypeConverter<Filter> {
    private static final Pattern FORM = Pattern.compile("Name=([^,]+),Values=(.+)");

    @Override
    public Filter convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException(
            "\"%s\" is not of the form Name=tag:Stage,Values=prod,test".formatted(text));
      }
      return RegionInstances.filter(form.group(1), Arrays.asList(form.group(2).split(",")));
    }
  }
}
