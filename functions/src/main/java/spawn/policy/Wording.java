package spawn.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import spawn.error.Problems;
import spawn.error.Work;

/**
 * Says in words what statements grant: for each service the smallest word that grants what is
 * needed and nothing that is not granted, bound to the resources that the statements name; and in
 * statements what no word says.
 *
 * <p>What was found is read again as a payload is. Where that does not lie between what is needed
 * and what is granted, the statements are said as they are.
 */
public final class Wording {
  /** With more resources it is no longer looked for which of them say it. */
  private static final int MAX_RESOURCES = 40;

  private final StackContext context;
  private final Templates templates;
  private final WordGrants grants;

  /** Creates the wording of one stack, which limits nothing: it only describes. */
  public Wording(StackContext context) {
    this.context = withoutLimits(context);
    this.templates = PolicyData.standard().templates();
    this.grants = new WordGrants(this.context, templates);
  }

  /** Returns a stack that refuses no broad access. */
  public static StackContext withoutLimits(StackContext context) {
    return new StackContext(
        context.partition(),
        context.account(),
        context.region(),
        context.rolePath(),
        context.stack(),
        context.namePrefix(),
        context.defaultBoundary(),
        context.serviceBoundary(),
        context.allowedBoundaries(),
        StackContext.BroadAccess.WARN);
  }

  /** A word, bound to resources. */
  private record Bound(Word word, List<String> resources, List<Statement> statements) {}

  /** Returns the members of an {@code iam} object that grant exactly what a document does. */
  public ObjectNode exactly(PolicyDocument document) {
    List<Statement> statements = PolicyDocument.statements(document.toJson());
    return between(statements, statements)
        .orElseGet(() -> asStatements(PolicyDocument.of(statements)));
  }

  /**
   * Returns the members of an {@code iam} object that grant at least what is left of policies, and
   * at most what they granted; nothing if a role does not take them.
   */
  public Optional<ObjectNode> of(Collection<Shrunk> policies) {
    List<Statement> needed = policies.stream().flatMap(each -> each.statements().stream()).toList();
    List<Statement> granted = policies.stream().flatMap(each -> each.granted().stream()).toList();
    return between(needed, granted)
        .or(
            () ->
                Optional.of(asStatements(PolicyDocument.of(needed)))
                    .filter(plain -> read(plain).isPresent()));
  }

  private static ObjectNode asStatements(PolicyDocument document) {
    ObjectNode iam = JsonNodeFactory.instance.objectNode();
    if (!document.isEmpty()) {
      iam.set(PermissionFields.POLICY_DOCUMENT.name(), document.toJson());
    }
    return iam;
  }

  private Optional<ObjectNode> between(List<Statement> needed, List<Statement> granted) {
    Set<String> words = new TreeSet<>();
    Set<String> resources = new LinkedHashSet<>();
    List<Statement> rest = new ArrayList<>(needed);
    for (String service : services(needed)) {
      List<Statement> ofService = ofService(needed, service);
      word(service, ofService, granted)
          .ifPresent(
              bound -> {
                words.add(bound.word().name());
                resources.addAll(bound.resources());
                rest.replaceAll(statement -> without(statement, service));
              });
    }
    rest.removeIf(
        statement -> !statement.actions().inverted() && statement.actions().patterns().isEmpty());
    ObjectNode iam = asStatements(PolicyDocument.of(rest));
    if (!words.isEmpty()) {
      words.forEach(iam.putArray(PermissionFields.POLICIES.name())::add);
    }
    if (!resources.isEmpty()) {
      resources.forEach(iam.putArray(PermissionFields.RESOURCES.name())::add);
    }
    return Optional.of(iam)
        .filter(
            said ->
                read(said).filter(got -> covers(granted, got) && covers(got, needed)).isPresent());
  }

  /** Returns the statements that a payload means; nothing if it is refused. */
  private Optional<List<Statement>> read(ObjectNode iam) {
    Problems problems = new Problems();
    ResolvedPermissions resolved = new PermissionsReader(context).read(iam, "$", problems);
    return problems.isEmpty()
        ? Optional.of(PolicyDocument.statements(resolved.permissions().inlinePolicy().toJson()))
        : Optional.empty();
  }

  /** Returns whether all of some statements is among what others say. */
  static boolean covers(List<Statement> wide, List<Statement> narrow) {
    List<Statement> both = new ArrayList<>(wide);
    both.addAll(narrow);
    return new CanonicalForm(both, Work.unbounded())
        .fingerprint()
        .equals(new CanonicalForm(wide, Work.unbounded()).fingerprint());
  }

  private static Set<String> services(List<Statement> statements) {
    Set<String> services = new TreeSet<>();
    statements.stream()
        .filter(Statement::allows)
        .flatMap(statement -> statement.listedActions().stream())
        .map(Wording::service)
        .filter(service -> ServiceReference.of(service).isPresent())
        .forEach(services::add);
    return services;
  }

  private static String service(Glob action) {
    String text = action.toString();
    return text.substring(0, Math.max(0, text.indexOf(':')));
  }

  private static List<Statement> ofService(List<Statement> statements, String service) {
    return statements.stream()
        .filter(Statement::allows)
        .map(statement -> only(statement, service, true))
        .filter(statement -> !statement.listedActions().isEmpty())
        .toList();
  }

  private static Statement without(Statement statement, String service) {
    return statement.allows() && !statement.actions().inverted()
        ? only(statement, service, false)
        : statement;
  }

  private static Statement only(Statement statement, String service, boolean its) {
    List<Glob> actions =
        statement.listedActions().stream()
            .filter(action -> service(action).equals(service) == its)
            .toList();
    return new Statement(
        statement.effect(),
        new Terms(false, actions),
        statement.resources(),
        statement.condition());
  }

  private Optional<Bound> word(String service, List<Statement> needed, List<Statement> granted) {
    if (needed.stream().anyMatch(statement -> statement.resources().inverted())) {
      return Optional.empty();
    }
    List<String> arns =
        needed.stream()
            .flatMap(statement -> statement.resources().patterns().stream())
            .filter(resource -> !resource.isEverything())
            .map(Glob::spelled)
            .distinct()
            .sorted(
                Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
            .toList();
    if (arns.size() > MAX_RESOURCES) {
      return Optional.empty();
    }
    List<Glob> neededActions = actions(needed);
    List<Statement> about = granted.stream().filter(each -> concerns(each, service)).toList();
    return words(service)
        .filter(word -> names(word, neededActions))
        .flatMap(word -> bound(word, arns).stream())
        .filter(bound -> isBetween(bound, needed, about))
        .findFirst()
        .map(bound -> fewer(bound, needed, about));
  }

  private static List<Glob> actions(List<Statement> statements) {
    return statements.stream()
        .flatMap(statement -> statement.listedActions().stream())
        .distinct()
        .toList();
  }

  /** Returns whether a statement may grant anything of a service. */
  private static boolean concerns(Statement statement, String service) {
    return statement.allows()
        && (statement.actions().inverted()
            || statement.listedActions().stream()
                .anyMatch(
                    action ->
                        action.isEverything()
                            || service(action).equals(service)
                            || service(action).contains("*")));
  }

  /** Returns whether a word's actions cover others, whatever they are bound to. */
  private static boolean names(Word word, List<Glob> needed) {
    List<Glob> own =
        word.groups().stream()
            .flatMap(
                group ->
                    group.actions().stream()
                        .map(action -> Glob.action(word.serviceOf(group) + ":" + action)))
            .toList();
    return needed.stream()
        .allMatch(
            action ->
                action.isWild()
                    || own.stream().anyMatch(wide -> wide.equals(action) || wide.covers(action)));
  }

  private static boolean isBetween(Bound bound, List<Statement> needed, List<Statement> granted) {
    return covers(granted, bound.statements()) && covers(bound.statements(), needed);
  }

  /** Returns the words of a service, the smallest first. */
  private Stream<Word> words(String service) {
    return templates.service(service).stream()
        .flatMap(
            of ->
                Stream.concat(
                    of.tasks(service).stream(),
                    Arrays.stream(Level.values()).map(level -> (Word) of.template(service, level))))
        .sorted(Comparator.comparing(Word::isFullAccess).thenComparing(Wording::size));
  }

  private static int size(Word word) {
    return word.groups().stream().mapToInt(group -> group.actions().size()).sum();
  }

  private Optional<Bound> bound(Word word, List<String> resources) {
    Problems problems = new Problems();
    ScopeReader reader = new ScopeReader(context, templates, problems);
    List<Scope> scopes =
        resources.stream()
            .flatMap(each -> reader.read(each, "$", word.services()).stream())
            .toList();
    return problems.isEmpty() && grants.refused(word, scopes).isEmpty()
        ? Optional.of(new Bound(word, resources, grants.statements(word, scopes)))
        : Optional.empty();
  }

  /** Leaves out the resources that others of them stand for, such as the objects of a bucket. */
  private Bound fewer(Bound bound, List<Statement> needed, List<Statement> granted) {
    Bound fewest = bound;
    for (int at = bound.resources().size() - 1; at > 0; at--) {
      List<String> rest = new ArrayList<>(fewest.resources());
      rest.remove(bound.resources().get(at));
      fewest =
          bound(bound.word(), rest).filter(each -> isBetween(each, needed, granted)).orElse(fewest);
    }
    return fewest;
  }
}
