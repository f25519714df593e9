package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.AwsClient;
import spawn.artifact.CannedAws;
import spawn.artifact.HandlerRuns;

/** What is deployed does what all classes and libraries do together, and is small. */
class HandlersOnTheArtifactIT {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path ZIP = TARGET.resolve("spawn.zip");
  private static final int MOST_BYTES = 5_000_000;

  @TempDir static Path folder;

  private static final CannedAws AWS = new CannedAws();

  /** The classes that a run needs beside what it runs. */
  private static final List<String> RUNNER =
      List.of(
          HandlerRuns.class.getName(),
          InvocationContext.class.getName(),
          InvocationContext.class.getName() + "$1");

  private static List<String> inputs = List.of();
  private static Run onTheArtifact;

  /**
   * What came of running the handlers.
   *
   * @param answers what each answered, or threw
   * @param calls what AWS was asked
   * @param loaded the classes that were loaded, and where from
   * @param printed what the process printed
   */
  private record Run(
      List<String> answers, List<String> calls, Map<String, String> loaded, String printed) {}

  @BeforeAll
  static void theHandlersHaveRunOnTheArtifact() throws Exception {
    inputs = inputs();
    Path unpacked = unpacked();
    onTheArtifact = run("artifact", unpacked.resolve("lib/spawn.jar").toString());
  }

  @AfterAll
  static void awsEnds() {
    AWS.close();
  }

  @Test
  void itIsSmall() throws IOException {
    assertThat(Files.size(ZIP)).isLessThanOrEqualTo(MOST_BYTES);
  }

  @Test
  void everyHandlerAnswersAndAsksAsItDoesWithAllLibraries() throws Exception {
    Run whole =
        run(
            "whole",
            TARGET.resolve("spawn-whole") + ":" + TARGET.resolve("spawn-whole/lib") + "/*");

    assertThat(onTheArtifact.answers()).isEqualTo(whole.answers());
    assertThat(onTheArtifact.calls()).isEqualTo(whole.calls());
  }

  @Test
  void nothingIsMissingWhereItRuns() {
    assertThat(String.join("\n", onTheArtifact.answers()) + onTheArtifact.printed())
        .doesNotContain(
            "NoClassDefFoundError",
            "ClassNotFoundException",
            "NoSuchMethodError",
            "NoSuchFieldError",
            "AbstractMethodError",
            "IncompatibleClassChangeError",
            "VerifyError",
            "ServiceConfigurationError",
            "UnsupportedOperationException");
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    Set<String> elsewhere = new TreeSet<>();
    onTheArtifact
        .loaded()
        .forEach(
            (name, source) -> {
              boolean isOfTheRun = RUNNER.contains(name);
              if (source.startsWith("file:") && !source.endsWith("/lib/spawn.jar") && !isOfTheRun) {
                elsewhere.add(name + " from " + source);
              }
            });

    assertThat(elsewhere).isEmpty();
    assertThat(onTheArtifact.loaded().keySet())
        .contains("spawn.RunInstance", "software.amazon.awssdk.services.ec2.DefaultEc2Client");
  }

  /**
   * Which of the two is loaded is up to the runtime, and on the local stack it is the artifact's.
   */
  @Test
  void whatLambdasRuntimeHasTooIsWhole() throws Exception {
    List<URL> runtime = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of(".local/ric").toRealPath())) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        runtime.add(jar.toUri().toURL());
      }
    }
    Path artifact = unpacked().resolve("lib/spawn.jar");
    Set<String> shared = new TreeSet<>();
    try (URLClassLoader ofTheRuntime = new URLClassLoader(runtime.toArray(URL[]::new), null);
        URLClassLoader ours = new URLClassLoader(new URL[] {artifact.toUri().toURL()}, null);
        JarFile classes = new JarFile(artifact.toFile())) {
      for (String file : classes.stream().map(JarEntry::getName).toList()) {
        if (file.endsWith(".class") && ofTheRuntime.getResource(file) != null) {
          String name = file.replace(".class", "").replace('/', '.');
          shared.add(name);
          assertThat(methods(ours.loadClass(name)))
              .as(name)
              .containsAll(methods(ofTheRuntime.loadClass(name)));
        }
      }
    }
    assertThat(shared)
        .contains(
            "software.amazon.awssdk.utilslite.SdkInternalThreadLocal",
            "com.amazonaws.services.lambda.runtime.Context");
  }

  private static Set<String> methods(Class<?> type) {
    return Stream.of(type.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && !Modifier.isPrivate(method.getModifiers()))
        .map(method -> method.getName() + List.of(method.getParameterTypes()))
        .collect(Collectors.toSet());
  }

  @Test
  void everyHandlerOfTheTemplateRanAndMostAskedAws() throws IOException {
    Set<String> ran =
        inputs.stream().map(line -> line.replaceFirst("\t.*", "")).collect(Collectors.toSet());

    assertThat(ran).containsAll(handlers());
    assertThat(onTheArtifact.calls()).hasSizeGreaterThan(100);
  }

  @Test
  void theClientsHaveTheOperationsThatTheFunctionsCallAndNoOthers() throws Exception {
    Map<String, Set<String>> called = calledOperations();
    URL[] jar = {unpacked().resolve("lib/spawn.jar").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(jar, ClassLoader.getPlatformClassLoader())) {
      for (Map.Entry<String, Set<String>> client : called.entrySet()) {
        Class<?> travelling = loader.loadClass(client.getKey());
        assertThat(operations(travelling)).as(client.getKey()).isEqualTo(client.getValue());
        Class<?> implementation =
            loader.loadClass(travelling.getPackageName() + ".Default" + travelling.getSimpleName());
        assertThat(operations(implementation))
            .as(implementation.getName())
            .containsAll(
                client.getValue().stream().filter(name -> !name.endsWith("Paginator")).toList());
      }
    }
    assertThat(called).hasSizeGreaterThanOrEqualTo(4);
  }

  /** Returns by each client what the functions call of it, with what a paginator calls. */
  private static Map<String, Set<String>> calledOperations() {
    Map<String, Set<String>> called = new TreeMap<>();
    for (JavaClass own :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("spawn")) {
      Stream.<JavaAccess<?>>concat(
              own.getMethodCallsFromSelf().stream(), own.getMethodReferencesFromSelf().stream())
          .filter(call -> isClient(call.getTargetOwner()))
          .forEach(
              call -> {
                Set<String> ofIt =
                    called.computeIfAbsent(
                        call.getTargetOwner().getName(), first -> new TreeSet<>());
                ofIt.add(call.getName());
                ofIt.add(call.getName().replaceFirst("Paginator$", ""));
              });
    }
    called
        .values()
        .forEach(ofIt -> ofIt.removeAll(Set.of("builder", "create", "close", "serviceName")));
    return called;
  }

  private static boolean isClient(JavaClass owner) {
    return owner.isInterface()
        && owner.isAssignableTo(AwsClient.class)
        && owner.getPackageName().startsWith("software.amazon.awssdk.services.");
  }

  private static Set<String> operations(Class<?> client) {
    return Arrays.stream(client.getDeclaredMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(Method::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> handlers() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("template.yaml"))) {
      return lines
          .map(String::strip)
          .filter(line -> line.startsWith("Handler: "))
          .map(line -> line.substring("Handler: ".length()))
          .toList();
    }
  }

  /**
   * Every event for every handler, and what the workflows hand over; twice, then refused by AWS.
   */
  private static List<String> inputs() throws IOException {
    List<String> once = new ArrayList<>();
    List<Path> events;
    try (Stream<Path> all = Files.list(Path.of("events"))) {
      events = all.sorted().toList();
    }
    for (String handler : handlers()) {
      for (Path event : events) {
        once.add(handler + "\t" + Files.readString(event).replaceAll("\\R", " "));
      }
    }
    for (HandedOver each : HandedOver.inEachWay()) {
      once.add("spawn." + each.function() + "\t" + each.input());
    }
    List<String> lines = new ArrayList<>();
    lines.add("mode\t" + AWS.address() + "/mode/granted");
    lines.addAll(once);
    lines.add("mode\t" + AWS.address() + "/mode/refused");
    lines.addAll(once);
    return lines;
  }

  private static Path unpacked() throws IOException {
    Path unpacked = folder.resolve("task");
    if (!Files.exists(unpacked)) {
      try (ZipFile zip = new ZipFile(ZIP.toFile())) {
        for (ZipEntry entry : zip.stream().filter(each -> !each.isDirectory()).toList()) {
          Path file = unpacked.resolve(entry.getName());
          Files.createDirectories(file.getParent());
          Files.copy(zip.getInputStream(entry), file);
        }
      }
    }
    return unpacked;
  }

  /** Runs the handlers in a process that has a class path and the class that runs them. */
  private static Run run(String name, String classPath) throws Exception {
    for (String each : RUNNER) {
      String file = each.replace('.', '/') + ".class";
      Path copy = folder.resolve("runner").resolve(file);
      Files.createDirectories(copy.getParent());
      Path compiled = Path.of(HandlerRuns.class.getResource("/" + file).toURI());
      Files.write(copy, Files.readAllBytes(compiled));
    }
    Path in = Files.write(folder.resolve(name + ".in"), inputs);
    Path out = folder.resolve(name + ".out");
    Path classes = folder.resolve(name + ".classes");
    Path printed = folder.resolve(name + ".log");
    ProcessBuilder process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:class+load=info:file=\"" + classes + "\":none:filecount=0",
                "-cp",
                classPath + ":" + folder.resolve("runner"),
                HandlerRuns.class.getName(),
                in.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    process.environment().putAll(environment());
    AWS.calls();
    Process running = process.start();
    assertThat(running.waitFor(300, TimeUnit.SECONDS)).isTrue();
    assertThat(running.exitValue()).as(Files.readString(printed)).isZero();
    return new Run(
        Files.readAllLines(out).stream().map(HandlersOnTheArtifactIT::steady).toList(),
        AWS.calls().stream().map(HandlersOnTheArtifactIT::steady).toList(),
        loaded(classes),
        Files.readString(printed));
  }

  private static Map<String, String> environment() {
    return Map.ofEntries(
        Map.entry("AWS_REGION", "us-east-1"),
        Map.entry("AWS_ACCESS_KEY_ID", "none"),
        Map.entry("AWS_SECRET_ACCESS_KEY", "none"),
        Map.entry("AWS_ENDPOINT_URL", AWS.address()),
        Map.entry("SPAWN_PARTITION", "aws"),
        Map.entry("SPAWN_ACCOUNT", "123456789012"),
        Map.entry("SPAWN_ROLE_PATH", "/spawn/"),
        Map.entry("SPAWN_STACK", "spawn"),
        Map.entry("SPAWN_TEAM", ""),
        Map.entry("SPAWN_NAME_PREFIX", "spawn"),
        Map.entry("SPAWN_BOUNDARY", Stack.BOUNDARY),
        Map.entry("SPAWN_SERVICE_BOUNDARY", Stack.SERVICE_BOUNDARY),
        Map.entry("SPAWN_ALLOWED_BOUNDARIES", ""),
        Map.entry("SPAWN_BROAD_ACCESS", "warn"),
        Map.entry("SPAWN_ASSOCIATE_INSTANCES", "any"),
        Map.entry("SPAWN_ANSWER_FUNCTION", Stack.ANSWER_FUNCTION));
  }

  /** Times, and what is made anew for each call, differ from run to run. */
  private static String steady(String line) {
    return line.replaceAll(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d(:|%3A)\\d\\d(:|%3A)\\d\\d(\\.\\d+)?Z", "TIME")
        .replaceAll("\\d{8}T\\d{9}Z", "TIME")
        .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID")
        .replaceAll("ClientToken=[^&]*", "ClientToken=TOKEN")
        .replaceAll("\"(seconds|\\w*Seconds)\":[\\d.]+", "\"$1\":0")
        .replaceAll("@[0-9a-f]+", "@");
  }

  private static Map<String, String> loaded(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> line.contains(" source: "))
          .map(line -> line.split(" source: ", 2))
          .collect(
              Collectors.toMap(
                  each -> each[0].strip(),
                  each -> each[1].strip(),
                  (one, other) -> one,
                  TreeMap::new));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
