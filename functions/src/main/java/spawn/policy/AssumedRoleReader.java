package spawn.policy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import spawn.payload.Quote;

/** Reads {@code assumeRoles}: the roles, mostly of other accounts, that the role may assume. */
final class AssumedRoleReader {
  private static final String FIELD = "assumeRoles";

  private final StackContext context;

  AssumedRoleReader(StackContext context) {
    this.context = context;
  }

  /** Returns the ARNs of the roles, in the payload's order. */
  List<String> read(Reading reading) {
    Set<String> arns = new LinkedHashSet<>();
    reading.texts(
        FIELD,
        (text, at) -> {
          Matcher arn = IamArns.ROLE.matcher(text);
          if (!arn.matches()) {
            reading.problem(
                at,
                "%s is not the ARN of a role: write for example arn:%s:iam::111122223333:role/reader, without wildcards."
                    .formatted(Quote.of(text), context.partition()));
          } else if (!arn.group(1).equals(context.partition())) {
            reading.problem(at, context.notOfPartition(text));
          } else {
            arns.add(text);
          }
        });
    return List.copyOf(arns);
  }

  /** Returns what lets the role assume the roles; nothing if there are none. */
  static List<Grant> grants(List<String> arns, Reading reading) {
    return arns.isEmpty()
        ? List.of()
        : List.of(
            new Grant(
                reading.path(FIELD),
                Statement.allow(List.of("sts:AssumeRole"), arns, Condition.NONE)));
  }
}
