package spawn.artifact;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Has the JVM verify each class of a jar, which otherwise happens when a function first uses it.
 */
final class Verification {
  private Verification() {}

  /**
   * Returns what the JVM has against classes, a sentence each; nothing if it would run them all.
   *
   * @param files the names of the jar's files
   */
  static List<String> problems(Path jar, Collection<String> files) throws IOException {
    URL[] place = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(place, ClassLoader.getPlatformClassLoader())) {
      return files.stream()
          .filter(ClassPath::isClass)
          .map(file -> file.substring(0, file.lastIndexOf('.')).replace('/', '.'))
          .sorted()
          .flatMap(name -> problem(loader, name).stream())
          .toList();
    }
  }

  private static Optional<String> problem(ClassLoader loader, String name) {
    try {
      // Whatever lists the fields of a class links it first, which verifies it and runs nothing.
      Objects.requireNonNull(Class.forName(name, false, loader).getDeclaredFields());
      return Optional.empty();
    } catch (ClassNotFoundException | NoClassDefFoundError absent) {
      return Optional.empty(); // what a library can do without; the proof has a list of it
    } catch (LinkageError refused) {
      return Optional.of("The JVM refuses %s: %s".formatted(name, refused.getMessage()));
    }
  }
}
