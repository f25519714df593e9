package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import spawn.cli.PayloadFlag.Form;
import spawn.launch.LaunchFields;
import spawn.payload.Quote;

/** The flags of a launch's payload, and what the payload is where they say nothing. */
final class LaunchFlags {
  /** The type of instances where nothing names another. */
  static final String DEFAULT_TYPE = "m7i.large";

  private static final String IMAGE =
      "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-";

  /**
   * Types with AWS's or Nvidia's processors of ARM (<a
   * href="https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html">how types
   * are named</a>): a g after the generation, as in m7g, c7gn and g5g; the first, a1; and GB200.
   */
  private static final Pattern OF_ARM =
      Pattern.compile("a1\\..*|[a-z]+\\d+g[a-z]*\\..*|.*-gb\\d+.*");

  private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

  private static final String RUN = "--run";
  private static final String ROLE = "--iam-role";
  private static final String CROSS_ACCOUNT = "--iam-cross-account";
  private static final List<String> ASSUME_ROLES = List.of("iam", "assumeRoles");
  private static final List<String> EXPECT = List.of("iam", "expect");

  /** The names of flags that do not follow from the field's. EC2's request has flags of its own. */
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "instance", List.of(),
          "iam.policies", List.of("--iam-policy", "--iam-policies"),
          "iam.policyDocument", List.of("--iam-policy-file", "--iam-policy-document"),
          "iam.expires", List.of("--expires", "--iam-expires"),
          "iam.expect.allow", List.of("--expect", "--expect-allow", "--iam-expect-allow"),
          "iam.expect.deny", List.of("--expect-deny", "--iam-expect-deny"),
          "iam.expect.context", List.of("--expect-context", "--iam-expect-context"));

  private LaunchFlags() {}

  /** Returns the flags of a launch. */
  static PayloadFlags ofLaunch() {
    return new PayloadFlags(
        Stream.of(
                declared(RUN::equals), // before user data, which may not stand beside it
                InstanceFlags.all().stream(),
                declared(name -> name.startsWith("--iam")),
                crossAccount(),
                declared(name -> !name.equals(RUN) && !name.startsWith("--iam")))
            .flatMap(flags -> flags)
            .toList());
  }

  /** Returns the flags for the role of an instance that there is. */
  static PayloadFlags ofRole() {
    return new PayloadFlags(
        Stream.concat(
                declared(
                    name ->
                        name.equals("--plan")
                            || (name.startsWith("--iam") && !name.equals("--iam-none"))
                            || name.startsWith("--exp")),
                crossAccount())
            .toList());
  }

  private static Stream<PayloadFlag> declared(Predicate<String> isWanted) {
    return PayloadFlag.of(LaunchFields.ALL, NAMES).stream()
        .filter(flag -> isWanted.test(flag.name()));
  }

  private static Stream<PayloadFlag> crossAccount() {
    return Stream.of(
        new PayloadFlag(
            List.of(CROSS_ACCOUNT),
            Form.several("ACCOUNT,..."),
            "accounts whose role, which --iam-role names, the instances may assume",
            (payload, typed, files) -> {
              // Put by assume, which knows the region.
            }));
  }

  /**
   * Puts what is on the command line into a payload.
   *
   * @param region the stack's, whose partition the ARNs of other accounts' roles have
   * @throws CommandFailure if what is typed is not as it must be
   */
  static void put(
      PayloadFlags flags, ParseResult parsed, Payload payload, TypedFiles files, Region region) {
    List<String> accounts =
        PayloadFlags.typed(parsed, CROSS_ACCOUNT).stream()
            .flatMap(FlagValues::commas)
            .map(String::strip)
            .toList();
    if (accounts.isEmpty()) {
      flags.put(parsed, payload, files);
    } else {
      new PayloadFlags(flags.list().stream().filter(flag -> !flag.name().equals(ROLE)).toList())
          .put(parsed, payload, files);
      assume(accounts, parsed, payload, region);
    }
    wholeExpectations(payload);
  }

  private static void assume(
      List<String> accounts, ParseResult parsed, Payload payload, Region region) {
    String role =
        PayloadFlags.typed(parsed, ROLE).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    CommandFailure.wrongCall(
                        "%s needs %s, the name of the role in that account."
                            .formatted(CROSS_ACCOUNT, ROLE)));
    ArrayNode roles = JsonNodeFactory.instance.arrayNode();
    if (payload.flagOf("$.iam.assumeRoles").isPresent()) {
      payload.get(ASSUME_ROLES).forEach(roles::add);
    }
    for (String account : accounts) {
      if (!ACCOUNT.matcher(account).matches()) {
        throw CommandFailure.wrongCall(
            "%s: %s is not an account: write its twelve digits, for example 111122223333."
                .formatted(CROSS_ACCOUNT, Quote.of(account)));
      }
      roles.add(
          "arn:%s:iam::%s:role/%s".formatted(PartitionMetadata.of(region).id(), account, role));
    }
    payload.set(ASSUME_ROLES, roles, CROSS_ACCOUNT);
  }

  /** An object with allow, deny or context that is given as an expectation is all of them. */
  private static void wholeExpectations(Payload payload) {
    if (payload.flagOf("$.iam.expect.allow").isEmpty()) {
      return;
    }
    List<JsonNode> others = new ArrayList<>();
    for (JsonNode each : payload.get(List.of("iam", "expect", "allow"))) {
      if (each instanceof ObjectNode all
          && (all.has("allow") || all.has("deny") || all.has("context"))
          && !all.has("action")) {
        payload.set(EXPECT, all, "--expect");
      } else {
        others.add(each);
      }
    }
    if (payload.get(EXPECT) instanceof ObjectNode all && !others.isEmpty()) {
      ArrayNode allow =
          all.path("allow") instanceof ArrayNode given && payload.flagOf("$.iam.expect").isPresent()
              ? given
              : all.putArray("allow");
      allow.addAll(others);
    }
  }

  /** Fills in what a launch by flags alone leaves out: the image and the type of the instances. */
  static void fillIn(Payload payload) {
    List<String> template = List.of("instance", "LaunchTemplate");
    if (payload.get(List.of("instanceId")).isTextual() || !payload.get(template).isMissingNode()) {
      return;
    }
    List<String> type = List.of("instance", "InstanceType");
    List<String> image = List.of("instance", "ImageId");
    if (payload.get(type).isMissingNode()) {
      // An image may be of another processor, whose type EC2 has to choose or to refuse.
      payload.set(type, TextNode.valueOf(DEFAULT_TYPE), "--instance-type");
    }
    if (payload.get(image).isMissingNode()) {
      payload.set(image, TextNode.valueOf(image(payload.get(type).asText())), "--ami");
    }
  }

  /** Returns the newest Amazon Linux 2023 for an instance type's processor. */
  static String image(String type) {
    return IMAGE + (OF_ARM.matcher(type).matches() ? "arm64" : "x86_64");
  }
}
