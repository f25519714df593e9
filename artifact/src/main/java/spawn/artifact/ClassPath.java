package spawn.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The classes and other files of a function, in the form in which Lambda's Java runtimes read them:
 * loose at the root, and in the jars under {@code lib/} (<a
 * href="https://docs.aws.amazon.com/lambda/latest/dg/java-package.html">packages</a>).
 *
 * <p>Classes go by their internal names, such as {@code java/lang/String}. Places go by the jar's
 * file name; the root's is {@value #ROOT}.
 */
final class ClassPath {
  /** The place of what lies loose. */
  static final String ROOT = "";

  private static final String CLASS = ".class";

  private final SortedMap<String, SortedMap<String, byte[]>> files = new TreeMap<>();
  private final Map<String, String> places = new HashMap<>();

  private ClassPath() {}

  /** Reads a folder that is laid out as a function is. */
  static ClassPath ofFolder(Path folder) throws IOException {
    ClassPath read = new ClassPath();
    for (Path file : regularFiles(folder)) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      if (isLibrary(name)) {
        read.addJar(file, name.substring("lib/".length()));
      } else {
        read.add(ROOT, name, Files.readAllBytes(file));
      }
    }
    return read;
  }

  /** Puts files together, by their places and names. */
  static ClassPath of(Map<String, ? extends Map<String, byte[]>> files) {
    ClassPath made = new ClassPath();
    files.forEach((place, ofIt) -> ofIt.forEach((name, bytes) -> made.add(place, name, bytes)));
    return made;
  }

  private static boolean isLibrary(String name) {
    return name.startsWith("lib/") && name.endsWith(".jar");
  }

  private static List<Path> regularFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void addJar(Path jar, String place) throws IOException {
    try (ZipFile open = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(open.entries())) {
        if (!entry.isDirectory()) {
          add(place, entry.getName(), open.getInputStream(entry).readAllBytes());
        }
      }
    }
  }

  private void add(String place, String name, byte[] bytes) {
    files.computeIfAbsent(place, first -> new TreeMap<>()).put(name, bytes);
    if (isClass(name)) {
      places.putIfAbsent(className(name), place);
    }
  }

  /**
   * Returns whether a file is a class that a class loader finds by its name. The others describe
   * modules, or replace a class on newer JVMs.
   */
  static boolean isClass(String file) {
    return file.endsWith(CLASS)
        && !file.startsWith("META-INF/")
        && !file.endsWith("module-info.class")
        && !file.endsWith("package-info.class");
  }

  /** Returns the class that a file holds. */
  static String className(String file) {
    return file.substring(0, file.length() - CLASS.length());
  }

  /** Returns the name of a class's file. */
  static String fileName(String className) {
    return className + CLASS;
  }

  /** Returns the places, the root first. */
  List<String> places() {
    return List.copyOf(files.keySet());
  }

  /** Returns the files of a place, in the order of their names. */
  SortedMap<String, byte[]> files(String place) {
    return Collections.unmodifiableSortedMap(files.getOrDefault(place, new TreeMap<>()));
  }

  /** Returns the names of all classes, sorted. */
  List<String> classes() {
    return places.keySet().stream().sorted().toList();
  }

  /** Returns whether a class is here. */
  boolean has(String className) {
    return places.containsKey(className);
  }

  /** Returns where a class is. */
  String place(String className) {
    return Optional.ofNullable(places.get(className)).orElseThrow();
  }

  /** Returns a class's bytes. */
  byte[] bytes(String className) {
    return files.get(place(className)).get(fileName(className));
  }

  /** A file of a library that is no class. */
  record LibraryFile(String place, String name) {}

  /** Returns the files of all libraries that are no classes. */
  Stream<LibraryFile> libraryFiles() {
    return places().stream()
        .filter(place -> !place.equals(ROOT))
        .flatMap(
            place ->
                files.get(place).keySet().stream()
                    .filter(name -> !name.endsWith(CLASS))
                    .map(name -> new LibraryFile(place, name)));
  }

  /** Returns what is in such a file. */
  byte[] bytes(LibraryFile file) {
    return files.get(file.place()).get(file.name());
  }

  /** Returns every file of this name, place by place: several libraries may have one each. */
  List<byte[]> all(String name) {
    List<byte[]> found = new ArrayList<>();
    files.values().forEach(ofIt -> Optional.ofNullable(ofIt.get(name)).ifPresent(found::add));
    return found;
  }
}
