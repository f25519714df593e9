package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sts.StsClient;
import spawn.promises.Promises;
import spawn.promises.Promises.Promise;

/**
 * The command lines of the documents that spawn comes from, typed as they stand there but for ids
 * and images. {@code docs/promises.yaml} lists them, with what AWS's state is after each.
 *
 * <p>A line is typed when those are done that it depends on; the others are typed meanwhile, since
 * most of a launch is waiting.
 */
@OnStackShell
class CommandsIT {
  private static final int COMMANDS = 72;

  /** How many lines are typed at once: each launch at a time takes a process of each function. */
  private static final int HANDS = 4;

  private static final String YES = "y\n";

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(instance|association|account|image)(?: ([\\w-]+))?}");

  private static final Promises PROMISES = Promises.read();

  private final StackShell running;
  private final AwsState aws;
  private final StsClient sts;
  private final ExecutorService hands = Executors.newFixedThreadPool(HANDS);
  private final Map<String, CompletableFuture<Void>> typed = new LinkedHashMap<>();
  private final Map<String, InstanceMetadata> metadata = new ConcurrentHashMap<>();
  private final ObjectNode answers = Json.object();

  @TempDir private Path folder;
  @TempDir private Path kept;
  private Typist typist;
  private Shown shown;

  CommandsIT(StackShell running) {
    this.running = running;
    this.aws = new AwsState(running.stack());
    this.sts = running.sts();
  }

  @BeforeEach
  void quickEdges() {
    typist = new Typist(running, folder, kept);
    shown = new Shown(aws, PROMISES.documentFiles(), typist);
    running.quickEdges();
    new OtherAccount("444455556666", running.stack()).sharesABucketWith("EC2S3AccessRole");
  }

  @AfterEach
  void slowEdges() {
    hands.shutdownNow();
    metadata.values().forEach(InstanceMetadata::close);
    sts.close();
    running.standardEdges();
  }

  @TestFactory
  Stream<DynamicTest> aCommandLineDoesWhatItsDocumentSays() {
    Map<String, Promise> lines =
        Stream.of("spawn", "aws")
            .flatMap(kind -> PROMISES.ofKind(kind).stream())
            .collect(
                Collectors.toMap(
                    Promise::id, Function.identity(), (one, two) -> one, LinkedHashMap::new));
    for (Promise line : lines.values()) {
      // Each is waited for in its own test.
      CompletableFuture<Void> unused = start(line, lines, new HashSet<>());
    }
    return Stream.concat(
        lines.values().stream()
            .map(
                line ->
                    dynamicTest(
                        line.id() + ": " + line.words().replaceAll("\\s*\\\\\n\\s*", " "),
                        () -> end(line))),
        Stream.of(dynamicTest("every command line was typed", this::count)));
  }

  private void end(Promise line) {
    try {
      typed.get(line.id()).join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw failed;
    }
  }

  private void count() {
    long well = typed.values().stream().filter(line -> !line.isCompletedExceptionally()).count();
    System.out.printf("%d of %d commands%n", well, COMMANDS);
    assertThat(well).isEqualTo(COMMANDS);
  }

  /** Types a line as soon as those before it are done. */
  private CompletableFuture<Void> start(
      Promise line, Map<String, Promise> lines, Set<String> path) {
    if (!path.add(line.id())) {
      throw new IllegalStateException(line.id() + " comes after itself, by " + path);
    }
    if (!typed.containsKey(line.id())) {
      CompletableFuture<?>[] before =
          first(line)
              .map(id -> start(lines.get(id), lines, path))
              .toArray(CompletableFuture<?>[]::new);
      typed.put(
          line.id(),
          CompletableFuture.allOf(before)
              .handleAsync(
                  (done, failed) -> {
                    if (failed != null) {
                      throw new AssertionError("not typed: a line before it has failed", failed);
                    }
                    type(line);
                    return null;
                  },
                  hands));
    }
    path.remove(line.id());
    return typed.get(line.id());
  }

  /** Returns the ids of the lines that a line depends on. */
  private static Stream<String> first(Promise line) {
    List<String> ids = new ArrayList<>(line.after() == null ? List.of() : line.after());
    if (line.shows() != null) {
      Stream.of("same", "another")
          .filter(line.shows()::has)
          .forEach(other -> ids.add(line.shows().path(other).asText()));
    }
    return ids.stream();
  }

  private void type(Promise line) {
    assertThat(Shown.vacuous(line)).isEmpty();
    Optional.ofNullable(line.files())
        .orElse(Map.of())
        .forEach(
            (name, text) ->
                typist.file(name, text.contains("\n") ? text : PROMISES.documentFiles().get(text)));
    for (String before : Optional.ofNullable(line.before()).orElse(List.of())) {
      Typist.Ran ran = typist.type(filled(before), YES);
      assertThat(ran.code()).as("%s prints %s and", before, ran.all()).isZero();
    }
    shown.before(line);
    Optional.ofNullable(line.shows())
        .ifPresent(
            shows ->
                shows
                    .path("runs")
                    .properties()
                    .forEach(runs -> answer(line, runs.getKey(), runs.getValue().asText())));
    String text = filled(line.run() == null ? line.words() : line.run());
    shown.after(
        line,
        line.on() == null
            ? typist.type(text, Optional.ofNullable(line.input()).orElse(YES))
            : typist.type(text, on(line.on())));
  }

  /** Runs a command on an instance, and has Systems Manager answer what it prints there. */
  private void answer(Promise line, String instance, String command) {
    Typist.Ran ran = typist.type(command, on(instance));
    assertThat(ran.code()).as("%s prints %s and", command, ran.all()).isZero();
    shown.expect(line, ran.out());
    synchronized (answers) {
      answers.putObject(command).put("output", ran.out());
      running.stack().edges(Json.object().set("commands", answers).toString());
    }
  }

  /** Returns what the instance of a name, or of a line that launched it, finds out about itself. */
  private InstanceMetadata on(String instance) {
    return metadata.computeIfAbsent(
        shown.instanceOf(instance).orElseGet(() -> aws.named(instance).instanceId()),
        id -> new InstanceMetadata(id, aws, sts));
  }

  private String filled(String line) {
    return PLACEHOLDER
        .matcher(line)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    switch (found.group(1)) {
                      case "account" -> running.stack().account();
                      case "image" -> aws.image();
                      case "instance" -> aws.named(found.group(2)).instanceId();
                      default ->
                          aws.association(aws.named(found.group(2)).instanceId())
                              .orElseThrow()
                              .associationId();
                    }));
  }
}
