package spawn.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.error.Problems;
import spawn.payload.Nearest;
import spawn.payload.Quote;
import spawn.policy.ServiceTemplates.Form;
import spawn.policy.ServiceTemplates.Shorthand;

/**
 * Reads the entries of {@code resources}: ARNs and the shorthand {@code service://name}.
 *
 * <p>The parts of an ARN are those of the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html">IAM user guide</a>; a
 * region or account that is left out is the stack's.
 */
final class ScopeReader {
  private static final Pattern REGION = Pattern.compile("\\*|[a-z]{2,3}(-[a-z]+)+-\\d{1,2}");
  private static final Pattern ACCOUNT = Pattern.compile("\\*|\\d{12}");

  /** The characters that a policy document may hold, white space and control characters aside. */
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E\\xA1-\\xFF]*");

  private final StackContext context;
  private final Templates templates;
  private final Problems problems;

  ScopeReader(StackContext context, Templates templates, Problems problems) {
    this.context = context;
    this.templates = templates;
    this.problems = problems;
  }

  /** Returns the scope, or nothing after adding what is wrong with it. */
  Optional<Scope> read(String text, String path) {
    if (!PRINTABLE.matcher(text).matches()) {
      problems.add(
          path,
          "%s has a character that policies cannot have: use printable characters up to U+00FF."
              .formatted(Quote.of(text)));
      return Optional.empty();
    }
    if (text.contains("${")) {
      problems.add(
          path,
          "%s has a policy variable, which \"resources\" cannot have. Use \"statements\" instead."
              .formatted(Quote.of(text)));
      return Optional.empty();
    }
    return text.startsWith("arn:") ? arn(text, path) : shorthand(text, path);
  }

  private Optional<Scope> shorthand(String text, String path) {
    int slashes = text.indexOf("://");
    String scheme = slashes < 0 ? "" : text.substring(0, slashes).toLowerCase(Locale.ROOT);
    ServiceTemplates service = templates.services().get(scheme);
    if (service == null || service.shorthand() == null) {
      problems.add(
          path,
          () ->
              "%s is neither an ARN nor of a form such as %s.%s"
                  .formatted(
                      Quote.of(text),
                      String.join(", ", examples()),
                      slashes < 0
                          ? ""
                          : problems.suggestion(() -> Nearest.question(scheme, schemes()))));
      return Optional.empty();
    }
    Shorthand shorthand = service.shorthand();
    String name = text.substring(slashes + 3);
    return name.isEmpty()
        ? malformed(text, path, service.example())
        : scope(text, path, scheme, "", "", shorthand.resource(name));
  }

  private Optional<Scope> arn(String text, String path) {
    String[] parts = text.split(":", 6);
    if (parts.length < 6 || parts[5].isEmpty()) {
      return malformed(text, path, "arn:partition:service:region:account:resource");
    }
    if (!parts[1].equals(context.partition())) {
      problems.add(path, context.notOfPartition(text));
      return Optional.empty();
    }
    return scope(text, path, parts[2], parts[3], parts[4], parts[5]);
  }

  private Optional<Scope> scope(
      String text, String path, String arnService, String region, String account, String resource) {
    for (Map.Entry<String, ServiceTemplates> service : templates.services().entrySet()) {
      for (Form form : service.getValue().forms()) {
        Matcher matcher = form.matches().matcher(resource);
        if (form.service().equals(arnService) && matcher.matches()) {
          return checkedOwner(text, path, form, region, account)
              .map(prefix -> new Scope(path, text, service.getKey(), arns(form, prefix, matcher)));
        }
      }
    }
    Optional<ServiceTemplates> known =
        services().filter(service -> service.hasArnsOf(arnService)).findFirst();
    if (known.isEmpty()) {
      problems.add(
          path,
          () ->
              "%s belongs to a service without templates. Use \"statements\" instead.%s"
                  .formatted(
                      Quote.of(text),
                      problems.suggestion(
                          () ->
                              Nearest.question(
                                  arnService, forms().map(Form::service).distinct().toList()))));
      return Optional.empty();
    }
    return malformed(text, path, known.get().example());
  }

  /** Returns the ARN up to the resource, with the stack's region and account where left out. */
  private Optional<String> checkedOwner(
      String text, String path, Form form, String region, String account) {
    String ownRegion = form.hasRegion() && region.isEmpty() ? context.region() : region;
    String ownAccount = form.hasAccount() && account.isEmpty() ? context.account() : account;
    boolean regionFits =
        form.hasRegion() ? REGION.matcher(ownRegion).matches() : ownRegion.isEmpty();
    boolean accountFits =
        form.hasAccount() ? ACCOUNT.matcher(ownAccount).matches() : ownAccount.isEmpty();
    if (!regionFits) {
      problems.add(
          path,
          (form.hasRegion()
                  ? "%s does not name a region: write one such as us-east-1, *, or nothing for the stack's."
                  : "%s names a region, but these resources have none: leave it empty.")
              .formatted(Quote.of(text)));
    }
    if (!accountFits) {
      problems.add(
          path,
          (form.hasAccount()
                  ? "%s does not name an account: write twelve digits, *, or nothing for the stack's."
                  : "%s names an account, but these resources have none: leave it empty.")
              .formatted(Quote.of(text)));
    }
    return regionFits && accountFits
        ? Optional.of(
            String.join(":", "arn", context.partition(), form.service(), ownRegion, ownAccount, ""))
        : Optional.empty();
  }

  private static Map<String, List<String>> arns(Form form, String prefix, Matcher matcher) {
    Map<String, List<String>> arns = new TreeMap<>();
    form.gives()
        .forEach(
            (kind, resources) ->
                arns.put(
                    kind,
                    resources.stream()
                        .map(resource -> prefix + matcher.replaceFirst(resource))
                        .toList()));
    return arns;
  }

  private Optional<Scope> malformed(String text, String path, String example) {
    problems.add(path, "%s is not a resource of the form %s.".formatted(Quote.of(text), example));
    return Optional.empty();
  }

  private Stream<ServiceTemplates> services() {
    return templates.services().values().stream();
  }

  private Stream<Form> forms() {
    return services().flatMap(service -> service.forms().stream());
  }

  private List<String> examples() {
    return services()
        .filter(service -> service.shorthand() != null)
        .map(ServiceTemplates::example)
        .toList();
  }

  private List<String> schemes() {
    return templates.services().entrySet().stream()
        .filter(service -> service.getValue().shorthand() != null)
        .map(Map.Entry::getKey)
        .toList();
  }
}
