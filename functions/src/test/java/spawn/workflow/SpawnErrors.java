package spawn.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import spawn.error.SpawnException;

/** The errors of this project, by the names that Step Functions sees. */
final class SpawnErrors {
  private static final Path SOURCES = Path.of("functions/src/main/java/spawn/error");

  private SpawnErrors() {}

  /** Returns the full names of all exceptions that functions throw. */
  static Set<String> names() {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
          .map(name -> "spawn.error." + name.substring(0, name.length() - ".java".length()))
          .filter(SpawnErrors::isThrown)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static boolean isThrown(String name) {
    try {
      Class<?> type = Class.forName(name);
      return SpawnException.class.isAssignableFrom(type)
          && !Modifier.isAbstract(type.getModifiers());
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
