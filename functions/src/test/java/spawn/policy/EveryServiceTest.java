package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.STACK;
import static spawn.policy.Payloads.TEMPLATES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import spawn.error.Problems;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;
import spawn.policy.ServiceReference.ArnForm;

/** The words that follow from AWS's reference, over all of its services. */
class EveryServiceTest {
  private static final int INLINE_LIMIT = 10_240;
  private static final Set<Access> READS = EnumSet.of(Access.LIST, Access.READ);

  /** The services whose words are not chosen by hand. */
  static List<String> derived() {
    Set<String> chosen = TEMPLATES.services().keySet();
    return ServiceReference.services().stream()
        .filter(service -> !chosen.contains(service))
        .toList();
  }

  private static PolicyDocument granted(String word, List<String> resources) {
    ObjectNode iam = JsonNodeFactory.instance.objectNode();
    iam.putArray("policies").add(word);
    resources.forEach(iam.withArray("resources")::add);
    Problems problems = new Problems();
    PolicyDocument document =
        new PermissionsReader(STACK).read(iam, "$.iam", problems).permissions().inlinePolicy();
    assertThat(problems.list()).as(word + " on " + resources).isEmpty();
    return document;
  }

  private static Set<String> at(ServiceReference service, Set<Access> levels) {
    return service.actions().stream()
        .filter(action -> levels.contains(action.access()))
        .map(action -> service.service() + ":" + action.name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Which of AWS's actions a document names, wherever it allows them. */
  private static Set<String> named(JsonNode document, ServiceReference service) {
    Set<String> named = new TreeSet<>();
    for (JsonNode statement : document.path("Statement")) {
      for (String pattern : texts(statement.path("Action"))) {
        String prefix = pattern.replace("*", "").toLowerCase(Locale.ROOT);
        service.actions().stream()
            .map(action -> service.service() + ":" + action.name())
            .filter(
                action ->
                    pattern.endsWith("*")
                        ? action.toLowerCase(Locale.ROOT).startsWith(prefix)
                        : action.equals(pattern))
            .forEach(named::add);
      }
    }
    return named;
  }

  private static List<String> texts(JsonNode oneOrMore) {
    return oneOrMore.isTextual()
        ? List.of(oneOrMore.asText())
        : StreamSupport.stream(oneOrMore.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void everyServiceHasWordsThatGrantExactlyAwsAccessLevels() {
    Map<Level, Set<Access>> levels =
        Map.of(
            Level.READ_ONLY, READS,
            Level.WRITE_ONLY, EnumSet.of(Access.WRITE),
            Level.READ_WRITE, EnumSet.of(Access.LIST, Access.READ, Access.WRITE),
            Level.FULL_ACCESS, EnumSet.allOf(Access.class));
    int words = 0;
    int actions = 0;
    int longest = 0;
    String widest = "";
    for (String name : derived()) {
      ServiceReference service = ServiceReference.of(name).orElseThrow();
      for (Level level : Level.values()) {
        String word = name + ":" + level;
        PolicyDocument document = granted(word, List.of());
        Set<String> named = named(document.toJson(), service);

        assertThat(named).as(word).isEqualTo(at(service, levels.get(level)));
        assertThat(document.sizeInBytes()).as(word).isLessThan(INLINE_LIMIT * 8 / 10);
        words++;
        actions += named.size();
        if (document.sizeInBytes() > longest) {
          longest = document.sizeInBytes();
          widest = word;
        }
      }
    }
    System.out.printf(
        "Words out of AWS's reference: %d services, %d words, %d actions named, the longest policy %s with %d bytes%n",
        derived().size(), words, actions, widest, longest);
    assertThat(derived()).hasSizeGreaterThan(430);
  }

  /** One ARN of a form, and what the service calls its kind. */
  private record Example(String kind, String arn) {}

  private static List<Example> examples(ServiceReference service) {
    return service.kinds().entrySet().stream()
        .flatMap(kind -> kind.getValue().stream().map(form -> example(kind.getKey(), form)))
        .toList();
  }

  private static Example example(String kind, ArnForm form) {
    String of = form.service().equals("*") ? "s3" : form.service();
    return new Example(
        kind,
        "arn:aws:%s:%s:%s:%s"
            .formatted(
                of,
                form.region().equals("R") || form.region().equals("*") ? "" : form.region(),
                form.account().equals("A") || form.account().equals("*") ? "" : form.account(),
                form.resource().replace("*", "x1")));
  }

  @Test
  void everyKindOfResourceOfEveryServiceBindsWhatAcceptsItAndNothingElse() {
    int bound = 0;
    for (String name : derived()) {
      ServiceReference service = ServiceReference.of(name).orElseThrow();
      for (Example example : examples(service)) {
        PolicyDocument document = granted(name + ":FullAccess", List.of(example.arn()));
        assertThat(document.toString())
            .as(name + " " + example)
            .contains(example.arn().substring(example.arn().lastIndexOf(':')));
        bound += checkBound(service, example, Level.READ_WRITE);
      }
    }
    System.out.printf("Kinds of ARN that bind the words of their service: %d%n", bound);
    assertThat(bound).isGreaterThan(1_500);
  }

  private static int checkBound(ServiceReference service, Example example, Level level) {
    String word = service.service() + ":" + level;
    ObjectNode iam = JsonNodeFactory.instance.objectNode();
    iam.putArray("policies").add(word);
    iam.putArray("resources").add(example.arn());
    Problems problems = new Problems();
    JsonNode document =
        new PermissionsReader(STACK)
            .read(iam, "$.iam", problems)
            .permissions()
            .inlinePolicy()
            .toJson();
    List<String> kinds = kindsOf(service, example);
    Set<String> expected = new TreeSet<>();
    Set<String> bound = new TreeSet<>();
    for (Action action : service.actions()) {
      boolean takesIt =
          action.accepts().stream().anyMatch(kinds::contains)
              && kinds.containsAll(action.requires());
      boolean wanted =
          action.accepts().isEmpty()
              ? action.access() == Access.READ || action.access() == Access.WRITE
              : takesIt && (READS.contains(action.access()) || action.access() == Access.WRITE);
      if (wanted) {
        expected.add(service.service() + ":" + action.name());
      }
      if (wanted && takesIt) {
        bound.add(service.service() + ":" + action.name());
      }
    }
    if (problems.isEmpty()) {
      assertThat(named(document, service)).as(word + " " + example).isEqualTo(expected);
      assertThat(document.toString().length()).as(word).isLessThan(INLINE_LIMIT);
    } else {
      assertThat(bound).as(word + " " + example + problems.list()).isEmpty();
      return 0;
    }
    List<String> unbound = unbound(document);
    assertThat(unbound)
        .as("on every resource, although it accepts some: %s %s", word, example)
        .allSatisfy(
            pattern ->
                assertThat(
                        named(
                            JsonNodeFactory.instance
                                .objectNode()
                                .set(
                                    "Statement",
                                    JsonNodeFactory.instance
                                        .arrayNode()
                                        .add(
                                            JsonNodeFactory.instance
                                                .objectNode()
                                                .put("Action", pattern))),
                            service))
                    .allSatisfy(
                        action ->
                            assertThat(
                                    service
                                        .action(action.substring(action.indexOf(':') + 1))
                                        .orElseThrow()
                                        .accepts())
                                .isEmpty()));
    return 1;
  }

  private static List<String> unbound(JsonNode document) {
    List<String> unbound = new ArrayList<>();
    for (JsonNode statement : document.path("Statement")) {
      if (texts(statement.path("Resource")).contains("*")) {
        unbound.addAll(texts(statement.path("Action")));
      }
    }
    return unbound;
  }

  /** The kinds whose forms the ARN has: some services have several for one form. */
  private static List<String> kindsOf(ServiceReference service, Example example) {
    Scope scope =
        new ScopeReader(STACK, TEMPLATES, new Problems())
            .read(example.arn(), "$", List.of(service.service()))
            .orElseThrow();
    List<String> kinds = List.copyOf(scope.targets().get(service.service()).keySet());
    assertThat(kinds).contains(example.kind());
    return kinds;
  }

  @Test
  void theResourceThatMessagesShowOfAServiceCanBeWritten() {
    for (String name : derived()) {
      String example = TEMPLATES.service(name).orElseThrow().example();
      if (example == null) {
        assertThat(ServiceReference.of(name).orElseThrow().kinds().values())
            .allSatisfy(forms -> assertThat(forms).allMatch(form -> form.service().equals("*")));
        continue;
      }
      String resource =
          example.replaceFirst("^arn:partition:([^:]*):(?:region)?:(?:account)?:", "arn:aws:$1:::");
      Problems problems = new Problems();
      new ScopeReader(STACK, TEMPLATES, problems).read(resource, "$", List.of(name));
      assertThat(problems.list()).as(name + " " + resource).isEmpty();
    }
  }

  @Test
  void everyNameThatPeopleUseOtherwiseLeadsToAServiceAndIsNone() {
    assertThat(Templates.otherNames()).isNotEmpty();
    assertThat(Templates.otherNames().keySet())
        .doesNotContainAnyElementsOf(ServiceReference.services());
    assertThat(ServiceReference.services()).containsAll(Templates.otherNames().values());
  }

  /**
   * Counted as the archive holds it: each file deflated, with its name and what else is said of it
   * twice.
   */
  @Test
  void theDataOfAllWordsTakesLittleOfTheArtifact() throws IOException {
    Path data = Path.of("functions/src/main/resources/spawn/policy");
    List<Path> files;
    try (Stream<Path> all = Files.walk(data)) {
      files =
          all.filter(Files::isRegularFile)
              .filter(
                  file ->
                      file.getParent().endsWith("services")
                          || file.getParent().endsWith("words")
                          || file.toString()
                              .matches(
                                  ".*/(services|words|service-names|managed-policy-words).txt"))
              .toList();
    }
    long bytes = 0;
    for (Path file : files) {
      Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
      deflater.setInput(Files.readAllBytes(file));
      deflater.finish();
      bytes +=
          deflater.deflate(new byte[1 << 20])
              + 76
              + 2L * ("spawn/policy/" + data.relativize(file)).length();
      deflater.end();
    }
    System.out.printf(
        "Data of the words in the artifact: %d files, %d bytes%n", files.size(), bytes);
    assertThat(files).hasSizeGreaterThan(ServiceReference.services().size());
    assertThat(bytes).isLessThan(300 * 1024);
  }

  @Test
  void actionsAreShortenedOnlyWhereNoOtherActionMatches() {
    ServiceReference sqs = ServiceReference.of("ecr").orElseThrow();

    assertThat(
            ActionWildcards.shorten(
                Stream.of("PutImage", "UploadLayerPart", "InitiateLayerUpload").toList(), sqs))
        .containsExactly("InitiateLayerUpload", "PutImage", "UploadLayerPart");
    assertThat(
            ActionWildcards.shorten(
                sqs.actions().stream()
                    .map(Action::name)
                    .filter(n -> n.startsWith("Upload") || n.startsWith("List"))
                    .toList(),
                sqs))
        .contains("List*");
  }
}
