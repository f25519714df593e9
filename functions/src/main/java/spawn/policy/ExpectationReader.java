package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import spawn.error.Problems;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.JsonPath;
import spawn.payload.Nearest;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;
import spawn.payload.Text;
import spawn.policy.Expectation.ContextValue;
import spawn.policy.ServiceReference.Action;

/**
 * Reads {@code expect}: what a role must, and must not, be allowed. Actions are those of AWS's
 * service authorization reference; resources are written as in {@code resources}, and stand for the
 * same ARNs.
 */
public final class ExpectationReader {
  private static final String EXAMPLE = "\"s3:GetObject s3://bucket/key\"";

  private static final Field<String> ACTION =
      Field.required("action", Text.ANY, "the action", "\"s3:GetObject\"");

  private static final Field<String> RESOURCE =
      Field.optional(
          "resource",
          Text.ANY,
          "an ARN, or a short form such as s3://bucket/key; * if left out",
          "\"s3://bucket/key\"");

  private static final Field<JsonNode> CONTEXT =
      Field.optional(
          "context",
          new Document("an object of condition keys", "objects of condition keys"),
          "values of condition keys",
          "{\"aws:SourceIp\": \"10.0.0.1\"}");

  /** The members of an entry that is an object. */
  static final Fields ENTRY = Fields.of(ACTION, RESOURCE, CONTEXT);

  private final StackContext context;
  private final Templates templates;

  /** Creates a reader for the roles of one stack. */
  public ExpectationReader(StackContext context) {
    this.context = context;
    this.templates = PolicyData.standard().templates();
  }

  /**
   * Returns what is expected.
   *
   * @param expect an object with the members of {@link ExpectFields}, or one that is not given
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  public ResolvedExpectations read(PayloadObject expect, Problems problems) {
    return expect.isGiven() ? new OneReading(expect, problems).read() : ResolvedExpectations.NONE;
  }

  /** One reading of one object. */
  private final class OneReading {
    private final PayloadObject expect;
    private final Problems problems;
    private final ContextReader contexts;
    private final List<Expectation> expectations = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();

    OneReading(PayloadObject expect, Problems problems) {
      this.expect = expect;
      this.problems = problems;
      this.contexts = new ContextReader(problems);
    }

    ResolvedExpectations read() {
      Map<String, ContextValue> common =
          expect
              .get(ExpectFields.CONTEXT)
              .map(given -> contexts.read(given, expect.path(ExpectFields.CONTEXT)))
              .orElse(Map.of());
      List<JsonNode> allow = expect.list(ExpectFields.ALLOW);
      List<JsonNode> deny = expect.list(ExpectFields.DENY);
      boolean wrong = expect.isWrong(ExpectFields.ALLOW) || expect.isWrong(ExpectFields.DENY);
      int count = allow.size() + deny.size();
      if (count == 0 && !wrong) {
        problems.add(
            expect.path(),
            "Must name something in \"allow\" or \"deny\", for example %s.".formatted(EXAMPLE));
      }
      if (count > ExpectFields.MAX_EXPECTATIONS) {
        problems.add(
            expect.path(),
            "Has %d expectations, but at most %d are tested."
                .formatted(count, ExpectFields.MAX_EXPECTATIONS));
        return ResolvedExpectations.NONE;
      }
      entries(allow, ExpectFields.ALLOW, true, common);
      entries(deny, ExpectFields.DENY, false, common);
      return new ResolvedExpectations(List.copyOf(expectations), List.copyOf(warnings));
    }

    private void entries(
        List<JsonNode> entries,
        Field<List<JsonNode>> field,
        boolean allowed,
        Map<String, ContextValue> common) {
      for (int index = 0; index < entries.size(); index++) {
        String at = JsonPath.index(expect.path(field), index);
        entry(entries.get(index), at, allowed, common).ifPresent(expectations::add);
      }
    }

    private Optional<Expectation> entry(
        JsonNode entry, String at, boolean allowed, Map<String, ContextValue> common) {
      if (entry.isTextual()) {
        String[] parts = entry.textValue().strip().split("\\s+", 2);
        return expectation(
            parts[0], at, parts.length > 1 ? parts[1] : "*", at, allowed, common.values(), at);
      }
      if (!entry.isObject()) {
        problems.add(
            at,
            "Must be an action and a resource, as in %s, or an object with \"action\", \"resource\" and \"context\", not %s."
                .formatted(EXAMPLE, Quote.kind(entry)));
        return Optional.empty();
      }
      PayloadObject object = PayloadObject.at(entry, at, ENTRY, problems);
      Map<String, ContextValue> values = new TreeMap<>(common);
      object
          .get(CONTEXT)
          .ifPresent(given -> values.putAll(contexts.read(given, object.path(CONTEXT))));
      Optional<String> resource = object.get(RESOURCE);
      return object
          .get(ACTION)
          .filter(action -> !object.isWrong(RESOURCE))
          .flatMap(
              action ->
                  expectation(
                      action,
                      object.path(ACTION),
                      resource.orElse("*"),
                      object.path(RESOURCE),
                      allowed,
                      values.values(),
                      at));
    }

    private Optional<Expectation> expectation(
        String action,
        String atAction,
        String resource,
        String atResource,
        boolean allowed,
        Collection<ContextValue> values,
        String at) {
      Optional<ExpectedResource.OfService> known = action(action, atAction);
      Optional<Expectation> expectation =
          known
              .flatMap(
                  of ->
                      new ExpectedResource(of, context, templates, problems)
                          .read(resource, atResource))
              .map(
                  arn ->
                      new Expectation(at, allowed, known.get().name(), arn, List.copyOf(values)));
      // An action that takes no resource is about everything by itself.
      expectation
          .filter(Expectation::isPattern)
          .filter(pattern -> !known.get().action().accepts().isEmpty())
          .map(OneReading::pattern)
          .ifPresent(warnings::add);
      return expectation;
    }

    private Optional<ExpectedResource.OfService> action(String text, String at) {
      int colon = text.indexOf(':');
      if (colon < 1 || colon == text.length() - 1) {
        problems.add(
            at, "%s is not an action: write for example %s.".formatted(Quote.of(text), EXAMPLE));
        return Optional.empty();
      }
      if (text.indexOf('*') >= 0 || text.indexOf('?') >= 0) {
        problems.add(
            at,
            "%s has a wildcard, but IAM tries one action at a time: name it in full."
                .formatted(Quote.of(text)));
        return Optional.empty();
      }
      String service = text.substring(0, colon).toLowerCase(Locale.ROOT);
      String name = text.substring(colon + 1);
      Optional<ServiceReference> reference = ServiceReference.of(service);
      Optional<Action> action = reference.flatMap(known -> known.action(name));
      if (action.isEmpty()) {
        problems.add(
            at,
            () ->
                "AWS's reference has no action %s.%s"
                    .formatted(
                        Quote.of(text),
                        problems.suggestion(() -> nearest(service, name, reference))));
      }
      return action.map(known -> new ExpectedResource.OfService(service, known));
    }

    private static String nearest(
        String service, String name, Optional<ServiceReference> reference) {
      if (reference.isEmpty()) {
        return Nearest.question(service, ServiceReference.services());
      }
      return Nearest.to(name, reference.get().actions().stream().map(Action::name).toList(), 1)
          .stream()
          .findFirst()
          .map(near -> " Did you mean \"%s:%s\"?".formatted(service, near))
          .orElse("");
    }

    private static Warning pattern(Expectation expectation) {
      return new Warning(
          "EXPECTATION_OF_A_PATTERN",
          Severity.LOW,
          expectation.path(),
          "IAM judges %s as one resource of that very name, so the test proves nothing for the resources that it stands for."
              .formatted(Quote.of(expectation.resource())),
          expectation.allowed()
              ? "Name some of the resources that must be allowed, one each."
              : "Name some of the resources that must be denied, one each.");
    }
  }
}
