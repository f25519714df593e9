package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problems;
import spawn.error.Work;
import spawn.policy.ServiceReference.Action;

/** What is left of policies without what was not used of them, and how it is said. */
class ShrinkingTest {
  private static final Wording WORDING = new Wording(CONTEXT);

  private static JsonNode policy(String statements) {
    return json("{'Version': '2012-10-17', 'Statement': [" + statements + "]}");
  }

  private static String allow(String actions, String resources) {
    return "{'Effect': 'Allow', 'Action': [%s], 'Resource': [%s]}".formatted(actions, resources);
  }

  /** Returns what was used of services: {@code s3=GetObject+ListBucket-} and the like. */
  private static Usage usage(String text) {
    Map<String, Usage.OfService> services = new TreeMap<>();
    for (String service : text.split(" ", -1)) {
      String[] parts = service.split("=", 2);
      Map<String, Boolean> actions = new TreeMap<>();
      if (parts.length > 1 && !parts[1].isEmpty()) {
        for (String action : parts[1].split(",", -1)) {
          actions.put(action.replaceFirst("[+-]$", ""), action.endsWith("+"));
        }
      }
      boolean unused = parts[0].startsWith("!");
      services.put(
          unused ? parts[0].substring(1) : parts[0], new Usage.OfService(!unused, actions));
    }
    return new Usage(services);
  }

  private static Shrunk shrunk(String statements, String used) {
    return Shrinking.of(List.of(policy(statements)), usage(used));
  }

  private static String left(String statements, String used) {
    return PolicyDocument.of(shrunk(statements, used).statements())
        .toJson()
        .path("Statement")
        .toString()
        .replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'s3:GetObject','sqs:SendMessage' | s3 !sqs | s3:GetObject",
        "'s3:GetObject','s3:PutObject' | s3= | s3:GetObject,s3:PutObject",
        "'ec2:RunInstances','ec2:StopInstances' | ec2=RunInstances+,StopInstances- | ec2:RunInstances",
        "'s3:GetObject','s3:CreateBucket' | s3=CreateBucket-,ListAllMyBuckets+ | s3:GetObject",
        "'new-service:Do' | s3 | new-service:Do",
        "'sqs:*' | sqs= | sqs:*",
        "'sqs:*' | !sqs | ",
        "'sqs:Send*' | sqs=CreateQueue- | sqs:Send*",
        "'sqs:*Queue' | sqs=CreateQueue-,DeleteQueue+ | sqs:DeleteQueue,sqs:PurgeQueue,sqs:TagQueue,sqs:UntagQueue",
        "'SQS:deletequeue' | sqs=DeleteQueue+,CreateQueue- | sqs:deletequeue",
        "'s3:Get?bject' | !s3 | ",
        "'iam:PassRole','iam:GetRole' | !iam | iam:PassRole",
        "'iam:*','ec2:RunInstances' | !iam ec2 | ec2:RunInstances,iam:CreateServiceLinkedRole,iam:PassRole",
        "'kms:Decrypt' | !kms | kms:Decrypt",
        "'ec2:CreateTags','ec2:StopInstances' | ec2=CreateTags-,StopInstances-,RunInstances+ | ec2:CreateTags",
        "'sqs:TagQueue','sqs:DeleteQueue' | sqs=TagQueue-,DeleteQueue- | sqs:TagQueue",
        "'elasticfilesystem:*' | !elasticfilesystem | elasticfilesystem:Client*",
        "'s?:GetObject' | !s3 | s?:GetObject"
      })
  void whatWasNotUsedIsTakenAwayAndNothingElse(String actions, String used, String expected) {
    String statement = allow(actions.strip(), "'*'");
    Set<String> left = new TreeSet<>();
    shrunk(statement, used.strip()).statements().stream()
        .flatMap(each -> each.listedActions().stream())
        .forEach(action -> left.add(action.spelled()));

    assertThat(String.join(",", left)).isEqualTo(expected == null ? "" : expected.strip());
  }

  @Test
  void resourcesConditionsAndDenialsStay() {
    String conditional =
        "{'Effect': 'Allow', 'Action': ['sqs:SendMessage','sns:Publish'], 'NotResource': 'arn:aws:sqs:us-east-1:1:x',"
            + " 'Condition': {'Bool': {'aws:SecureTransport': 'true'}}}";
    String denial = "{'Effect': 'Deny', 'NotAction': 'sqs:*', 'Resource': '*'}";

    assertThat(left(conditional + "," + denial, "sqs !sns"))
        .contains("'Condition':{'Bool':{'aws:SecureTransport':'true'}}")
        .contains("'NotResource':'arn:aws:sqs:us-east-1:1:x'")
        .contains("'Effect':'Deny','NotAction':'sqs:*'")
        .doesNotContain("sns");
  }

  @Test
  void ofEverythingEachServiceThatWasUsedOrIsNotTrackedIsLeft() {
    String left = left(allow("'*'", "'*'"), "s3 !sqs !sns");

    assertThat(left).contains("'s3:*'", "'dynamodb:*'").doesNotContain("sqs", "sns", "'*','");
  }

  @Test
  void ofEverythingButSomeTheExceptionsStayExceptions() {
    String allBut = "{'Effect': 'Allow', 'NotAction': ['iam:*', 'sqs:Send*'], 'Resource': '*'}";

    String left = left(allBut, "!sns sqs=DeleteQueue-,CreateQueue+");

    assertThat(left)
        .contains("sqs:CreateQueue", "'s3:*'")
        .doesNotContain("iam:Get", "iam:*", "sns:", "sqs:Send", "sqs:DeleteQueue'", "sqs:*");
  }

  @Test
  void whatIsTakenAwayAndWhatCannotBeToldIsSaid() {
    Shrunk shrunk =
        shrunk(
            allow("'s3:GetObject','sqs:SendMessage','sns:Publish','new:Do'", "'*'"),
            "s3 sqs=SendMessage-,CreateQueue+ !sns");

    assertThat(shrunk.removed()).containsOnlyKeys("sns", "sqs");
    assertThat(shrunk.kept())
        .containsExactly(
            "new:do: AWS does not say whether it was used.",
            "s3:*: it was used, and AWS does not say which of its actions were.");
    assertThat(shrunk.isSmaller()).isTrue();
  }

  // In words

  private static ObjectNode said(String statements, String used) {
    return WORDING.of(List.of(shrunk(statements, used))).orElseThrow();
  }

  private static PolicyDocument of(String iam) {
    return new PermissionsReader(CONTEXT)
        .read(json(iam), "$", new Problems())
        .permissions()
        .inlinePolicy();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'policies': ['s3:ReadOnly']}",
        "{'policies': ['s3:ReadOnly', 'sqs:ReadWrite']}",
        "{'policies': ['s3:ReadOnly', 'sqs:Consume'], 'resources': ['arn:aws:s3:::data', 'arn:aws:sqs:us-east-1:123456789012:work']}",
        "{'policies': ['dynamodb:FullAccess']}",
        "{'policies': ['kinesis:WriteOnly'], 'resources': ['arn:aws:kinesis:us-east-1:123456789012:stream/s']}",
        "{'policies': ['codecommit:ReadOnly']}"
      })
  void whatAWordGrantsIsSaidByTheWord(String iam) {
    assertThat(WORDING.exactly(of(iam))).isEqualTo(json(iam));
  }

  @Test
  void statementsThatNoWordSaysStayStatementsBesideWords() {
    JsonNode both =
        json(
            "{'policies': ['s3:ReadOnly'], 'statements': [{'Effect': 'Allow', 'Action': 'sqs:PurgeQueue', 'Resource': '*'}]}");

    ObjectNode said = WORDING.exactly(of(both.toString()));

    assertThat(said.path("policies")).isEqualTo(json("['s3:ReadOnly']"));
    assertThat(said.path("policyDocument").path("Statement")).hasSize(1);
    assertThat(of(said.toString())).isEqualTo(of(both.toString()));
  }

  @Test
  void theSmallestWordBetweenWhatIsUsedAndWhatIsGrantedIsChosen() {
    assertThat(
            said(
                allow(
                    "'sqs:ReceiveMessage','sqs:DeleteMessage','sqs:ChangeMessageVisibility',"
                        + "'sqs:GetQueueAttributes','sqs:GetQueueUrl','sns:Publish'",
                    "'*'"),
                "sqs !sns"))
        .isEqualTo(json("{'policies': ['sqs:Consume']}"));
  }

  // Over random policies and uses

  private record Request(String action, String resource, Map<String, String> context) {}

  private static JsonNode known(JsonNode document) {
    ArrayNode known = JsonNodeFactory.instance.arrayNode();
    document
        .path("Statement")
        .forEach(
            statement -> {
              if (!statement.toString().contains("IfExists")) {
                known.add(statement);
              }
            });
    return ((ObjectNode) document).set("Statement", known);
  }

  private static JsonNode ofWords(Random random) {
    List<String> services = List.of("s3", "sqs", "dynamodb", "kinesis", "codecommit", "sns");
    List<String> levels = Level.names();
    return of("{'policies': ['%s:%s', '%s:%s']}"
            .formatted(
                services.get(random.nextInt(3)),
                levels.get(random.nextInt(levels.size())),
                services.get(3 + random.nextInt(3)),
                levels.get(random.nextInt(levels.size()))))
        .toJson();
  }

  private static List<Action> actions(String pattern, ServiceReference service) {
    return service.matching(Glob.action(pattern), Work.unbounded()).toList();
  }

  private static List<Request> requests(JsonNode statements, Random random) {
    List<Request> requests = new ArrayList<>();
    for (JsonNode statement : statements) {
      for (JsonNode pattern : OneOrMore.of(statement.path("Action")).toList()) {
        String service = pattern.asText().split(":", 2)[0].toLowerCase(Locale.ROOT);
        List<Action> named =
            ServiceReference.of(service)
                .map(reference -> actions(pattern.asText(), reference))
                .orElseGet(() -> List.copyOf(ServiceReference.of("sqs").orElseThrow().actions()));
        for (int i = 0; i < Math.min(6, named.size()); i++) {
          String action = named.get(random.nextInt(named.size())).name();
          String prefix = ServiceReference.of(service).isPresent() ? service : "sqs";
          List<JsonNode> resources = OneOrMore.of(statement.path("Resource")).toList();
          String resource =
              resources.isEmpty()
                  ? "arn:aws:x:::y"
                  : resources
                      .get(random.nextInt(resources.size()))
                      .asText()
                      .replace("*", random.nextBoolean() ? "a" : "name-b")
                      .replace("?", "q");
          requests.add(
              new Request(
                  prefix + ":" + action,
                  resource,
                  random.nextBoolean()
                      ? Map.of()
                      : Map.of(
                          "aws:ResourceTag/team", "red",
                          "aws:SecureTransport", "true",
                          "s3:x-amz-acl", "private")));
        }
      }
    }
    return requests;
  }

  private static Usage report(Set<Request> used, List<Request> all, Random random) {
    Set<String> usedActions = new TreeSet<>();
    used.forEach(request -> usedActions.add(request.action()));
    Map<String, Usage.OfService> services = new TreeMap<>();
    for (Request request : all) {
      String service = request.action().split(":", 2)[0];
      if (random.nextInt(8) == 0) {
        continue; // AWS does not track it
      }
      boolean isUsed = usedActions.stream().anyMatch(action -> action.startsWith(service + ":"));
      Map<String, Boolean> actions = new TreeMap<>();
      if (isUsed && random.nextInt(4) > 0) {
        for (Action action : ServiceReference.of(service).orElseThrow().actions()) {
          if (random.nextBoolean()) {
            actions.put(action.name(), usedActions.contains(service + ":" + action.name()));
          }
        }
      }
      services.put(service, new Usage.OfService(isUsed, actions));
    }
    return new Usage(services);
  }

  @Test
  void whatIsProposedAllowsAllThatWasUsedAndNothingThatWasNotGranted() {
    int smaller = 0;
    int inWords = 0;
    for (long seed = 0; seed < 80; seed++) {
      Random random = new Random(seed);
      JsonNode document = seed % 2 == 0 ? known(RandomPolicy.document(random)) : ofWords(random);
      PolicyEvaluator granted = new PolicyEvaluator(document);
      List<Request> all = requests(document.path("Statement"), random);
      Set<Request> used = new LinkedHashSet<>();
      for (Request request : all) {
        if (random.nextInt(3) == 0
            && granted.allows(request.action(), request.resource(), request.context())) {
          used.add(request);
        }
      }
      Shrunk shrunk = Shrinking.of(List.of(document), report(used, all, random));
      ObjectNode said = WORDING.of(List.of(shrunk)).orElse(null);
      if (said == null) {
        continue; // larger than a role takes
      }
      smaller += shrunk.isSmaller() ? 1 : 0;
      inWords += said.has("policies") ? 1 : 0;
      PolicyEvaluator proposed = new PolicyEvaluator(of(said.toString()).toJson());
      for (Request request : all) {
        boolean allows = proposed.allows(request.action(), request.resource(), request.context());
        if (used.contains(request)) {
          assertThat(allows).as("seed %d: %s was used, of %s", seed, request, document).isTrue();
        }
        if (allows) {
          assertThat(granted.allows(request.action(), request.resource(), request.context()))
              .as("seed %d: %s was not granted, %s", seed, request, document)
              .isTrue();
        }
      }
    }
    assertThat(smaller).isGreaterThan(40);
    assertThat(inWords).isGreaterThan(5);
  }
}
