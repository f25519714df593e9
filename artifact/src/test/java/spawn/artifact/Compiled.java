package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Small classes and libraries, compiled where a test needs them. */
final class Compiled {
  private static final Pattern NAME =
      Pattern.compile("(?s)package ([\\w.]+);.*?(?:class|interface|enum|record) (\\w+)");

  private final Map<String, Map<String, byte[]>> files = new TreeMap<>();

  /** Compiles sources, one type each, as the functions' own or as a library, {@code x.jar}. */
  static Compiled of(String... sources) {
    try {
      Path folder = Files.createTempDirectory("compiled");
      List<String> arguments = new ArrayList<>(List.of("-d", folder.toString(), "-nowarn", "-g"));
      for (String source : sources) {
        Matcher name = NAME.matcher(source);
        if (!name.find()) {
          throw new IllegalArgumentException(source);
        }
        Path file = folder.resolve(name.group(2) + ".java");
        Files.writeString(file, source);
        arguments.add(file.toString());
      }
      if (ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new))
          != 0) {
        throw new IllegalArgumentException("The sources do not compile.");
      }
      return new Compiled().read(folder);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  private Compiled read(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(each -> each.toString().endsWith(".class")).toList()) {
        String name = folder.relativize(file).toString();
        String place = name.startsWith("own/") ? ClassPath.ROOT : "x.jar";
        files.computeIfAbsent(place, first -> new TreeMap<>()).put(name, Files.readAllBytes(file));
      }
    }
    return this;
  }

  /** Adds a file to the library. */
  Compiled with(String name, String text) {
    files
        .computeIfAbsent("x.jar", first -> new TreeMap<>())
        .put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Returns what would travel of {@code own.Handler} and of what it uses, which must be proved. */
  SortedMap<String, byte[]> travelling() {
    ClassPath whole = whole();
    ByName nothing = ByName.of(List.of());
    SortedMap<String, byte[]> contents =
        SolidJar.contents(whole, Reach.from(List.of("own/Handler"), whole, nothing));
    ClassPath artifact = ClassPath.of(Map.of("spawn.jar", contents));
    assertThat(Proof.problems(whole, artifact, nothing, Absences.of(List.of()))).isEmpty();
    return contents;
  }

  /**
   * Calls {@code run} of {@code own.Handler} as it was compiled and as it would travel, which must
   * answer the same, and returns that.
   */
  String answer() throws ReflectiveOperationException {
    Map<String, byte[]> compiled = new TreeMap<>();
    files.values().forEach(compiled::putAll);
    String answer = run(compiled);
    assertThat(run(travelling())).isEqualTo(answer);
    return answer;
  }

  private static String run(Map<String, byte[]> classes) throws ReflectiveOperationException {
    ClassLoader loader =
        new ClassLoader(ClassLoader.getPlatformClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(ClassPath.fileName(name.replace('.', '/')));
            if (bytes == null) {
              throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    Class<?> handler = loader.loadClass("own.Handler");
    Object instance = handler.getConstructor().newInstance();
    return String.valueOf(handler.getMethod("run").invoke(instance));
  }

  /** Returns the whole. */
  ClassPath whole() {
    return ClassPath.of(files);
  }

  /** Returns what travels if these classes of it do, and only these. */
  ClassPath only(String... classes) {
    Map<String, byte[]> chosen = new TreeMap<>();
    for (String each : classes) {
      chosen.put(ClassPath.fileName(each), whole().bytes(each));
    }
    return ClassPath.of(Map.of("spawn.jar", chosen));
  }
}
