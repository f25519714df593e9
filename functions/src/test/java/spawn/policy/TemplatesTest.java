package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.STACK;
import static spawn.policy.Payloads.TEMPLATES;
import static spawn.policy.Payloads.inline;
import static spawn.policy.Payloads.json;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.Problems;
import spawn.policy.ActionGroup.Access;
import spawn.policy.ActionGroup.Scoped;
import spawn.policy.ActionGroup.Unscoped;
import spawn.policy.TemplateExamples.Resource;

class TemplatesTest {
  private static final ServiceActions REFERENCE = new ServiceActions();

  private static final TemplateExamples EXAMPLES = new TemplateExamples();

  static List<Template> templates() {
    return TEMPLATES.list();
  }

  static Stream<Template> narrowTemplates() {
    return templates().stream().filter(template -> template.level() != Level.FULL_ACCESS);
  }

  static Stream<Arguments> templatesWithExamples() {
    return templates().stream()
        .flatMap(
            template ->
                EXAMPLES.resources(template.service()).stream()
                    .filter(example -> template.kinds().contains(example.kind()))
                    .map(example -> Arguments.of(template, example)));
  }

  /** Words are an interface: more may come, and none goes. */
  @Test
  void theFortyFourWordsThatWerePromisedStay() {
    List<String> promised =
        Stream.of(
                "s3",
                "dynamodb",
                "sqs",
                "sns",
                "cloudwatch",
                "logs",
                "ecr",
                "secretsmanager",
                "ssm",
                "lambda",
                "sts")
            .flatMap(
                service ->
                    Stream.of("FullAccess", "ReadOnly", "WriteOnly", "ReadWrite")
                        .map(level -> service + ":" + level))
            .toList();

    assertThat(promised).hasSize(44);
    assertThat(templates()).extracting(Template::name).containsAll(promised);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void everyServiceHasEveryLevel(Template template) {
    assertThat(template.groups()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void everyTemplateIsTriedOnEveryKindOfItsResources(Template template) {
    assertThat(EXAMPLES.resources(template.service()))
        .as("\"resources\" of %s in template-examples.json", template.service())
        .extracting(Resource::kind)
        .containsAll(template.kinds());
    assertThat(EXAMPLES.allowed(template))
        .as("\"allowed\" of %s in template-examples.json", template.name())
        .isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("services")
  void theResourceThatMessagesShowCanBeWritten(String service) {
    String example = TEMPLATES.services().get(service).example();
    assertThat(example).as("\"example\" of %s in templates.json", service).isNotNull();
    String resource =
        example
            .replace(":partition:", ":aws:")
            .replace(":region:", ":*:")
            .replace(":account:", ":*:");
    Problems problems = new Problems();

    assertThat(new ScopeReader(STACK, TEMPLATES, problems).read(resource, "$", List.of(service)))
        .as("\"example\" of %s: %s", service, problems.list())
        .hasValueSatisfying(scope -> assertThat(scope.binds()).containsExactly(service));
  }

  static Set<String> services() {
    return TEMPLATES.services().keySet();
  }

  @Test
  void everyActionExistsAtItsAccessLevelAndAcceptsWhatItIsBoundTo() {
    assertThat(REFERENCE.contradictions(templates())).isEmpty();
  }

  @Test
  void madeUpActionsLevelsAndKindsAreFound() {
    Template wrong =
        new Template(
            "sqs",
            Level.READ_ONLY,
            List.of(
                group("SendMessageBatch", Access.WRITE, "queue"),
                group("SendMessage", Access.READ, "queue"),
                group("ReceiveMessage", Access.READ, "bucket")));

    assertThat(REFERENCE.contradictions(List.of(wrong)))
        .containsExactly(
            "sqs:ReadOnly SendMessageBatch does not exist",
            "sqs:ReadOnly SendMessage is at access level WRITE",
            "sqs:ReadOnly ReceiveMessage does not accept bucket");
  }

  private static ActionGroup group(String action, Access access, String kind) {
    return new ActionGroup(
        List.of(Level.READ_ONLY),
        List.of(action),
        access,
        List.of(kind),
        Scoped.BIND,
        Unscoped.GRANT,
        null);
  }

  @ParameterizedTest
  @MethodSource("narrowTemplates")
  void onlyFullAccessGoesBeyondItsLevel(Template template) {
    PolicyEvaluator policy = new PolicyEvaluator(widest(template).toJson());

    List<String> forbidden =
        Arrays.stream(ServiceReference.Access.values())
            .filter(access -> !isOf(template.level(), access))
            .flatMap(access -> REFERENCE.at(template.service(), access).stream())
            .toList();

    assertThat(forbidden)
        .filteredOn(action -> policy.allows(template.service() + ":" + action, target(template)))
        .isEmpty();
  }

  private static boolean isOf(Level level, ServiceReference.Access access) {
    return switch (access) {
      case LIST, READ -> level != Level.WRITE_ONLY;
      case WRITE -> level != Level.READ_ONLY;
      case TAGGING, PERMISSIONS_MANAGEMENT -> level == Level.FULL_ACCESS;
    };
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aTemplateAllowsItsJobAndNoMore(Template template) {
    PolicyEvaluator policy = new PolicyEvaluator(widest(template).toJson());
    List<String> allowed = EXAMPLES.allowed(template);
    List<String> denied = EXAMPLES.denied(template);

    assertThat(allowed)
        .allMatch(action -> policy.allows(template.service() + ":" + action, target(template)));
    assertThat(denied)
        .noneMatch(action -> policy.allows(template.service() + ":" + action, target(template)));
    assertThat(REFERENCE.contradictions(List.of(existing(template, allowed, denied))))
        .as("the listed actions exist")
        .noneMatch(found -> found.contains("does not exist"));
  }

  private static Template existing(Template template, List<String> allowed, List<String> denied) {
    List<String> all = Stream.concat(allowed.stream(), denied.stream()).toList();
    return new Template(
        template.service(),
        template.level(),
        List.of(
            new ActionGroup(
                List.of(template.level()),
                all,
                Access.READ,
                List.of(),
                Scoped.KEEP,
                Unscoped.GRANT,
                null)));
  }

  /** What the template grants where it is not scoped, or scoped where it must be. */
  private static PolicyDocument widest(Template template) {
    String resources =
        template.needsResources()
            ? ", 'resources': ['%s']".formatted(first(template.service()).entry())
            : "";
    return inline("{'policies': ['%s']%s}".formatted(template.name(), resources));
  }

  private static String target(Template template) {
    return template.needsResources()
        ? first(template.service()).inside()
        : "arn:aws:any:us-east-1:123456789012:thing";
  }

  private static Resource first(String service) {
    return EXAMPLES.resources(service).get(0);
  }

  @Test
  void accessControlListsOfObjectsStayPrivate() {
    PolicyEvaluator policy = new PolicyEvaluator(inline("{'policies': ['s3:WriteOnly']}").toJson());
    String object = "arn:aws:s3:::data/k";

    assertThat(policy.allows("s3:PutObjectAcl", object)).isFalse();
    for (String acl : List.of("private", "bucket-owner-full-control")) {
      assertThat(policy.allows("s3:PutObjectAcl", object, Map.of("s3:x-amz-acl", acl))).isTrue();
    }
    for (String acl : List.of("public-read", "public-read-write", "authenticated-read")) {
      assertThat(policy.allows("s3:PutObjectAcl", object, Map.of("s3:x-amz-acl", acl))).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("templatesWithExamples")
  void aScopedTemplateGrantsItsActionsOnItsResourcesOnly(Template template, Resource example) {
    PolicyDocument document =
        inline(
            "{'policies': ['%s'], 'resources': ['%s']}"
                .formatted(template.name(), example.entry()));
    PolicyEvaluator policy = new PolicyEvaluator(document.toJson());

    for (ActionGroup group : template.groups()) {
      for (String action : group.actions()) {
        String name = template.service() + ":" + (action.equals("*") ? "AnyAction" : action);
        boolean bound = group.scoped() == Scoped.BIND && group.on().contains(example.kind());
        Map<String, String> context = Map.of("s3:x-amz-acl", "private");
        if (bound) {
          assertThat(policy.allows(name, example.inside(), context)).as(name).isTrue();
        }
        assertThat(policy.allows(name, example.outside(), context))
            .as(name + " on " + example.outside())
            .isEqualTo(group.scoped() == Scoped.KEEP);
      }
    }
    assertGrammaticalAndSmall(document);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void anUnscopedTemplateFollowsTheGrammarAndTheSizeOfIam(Template template) {
    assertGrammaticalAndSmall(widest(template));
  }

  private static void assertGrammaticalAndSmall(PolicyDocument document) {
    Problems problems = new Problems();
    assertThat(new StatementReader(STACK, problems).document(document.toJson(), "$")).isNotEmpty();
    assertThat(problems.list()).isEmpty();
    assertThat(document.sizeInBytes()).isLessThan(2048);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void lettersOfAnyCaseNameTheTemplate(Template template) {
    assertThat(TEMPLATES.named(template.name().toUpperCase(Locale.ROOT))).contains(template);
    assertThat(TEMPLATES.named(template.name().toLowerCase(Locale.ROOT))).contains(template);
  }

  @Test
  void theTemplatesOfOneServiceMakeOneDocument() {
    assertThat(inline("{'policies': ['s3:ReadOnly', 's3:WriteOnly', 's3:FullAccess']}"))
        .isEqualTo(
            PolicyDocument.of(
                json(
                    "{'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}}")));
  }

  @Test
  void templatesOfOtherServicesStayUnscoped() {
    assertThat(
            inline("{'policies': ['s3:ReadOnly', 'sqs:WriteOnly'], 'resources': ['s3://data']}")
                .toString())
        .contains("\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"");
  }
}
