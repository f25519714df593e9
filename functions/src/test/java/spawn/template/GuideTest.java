package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The user guide's audit trail is the whole one. */
class GuideTest {
  /** What is asked for beside a call, and is none. */
  private static final Set<String> NO_CALLS =
      Set.of("PassRole", "CreateServiceLinkedRole", "TagInstanceProfile", "CreateTags");

  /** STS's, for which the functions have no client. */
  private static final String ASSUMED = "AssumeRole";

  private static final Pattern LOOKED_UP =
      Pattern.compile("for event in ([\\w ]+);|AttributeKey=EventName,AttributeValue=(\\w+)");

  private static String trail() throws IOException {
    String guide = Files.readString(Path.of("docs", "guide.md"));
    String chapter = guide.substring(guide.indexOf("\n## The audit trail\n"));
    return chapter.substring(0, chapter.indexOf("\n## ", 1));
  }

  private static Set<String> events() throws IOException {
    return LOOKED_UP
        .matcher(trail())
        .results()
        .map(event -> event.group(1) == null ? event.group(2) : event.group(1))
        .flatMap(names -> Arrays.stream(names.split(" ", -1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the operations of IAM and EC2 that change something and that a function may call. */
  private static Set<String> writes() {
    Template template = Template.read();
    return template.idsOf("AWS::Serverless::Function").stream()
        .flatMap(function -> template.statements(function).stream())
        .filter(statement -> statement.path("Effect").asText().equals("Allow"))
        .flatMap(statement -> texts(statement.path("Action")))
        .filter(action -> action.matches("(iam|ec2):(?!Get|List|Describe|Simulate|Generate).*"))
        .map(action -> action.substring(action.indexOf(':') + 1))
        .filter(action -> !NO_CALLS.contains(action))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> texts(JsonNode oneOrMore) {
    return oneOrMore.isArray()
        ? oneOrMore.valueStream().map(JsonNode::asText)
        : Stream.of(oneOrMore.asText());
  }

  @Test
  void everyCallOfAFunctionThatChangesSomethingIsLookedUp() throws IOException {
    assertThat(writes()).contains("CreateRole", "RunInstances", "DeleteRole");
    assertThat(events()).containsAll(writes()).contains(ASSUMED, "StartExecution");
  }

  @Test
  void everyEventIsAnOperation() throws IOException {
    Set<String> operations =
        Stream.of(IamClient.class, Ec2Client.class, SfnClient.class)
            .flatMap(client -> Arrays.stream(client.getMethods()))
            .map(Method::getName)
            .map(name -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))
            .collect(Collectors.toSet());

    assertThat(events()).filteredOn(event -> !event.equals(ASSUMED)).isSubsetOf(operations);
  }

  /**
   * By <a
   * href="https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html">LookupAttribute</a>,
   * whose values the AWS CLI passes on unread.
   */
  @Test
  void everyAttributeIsOneThatCloudTrailLooksUp() throws IOException {
    List<String> attributes =
        Pattern.compile("AttributeKey=(\\w+)")
            .matcher(trail())
            .results()
            .map(key -> key.group(1))
            .toList();

    assertThat(attributes)
        .contains("ResourceName", "EventName", "Username")
        .isSubsetOf(
            "EventId",
            "EventName",
            "ReadOnly",
            "Username",
            "ResourceType",
            "ResourceName",
            "EventSource",
            "AccessKeyId");
  }
}
