package spawn.policy;

import java.util.Set;
import java.util.function.Consumer;
import spawn.payload.Quote;

/** Warns of what IAM takes in a statement although it may not mean what it is for. */
final class StatementDoubts {
  /** The code of what is wrong with policy variables. */
  private static final String VARIABLE_CODE = "POLICY_VARIABLE";

  private static final String DOUBTFUL_CODE = "DOUBTFUL_ARN";
  private static final String UNKNOWN_CODE = "UNKNOWN_ARN";

  /** Takes no warning, so that nothing is looked up for one. */
  static final Consumer<Warning> NOBODY = warning -> {};

  /** Whoever wrote more of them knows by then. */
  private static final int MAX_WARNINGS = 50;

  private final Consumer<Warning> sink;
  private final KnownArns known = new KnownArns();
  private int warnings;

  StatementDoubts(Consumer<Warning> sink) {
    this.sink = sink;
  }

  /**
   * Warns of a resource that {@link ResourceRules} let pass.
   *
   * @param services the services of the statement's actions; empty if it is about all
   */
  void resource(String resource, String path, Set<String> services) {
    if (sink == NOBODY || warnings >= MAX_WARNINGS || resource.equals("*")) {
      return;
    }
    Arn written = Arn.of(resource);
    String whole = Arn.writtenOut(resource);
    if (!written.isWhole()) {
      endsEarly(resource, whole, path);
    } else if (Arn.isOpen(written.partition()) && !written.partition().equals("*")) {
      warn(
          DOUBTFUL_CODE,
          path,
          "%s has a wildcard within the partition, which AWS's own policies never have."
              .formatted(Quote.of(resource)),
          "Write the partition out, or * for it.");
    }
    Arn arn = Arn.of(whole);
    if (arn.isWhole() && !known.mayExist(arn, services)) {
      unknown(arn, resource, path, services);
    }
    variables(resource, path);
  }

  private void unknown(Arn arn, String resource, String path, Set<String> services) {
    boolean account = !arn.account().isEmpty() && known.mayExist(arn.ofAnyAccount(), services);
    warn(
        UNKNOWN_CODE,
        path,
        (account
                ? "The account of %s is not one that such resources have, so it may match nothing."
                : "AWS's reference lists no kind of resource with an ARN like %s, so it may match nothing.")
            .formatted(Quote.of(resource)),
        account
            ? "Write the twelve digits of the account, or *."
            : "Compare it with the ARNs that the reference lists for the service; * is every resource.");
  }

  private void endsEarly(String resource, String whole, String path) {
    warn(
        DOUBTFUL_CODE,
        path,
        whole.equals(resource)
            ? "%s ends within the service, so it stands for every resource of several services."
                .formatted(Quote.of(resource))
            : "%s ends early, so it stands for %s.".formatted(Quote.of(resource), whole),
        "Write the ARN of what is meant, in six parts.");
  }

  /** Warns of the policy variables of a resource, or of a value of a condition. */
  void variables(String text, String path) {
    if (warnings < MAX_WARNINGS && text.contains("${")) {
      PolicyVariables.doubts(text)
          .forEach(doubt -> warn(VARIABLE_CODE, path, doubt.message(), doubt.advice()));
    }
  }

  /** Warns that what looks like variables is plain text in the language of a document. */
  void plainVariables(String path) {
    warn(
        VARIABLE_CODE,
        path,
        "Without \"Version\": \"2012-10-17\", what looks like policy variables is plain text.",
        "Add that version, unless plain text is meant.");
  }

  private void warn(String code, String path, String message, String advice) {
    warnings++;
    sink.accept(new Warning(code, Severity.LOW, path, message, advice));
  }
}
