package spawn.policy;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problem;
import spawn.error.Problems;

/** Keeps {@code docs/policies.md} true. */
class PoliciesGuideTest {
  private static final Path GUIDE = Path.of("docs", "policies.md");
  private static final String REWRITE = "rewriteGuide";
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  private static Pattern between(String name) {
    return Pattern.compile(
        "(?<=<!-- %s -->\n).*(?=<!-- /%s -->)".formatted(name, name), Pattern.DOTALL);
  }

  private static String guide() throws IOException {
    return Files.readString(GUIDE);
  }

  static Stream<String> examples() throws IOException {
    return EXAMPLE.matcher(guide()).results().map(example -> example.group(1));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsValidAndNotBroad(String example) {
    assertThat(Payloads.resolved(example).warnings())
        .filteredOn(warning -> warning.severity() == Severity.HIGH)
        .filteredOn(warning -> !example.contains("lambda:WriteOnly"))
        .isEmpty();
  }

  /** A job of the guide's table, and what is to be written for it. */
  private record Job(String name, String iam) {}

  private static List<Job> jobs() throws IOException {
    Matcher table = between("jobs").matcher(guide());
    assertThat(table.find()).isTrue();
    return table
        .group()
        .lines()
        .skip(2)
        .map(row -> row.split(" \\| "))
        .map(row -> new Job(row[0].substring(2), row[1].replaceAll("[`|]", "").trim()))
        .toList();
  }

  @Test
  void everyJobOfTheGuideCanBeDoneWithItsWordsAndNothingBesides() throws IOException {
    JsonNode calls =
        new ObjectMapper().readTree(PoliciesGuideTest.class.getResourceAsStream("jobs.json"));
    assertThat(jobs()).extracting(Job::name).containsExactlyElementsOf(names(calls));
    for (Job job : jobs()) {
      ResolvedPermissions resolved = Payloads.resolved(job.iam());
      PolicyEvaluator role = new PolicyEvaluator(resolved.permissions().inlinePolicy().toJson());
      for (JsonNode call : calls.get(job.name()).get("allowed")) {
        assertThat(allows(role, call)).as("%s: %s", job.name(), call).isTrue();
      }
      for (JsonNode call : calls.get(job.name()).get("denied")) {
        assertThat(allows(role, call)).as("%s: not %s", job.name(), call).isFalse();
      }
      assertThat(
              resolved.warnings().stream().anyMatch(warning -> warning.severity() == Severity.HIGH))
          .as("a warning of high severity: %s", job.name())
          .isEqualTo(job.iam().contains("lambda:WriteOnly") || job.iam().contains("batch://"));
    }
  }

  /** Few words write where there is no resource to name. */
  private static final String WITHOUT_RESOURCES =
      "cloudwatch:PutMetricData,states:SendTask*,redshift-data:CancelStatement,ssm:UpdateInstanceInformation,ssmmessages:*,";

  /** A limit on resources leaves words usable, but those for which a job names no resource. */
  @Test
  void everyJobOfTheGuideCanBeDoneWithinItsOwnResources() throws IOException {
    List<Problem> refused = new ArrayList<>();
    for (Job job : jobs()) {
      String own =
          Grant.of(Payloads.inline(job.iam()).toJson(), "$").stream()
              .flatMap(grant -> grant.statement().resources().patterns().stream())
              .filter(resource -> !resource.isEverything())
              .map(Glob::toString)
              .collect(joining(","));
      Problems problems = new Problems();
      new PermissionsReader(Payloads.STACK)
          .read(
              Payloads.json(job.iam()),
              "$.iam",
              PolicyLimits.of(Map.of("AllowedResources", WITHOUT_RESOURCES + own)),
              problems);
      refused.addAll(problems.list());
    }

    assertThat(refused)
        .extracting(Problem::message)
        .allMatch(message -> message.startsWith("Grants servicediscovery:Discover*"));
  }

  private static List<String> names(JsonNode calls) {
    return calls.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** A call is its action, its resource, and further members as its context. */
  private static boolean allows(PolicyEvaluator role, JsonNode call) {
    Map<String, String> context = new TreeMap<>();
    call.path(2).properties().forEach(key -> context.put(key.getKey(), key.getValue().asText()));
    return role.allows(call.get(0).asText(), call.get(1).asText(), context);
  }

  @Test
  void theExampleInTerraformsSpellingMeansWhatIsSaidOfIt() throws IOException {
    List<String> inTerraform =
        examples().filter(example -> example.contains("\"actions\"")).toList();

    assertThat(inTerraform).hasSize(1);
    assertThat(Payloads.inline(inTerraform.get(0)))
        .isEqualTo(
            Payloads.inline(
                """
                {"statements": [{"Effect": "Allow", "Action": "s3:PutObject",
                                 "Resource": "arn:aws:s3:::results/${aws:userid}/*",
                                 "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}"""));
  }

  @Test
  void theGuideShowsExamples() throws IOException {
    assertThat(examples()).hasSizeGreaterThanOrEqualTo(6);
  }

  @Test
  void theTablesOfTemplatesAndTasksAreCurrent() throws IOException {
    String templates =
        between("templates").matcher(guide()).replaceFirst(Matcher.quoteReplacement(table()));
    String current =
        between("tasks").matcher(templates).replaceFirst(Matcher.quoteReplacement(tasks()));
    if (Boolean.getBoolean(REWRITE)) {
      Files.writeString(GUIDE, current);
    }
    assertThat(guide())
        .as("rewrite it with: mvn test -Dtest=PoliciesGuideTest -DargLine=-D%s=true", REWRITE)
        .isEqualTo(current);
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder("| template | actions | when scoped |\n|---|---|---|\n");
    for (Template template : Payloads.TEMPLATES.list()) {
      for (ActionGroup group : template.groups()) {
        table
            .append("| `")
            .append(template.name())
            .append("` | ")
            .append(String.join(", ", actions(template, group)))
            .append(
                group.condition().isEmpty()
                    ? ""
                    : " if `" + group.condition().toJson(UnaryOperator.identity()) + "`")
            .append(" | ")
            .append(scoped(group))
            .append(" |\n");
      }
    }
    return table.toString();
  }

  private static String tasks() {
    StringBuilder table =
        new StringBuilder("| word | what it does | actions | when scoped |\n|---|---|---|---|\n");
    for (Task task : Payloads.TEMPLATES.tasks()) {
      String does = task.does();
      for (ActionGroup group : task.groups()) {
        table.append(
            "| `%s` | %s | %s%s | %s |\n"
                .formatted(
                    task.name(),
                    does,
                    group.actions().stream()
                        .map(action -> task.serviceOf(group) + ":" + action)
                        .collect(Collectors.joining(", ")),
                    group.condition().isEmpty()
                        ? ""
                        : " if `" + group.condition().toJson(UnaryOperator.identity()) + "`",
                    scoped(group)));
        does = "";
      }
    }
    return table.toString();
  }

  private static List<String> actions(Template template, ActionGroup group) {
    return group.actions().stream()
        .map(action -> action.equals("*") ? "`" + template.service() + ":*`" : action)
        .toList();
  }

  private static String scoped(ActionGroup group) {
    if (!group.to().isEmpty()) {
      return "always `" + String.join("`, `", group.to()) + "`";
    }
    return switch (group.scoped()) {
      case BIND ->
          String.join(", ", group.on())
              + switch (group.unscoped()) {
                case REFUSE -> " (required)";
                case DROP -> " (only if named)";
                case GRANT -> "";
              };
      case KEEP -> "`*`";
      case DROP -> "–";
    };
  }

  @Test
  void everyShorthandOfResourcesIsInTheGuide() throws IOException {
    String guide = guide();
    assertThat(Payloads.TEMPLATES.services().entrySet())
        .filteredOn(service -> service.getValue().shorthand() != null)
        .extracting(service -> "`" + service.getKey() + "://")
        .isNotEmpty()
        .filteredOn(shorthand -> !guide.contains(shorthand))
        .isEmpty();
  }

  @Test
  void everyWarningCodeOfTheRulesIsInTheGuide() throws IOException {
    String guide = guide();
    JsonNode risks =
        new ObjectMapper().readTree(PoliciesGuideTest.class.getResourceAsStream("risks.json"));
    assertThat(risks.get("rules").findValuesAsText("code"))
        .isNotEmpty()
        .allMatch(code -> guide.contains("`" + code + "`"));
    assertThat(risks.get("findings").fieldNames())
        .toIterable()
        .allMatch(code -> guide.contains("`" + code + "`"));
  }

  @Test
  void everyWarningCodeOfTheCodeIsInTheGuide() throws IOException {
    String guide = guide();
    Pattern code = Pattern.compile("(?:new Warning\\(|String \\w*CODE =)\\s*\"([A-Z0-9_]+)\"");
    List<String> codes;
    try (Stream<Path> sources = Files.walk(Path.of("functions/src/main/java"))) {
      codes =
          sources
              .filter(file -> file.toString().endsWith(".java"))
              .map(PoliciesGuideTest::read)
              .flatMap(source -> code.matcher(source).results())
              .map(found -> found.group(1))
              .toList();
    }

    assertThat(codes).contains("IMDSV1_ALLOWED", "NO_EC2_TRUST", "UNKNOWN_ARN");
    assertThat(codes).allMatch(one -> guide.contains("`" + one + "`"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
