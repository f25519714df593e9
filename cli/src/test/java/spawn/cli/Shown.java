package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import spawn.promises.Promises.Promise;

/**
 * Holds what a command line's {@code shows} says against AWS's state; the head of {@code
 * docs/promises.yaml} describes each of its members.
 */
final class Shown {
  private static final Pattern INSTANCE = Pattern.compile("\\bi-[0-9a-f]{17}\\b");

  private final AwsState aws;
  private final Map<String, String> documentFiles;
  private final Typist typist;
  private final Map<String, String> roles = new ConcurrentHashMap<>();
  private final Map<String, String> launched = new ConcurrentHashMap<>();
  private final Map<String, String> holdings = new ConcurrentHashMap<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /**
   * Creates the checks.
   *
   * @param documentFiles the files that the documents show, by their names
   * @param typist who types the lines
   */
  Shown(AwsState aws, Map<String, String> documentFiles, Typist typist) {
    this.aws = aws;
    this.typist = typist;
    this.documentFiles = documentFiles;
  }

  /** Returns what is wrong with a line that nothing would be checked of, or nothing. */
  static Optional<String> vacuous(Promise line) {
    return line.ends() == null && (line.shows() == null || line.shows().isEmpty())
        ? Optional.of(line.id() + " shows nothing, so that it would pass whatever it does")
        : Optional.empty();
  }

  /** Returns the instance that the line of this id has launched, the first if there are several. */
  Optional<String> instanceOf(String line) {
    return Optional.ofNullable(launched.get(line));
  }

  /** Has the line print what a command has printed on the instance that it is sent to. */
  void expect(Promise line, String printed) {
    answers.put(line.id(), printed);
  }

  /** Looks at what the line is not to change, before it is run. */
  void before(Promise line) {
    if (line.shows() != null && line.shows().path("untouched").asBoolean()) {
      String role = line.shows().path("role").asText();
      holdings.put(line.id(), aws.holdings(role));
    }
  }

  /** Looks at everything that the line shows, after it was run. */
  void after(Promise line, Typist.Ran ran) {
    if (line.ends() == null) {
      assertThat(ran.code()).as("%s prints %s and", line, ran.all()).isZero();
    } else {
      assertThat(ran.code()).as("%s prints %s and", line, ran.all()).isNotZero();
      assertThat(ran.err()).contains(line.ends());
    }
    if (line.shows() == null) {
      return;
    }
    List<Instance> instances =
        line.shows().has("instances") ? launched(line, ran) : List.<Instance>of();
    Optional<String> role = role(line, instances);
    role.ifPresent(name -> roles.put(line.id(), name));
    line.shows()
        .properties()
        .forEach(shown -> holds(line, shown.getKey(), shown.getValue(), instances, role, ran));
  }

  /** Returns the instances that the line has printed: all that its execution has launched. */
  private List<Instance> launched(Promise line, Typist.Ran ran) {
    List<String> ids =
        INSTANCE.matcher(ran.out()).results().map(found -> found.group()).distinct().toList();
    List<Instance> instances = aws.instances(ids);
    assertThat(instances).as("%s prints %s: ids", line, ran.out()).hasSameSizeAs(ids).isNotEmpty();
    launched.put(line.id(), ids.get(0));
    List<String> executions =
        instances.stream()
            .flatMap(instance -> tag(instance, "spawn:execution").stream())
            .distinct()
            .toList();
    if (line.words().startsWith("spawn ")) {
      assertThat(executions).as("executions of %s", line).hasSize(1);
      assertThat(aws.withTag("spawn:execution", executions.get(0))).hasSameSizeAs(ids);
    }
    return instances;
  }

  private Optional<String> role(Promise line, List<Instance> instances) {
    if (line.shows().has("about")) {
      return Optional.of(line.shows().path("about").asText());
    }
    List<Optional<String>> found =
        instances.stream().map(instance -> aws.roleOf(instance.instanceId())).distinct().toList();
    assertThat(found).as("roles of %s", line).hasSizeLessThan(2);
    return found.stream().findFirst().map(role -> role.orElseThrow());
  }

  private void holds(
      Promise line,
      String member,
      JsonNode value,
      List<Instance> instances,
      Optional<String> role,
      Typist.Ran ran) {
    switch (member) {
      case "about" -> assertThat(role).isPresent();
      case "instances" -> assertThat(instances).hasSize(value.asInt()).allMatch(Shown::runs);
      case "name" ->
          assertThat(instances).isNotEmpty().allMatch(one -> isTagged(one, "Name", value.asText()));
      case "instanceTags" ->
          assertThat(instances).isNotEmpty().allMatch(one -> hasTags(one, value));
      case "type" ->
          assertThat(instances)
              .isNotEmpty()
              .allMatch(one -> one.instanceTypeAsString().equals(value.asText()));
      case "script" ->
          assertThat(instances)
              .isNotEmpty()
              .allSatisfy(
                  one ->
                      assertThat(aws.userData(one.instanceId()).lines()).contains(value.asText()));
      case "prints" -> assertThat(ran.all()).containsPattern(value.asText());
      case "runs" -> assertThat(ran.out()).isEqualTo(answers.get(line.id()));
      case "connects" ->
          assertThat(typist.hasConnected(aws.named(value.asText()).instanceId())).isTrue();
      case "writes" ->
          value
              .properties()
              .forEach(
                  file ->
                      assertThat(typist.file(file.getKey()))
                          .containsPattern(file.getValue().asText()));
      case "gone" -> texts(value).forEach(this::isGone);
      case "policy" -> value.properties().forEach(one -> isPolicy(one.getKey(), one.getValue()));
      case "profile" -> value.properties().forEach(one -> isProfile(one.getKey(), one.getValue()));
      case "associated" ->
          value.properties().forEach(one -> isAssociated(one.getKey(), one.getValue()));
      default -> holds(line, member, value, role.orElseThrow());
    }
  }

  /** What is shown of the role of the instances. */
  private void holds(Promise line, String member, JsonNode value, String role) {
    switch (member) {
      case "role" -> assertThat(role).matches(value.asText());
      case "same" -> assertThat(role).isEqualTo(roles.get(value.asText()));
      case "another" -> assertThat(role).isNotEqualTo(roles.get(value.asText()));
      case "trusts" -> assertThat(aws.trusted(role)).hasSameElementsAs(texts(value));
      case "managed" -> assertThat(aws.managed(role)).hasSameElementsAs(texts(value));
      case "allows" -> texts(value).forEach(one -> assertThat(allows(role, one)).as(one).isTrue());
      case "denies" -> texts(value).forEach(one -> assertThat(allows(role, one)).as(one).isFalse());
      case "tags" -> hasTags(aws.tags(role), value);
      case "untouched" -> assertThat(aws.holdings(role)).isEqualTo(holdings.get(line.id()));
      default -> throw new AssertionError(line + " shows " + member + ", which nothing checks");
    }
  }

  private boolean allows(String role, String request) {
    String[] parts = request.split(" ", 2);
    return aws.allows(role, parts[0], parts[1]);
  }

  private static boolean runs(Instance instance) {
    return instance.state().nameAsString().equals("running");
  }

  private void isGone(String name) {
    assertThat(aws.withTag("Name", name))
        .as(name)
        .isNotEmpty()
        .allMatch(one -> one.state().nameAsString().matches("shutting-down|terminated"));
  }

  private void isPolicy(String name, JsonNode file) {
    assertThat(Json.read(aws.policy(name), name))
        .isEqualTo(Json.read(documentFiles.get(file.asText()), file.asText()));
  }

  private void isProfile(String name, JsonNode role) {
    assertThat(aws.profile(name).roles().stream().map(one -> one.roleName()))
        .isEqualTo(role.asText().equals("-") ? List.of() : List.of(role.asText()));
  }

  private void isAssociated(String name, JsonNode profile) {
    assertThat(aws.profileOf(aws.named(name).instanceId()).orElse("-")).isEqualTo(profile.asText());
  }

  private static boolean isTagged(Instance instance, String key, String value) {
    return tag(instance, key).filter(value::equals).isPresent();
  }

  private static Optional<String> tag(Instance instance, String key) {
    return instance.tags().stream()
        .filter(tag -> tag.key().equals(key))
        .map(tag -> tag.value())
        .findFirst();
  }

  private static boolean hasTags(Instance instance, JsonNode wanted) {
    hasTags(
        instance.tags().stream().collect(Collectors.toMap(tag -> tag.key(), tag -> tag.value())),
        wanted);
    return true;
  }

  private static void hasTags(Map<String, String> tags, JsonNode wanted) {
    wanted
        .properties()
        .forEach(
            tag -> {
              assertThat(tags).containsKey(tag.getKey());
              if (!tag.getValue().asText().equals("*")) {
                assertThat(tags).containsEntry(tag.getKey(), tag.getValue().asText());
              }
            });
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }
}
