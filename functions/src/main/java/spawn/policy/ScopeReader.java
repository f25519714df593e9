package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import spawn.error.Problems;
import spawn.payload.Nearest;
import spawn.payload.Quote;
import spawn.policy.ServiceTemplates.Binding;
import spawn.policy.ServiceTemplates.Shorthand;

/**
 * Reads the entries of {@code resources}: ARNs and the shorthand {@code service://name}.
 *
 * <p>The parts of an ARN are those of the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html">IAM user guide</a>; a
 * region or account that is left out is the stack's. Policy variables may stand in the last part,
 * as <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse">IAM
 * allows</a>.
 */
final class ScopeReader {
  /** The characters that a policy document may hold, white space and control characters aside. */
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E\\xA1-\\xFF]*");

  /**
   * The length of the longest ARN, by the <a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html">IAM
   * API reference</a>.
   */
  private static final int LONGEST = 2_048;

  private static final int PARTS = 6;
  private static final int EXAMPLES_SHOWN = 4;

  private final StackContext context;
  private final Templates templates;
  private final Problems problems;
  private final ArnOwners owners;
  private boolean wordsAreKnown = true;

  ScopeReader(StackContext context, Templates templates, Problems problems) {
    this.context = context;
    this.templates = templates;
    this.problems = problems;
    this.owners = new ArnOwners(context);
  }

  /** Takes it that there are words that could not be read, so that any service may be asked for. */
  void someWordsAreUnknown() {
    wordsAreKnown = false;
  }

  /**
   * Returns the scope, or nothing after adding what is wrong with it.
   *
   * @param asked the services whose words the payload has
   */
  Optional<Scope> read(String text, String path, Collection<String> asked) {
    if (text.length() > LONGEST) {
      problems.add(
          path,
          "%s has %d characters, but an ARN has at most %d."
              .formatted(Quote.of(text), text.length(), LONGEST));
      return Optional.empty();
    }
    if (!PRINTABLE.matcher(text).matches()) {
      problems.add(
          path,
          "%s has a character that policies cannot have: use printable characters up to U+00FF."
              .formatted(Quote.of(text)));
      return Optional.empty();
    }
    // In a statement these are doubts: IAM takes a variable that never has a value.
    List<PolicyVariables.Doubt> doubts =
        text.contains("${") ? PolicyVariables.doubts(text) : List.of();
    if (!doubts.isEmpty()) {
      doubts.forEach(doubt -> problems.add(path, doubt.message() + " " + doubt.advice()));
      return Optional.empty();
    }
    Optional<ResourceArn> arn = text.startsWith("arn:") ? arn(text, path) : shorthand(text, path);
    return arn.isPresent() ? scope(text, path, arn.get(), asked) : Optional.empty();
  }

  private Optional<ResourceArn> shorthand(String text, String path) {
    int slashes = text.indexOf("://");
    String scheme = slashes < 0 ? "" : text.substring(0, slashes).toLowerCase(Locale.ROOT);
    Optional<ServiceTemplates> service = templates.service(scheme);
    if (service.isEmpty() || service.get().shorthand() == null) {
      problems.add(path, noShorthand(text, scheme, service));
      return Optional.empty();
    }
    Shorthand shorthand = service.get().shorthand();
    String name = text.substring(slashes + 3);
    return name.isEmpty()
        ? malformed(text, path, service.get().example())
        : Optional.of(
            new ResourceArn(
                context.partition(),
                service.get().forms().get(0).service(),
                "",
                "",
                ArnResource.of(shorthand.resource(name))));
  }

  private String noShorthand(String text, String scheme, Optional<ServiceTemplates> service) {
    Map<String, String> examples = new TreeMap<>();
    List<String> first = new ArrayList<>();
    templates
        .services()
        .forEach(
            (name, chosen) -> {
              if (chosen.shorthand() != null) {
                examples.put(name, chosen.example());
                first.add(chosen.example());
              }
            });
    String prefix = Templates.otherNames().getOrDefault(scheme, "");
    String hint =
        service.isPresent()
            ? " Resources of %s are named by their ARNs.".formatted(scheme)
            : examples.containsKey(prefix)
                ? " Did you mean \"%s\"?".formatted(prefix)
                : scheme.isEmpty() ? "" : question(scheme, examples.keySet());
    return "%s is neither an ARN nor of a form such as %s.%s"
        .formatted(Quote.of(text), String.join(", ", first.subList(0, EXAMPLES_SHOWN)), hint);
  }

  private Optional<ResourceArn> arn(String text, String path) {
    String[] parts = text.split(":", PARTS);
    int variable = text.indexOf("${");
    if (parts.length == PARTS && variable >= 0 && variable < text.length() - parts[5].length()) {
      problems.add(
          path,
          "%s has a policy variable before the last part of the ARN, where IAM takes none: name the region and account, or write *."
              .formatted(Quote.of(text)));
      return Optional.empty();
    }
    if (parts.length < PARTS || parts[5].isEmpty()) {
      return malformed(text, path, "arn:partition:service:region:account:resource");
    }
    if (!parts[1].equals(context.partition()) && !parts[1].equals("*")) {
      problems.add(path, context.notOfPartition(text));
      return Optional.empty();
    }
    return Optional.of(
        new ResourceArn(parts[1], parts[2], parts[3], parts[4], ArnResource.of(parts[5])));
  }

  private Optional<Scope> scope(
      String text, String path, ResourceArn arn, Collection<String> asked) {
    Map<String, Map<String, List<Target>>> targets = new TreeMap<>();
    Set<String> own = new TreeSet<>();
    Optional<String> problem = Optional.empty();
    for (String service : asked) {
      Binding binding = templates.service(service).orElseThrow().bind(service, arn, owners);
      if (!binding.targets().isEmpty()) {
        targets.put(service, binding.targets());
        if (binding.own()) {
          own.add(service);
        }
      }
      problem = problem.isPresent() ? problem : binding.problem();
    }
    if (targets.isEmpty() && problem.isEmpty() && !wordsAreKnown && isOfSomeService(arn)) {
      return Optional.empty();
    }
    if (targets.isEmpty()) {
      String why = problem.isPresent() ? problem.get() : unused(arn, asked);
      problems.add(path, Quote.of(text) + " " + why);
      return Optional.empty();
    }
    return Optional.of(new Scope(path, text, targets, own.isEmpty() ? targets.keySet() : own));
  }

  private boolean isOfSomeService(ResourceArn arn) {
    List<String> services = new ArrayList<>(templates.services().keySet());
    services.add(arn.service());
    return services.stream()
        .flatMap(
            service -> templates.service(service).stream().map(of -> of.bind(service, arn, owners)))
        .anyMatch(binding -> !binding.targets().isEmpty());
  }

  /** Returns why no word that was asked for takes an ARN, as a sentence without its subject. */
  private String unused(ResourceArn arn, Collection<String> asked) {
    Optional<String> form =
        asked.stream()
            .filter(service -> isHome(service, arn.service()))
            .findFirst()
            .flatMap(templates::service)
            .map(ScopeReader::notOfTheForm);
    List<String> others = new ArrayList<>(templates.services().keySet());
    others.add(arn.service());
    return form.orElseGet(
        () ->
            others.stream()
                .filter(service -> isHome(service, arn.service()))
                .findFirst()
                .map(service -> unasked(arn, service))
                .orElseGet(
                    () ->
                        "belongs to no service that spawn knows. Use \"statements\" instead."
                            + question(arn.service(), ServiceReference.services())));
  }

  /**
   * Returns the name that was probably meant as a question; each costs some hundred comparisons.
   */
  private String question(String word, Collection<String> names) {
    return problems.suggestion(() -> Nearest.question(word, names));
  }

  /** Returns whether ARNs of one service are the resources of another: of its own, or of all. */
  private boolean isHome(String service, String arnService) {
    return templates
        .service(service)
        .filter(words -> words.hasArnsOf(arnService))
        .filter(words -> service.equals(arnService) || !words.hasArnsOf(service))
        .isPresent();
  }

  private String unasked(ResourceArn arn, String service) {
    ServiceTemplates words = templates.service(service).orElseThrow();
    Binding binding = words.bind(service, arn, owners);
    return binding.targets().isEmpty()
        ? binding.problem().orElseGet(() -> notOfTheForm(words))
        : "is a resource of %s, but no entry of \"policies\" names that service. Add one such as \"%s:ReadOnly\", or leave the resource out."
            .formatted(service, service);
  }

  private static String notOfTheForm(ServiceTemplates words) {
    return "is not a resource of the form %s.".formatted(words.example());
  }

  private Optional<ResourceArn> malformed(String text, String path, String example) {
    problems.add(path, "%s is not a resource of the form %s.".formatted(Quote.of(text), example));
    return Optional.empty();
  }
}
