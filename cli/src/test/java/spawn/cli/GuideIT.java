package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sts.StsClient;
import spawn.cli.GuideBlocks.Block;
import spawn.cli.Typist.Ran;

/**
 * Types every command of {@code docs/guide.md} as it stands there: here, on the instances that it
 * launches, and, for what only AWS has, as far as the AWS CLI's own parser.
 */
@OnStackShell
class GuideIT {
  /** The services that the local stack lacks. */
  private static final Pattern ONLY_AWS = Pattern.compile("\\baws (?:cloudtrail|ce) [^\n]*");

  private static final Pattern FAILS =
      Pattern.compile("(?m)^(.*\\S)  # (AccessDenied|fails)\\b.*$");
  private static final Pattern ROLE = Pattern.compile("--iam-role (\\S+)");
  private static final String SOME_INSTANCE = "i-0123456789abcdef0";

  /** What people answer to questions. */
  private static final String YES = "y\n";

  /** How many launches are typed at once: most of a launch is waiting. */
  private static final int HANDS = 8;

  private final StackShell running;
  private final AwsState aws;
  private final StsClient sts;
  private final ExecutorService hands = Executors.newFixedThreadPool(HANDS);

  GuideIT(StackShell running) {
    this.running = running;
    this.aws = new AwsState(running.stack());
    this.sts = running.sts();
  }

  @BeforeEach
  void quickEdges() {
    running.quickEdges();
  }

  @AfterEach
  void standardEdges() {
    hands.shutdownNow();
    sts.close();
    running.standardEdges();
  }

  @TestFactory
  Stream<DynamicTest> aCommandDoesWhatTheGuideSays(@TempDir Path folder, @TempDir Path kept)
      throws Exception {
    Typist typist = new Typist(running, folder, kept);
    String instance = given(typist, kept);
    List<Block> blocks = GuideBlocks.ofTheShell();
    Map<String, CompletableFuture<Ran>> launched = launches(blocks, typist);
    return blocks.stream()
        .flatMap(
            block ->
                block.instance().isPresent()
                    ? Stream.of(
                        dynamicTest(
                            "on the instance " + block.instance().get(),
                            () -> onTheInstance(block, typist)))
                    : block.commands().stream()
                        .map(
                            command ->
                                dynamicTest(
                                    command,
                                    () ->
                                        assertDone(
                                            command,
                                            launched.containsKey(command)
                                                ? launched.get(command).join()
                                                : here(command, instance, typist)))));
  }

  /** Makes what the guide takes for granted, and returns the id of an instance of its own. */
  private String given(Typist typist, Path home) throws Exception {
    typist.file("policy.json", GuideBlocks.file("json", "Policies of your own"));
    typist.file("data.txt", "data\n");
    Files.createDirectories(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/config"), GuideBlocks.file("ini", "Resources of another account"));
    for (String bucket : List.of("my-bucket", "remote-account-bucket")) {
      typist.type("aws s3 mb s3://" + bucket + " || true", (String) null);
    }
    String line =
        "aws s3 cp data.txt s3://my-bucket/data.txt >&2; rm data.txt\n"
            + "aws ec2 run-instances --image-id %s --instance-type t3.micro --query 'Instances[0].InstanceId' --output text"
                .formatted(aws.image());
    Ran ran = typist.type(line, (String) null);
    assertDone(line, ran);
    return ran.out().strip();
  }

  /** Begins all launches; those that name one role follow each other. */
  private Map<String, CompletableFuture<Ran>> launches(List<Block> blocks, Typist typist) {
    Map<String, CompletableFuture<Ran>> launches = new LinkedHashMap<>();
    Map<String, CompletableFuture<Ran>> lastOfRole = new LinkedHashMap<>();
    blocks.stream()
        .filter(block -> block.instance().isEmpty())
        .flatMap(block -> block.commands().stream())
        .filter(command -> command.startsWith("spawn launch "))
        .forEach(
            command -> {
              Matcher role = ROLE.matcher(command);
              CompletableFuture<Ran> before =
                  role.find()
                      ? lastOfRole.getOrDefault(
                          role.group(1), CompletableFuture.completedFuture(null))
                      : CompletableFuture.completedFuture(null);
              CompletableFuture<Ran> launch =
                  before.thenApplyAsync(earlier -> typist.type(command, YES), hands);
              launches.put(command, launch);
              if (role.reset().find()) {
                lastOfRole.put(role.group(1), launch);
              }
            });
    return launches;
  }

  private static Ran here(String command, String instance, Typist typist) {
    String oneLineEach = command.replaceAll("\\\\\n *", "");
    return typist.type(
        ONLY_AWS
            .matcher(oneLineEach)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(found.group() + " --generate-cli-skeleton output"))
            .replace(SOME_INSTANCE, instance),
        YES);
  }

  private void onTheInstance(Block block, Typist typist) {
    String name = block.instance().orElseThrow();
    String id = aws.named(name).instanceId();
    if (block.text().contains("--profile")) {
      String role = aws.role(aws.roleOf(id).orElseThrow()).arn();
      new OtherAccount("444455556666", running.stack())
          .shares("shared-role", role.substring(role.indexOf(":role/") + 6));
    }
    String script =
        FAILS
            .matcher(block.text())
            .replaceAll(
                line ->
                    Matcher.quoteReplacement(
                        "if %s 2>failed; then echo 'it did not fail' >&2; exit 9; fi; %s"
                            .formatted(
                                line.group(1),
                                line.group(2).equals("fails")
                                    ? ":"
                                    : "grep -q '%s' failed || { cat failed >&2; exit 8; }"
                                        .formatted(line.group(2)))));
    try (InstanceMetadata metadata = new InstanceMetadata(id, aws, sts)) {
      Ran ran = typist.type("touch failed\n" + script, metadata);

      assertDone(script, ran);
      assertThat(ran.out()).matches("(?s).*(assumed-role/|\"AccessKeyId\").*");
    }
  }

  private static void assertDone(String command, Ran ran) {
    assertThat(ran.code()).as("%s%nprints %s%nand its exit code", command, ran.all()).isZero();
  }
}
