package spawn.artifact;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** What {@link java.util.ServiceLoader} finds. */
final class Services {
  private static final String FOLDER = "META-INF/services/";

  private Services() {}

  /** Returns the file that lists a service's providers. */
  static String file(String service) {
    return FOLDER + service.replace('/', '.');
  }

  static boolean isFile(String name) {
    return name.startsWith(FOLDER);
  }

  /** Returns the service of such a file. */
  static String service(String file) {
    return file.substring(FOLDER.length()).replace('.', '/');
  }

  /** Returns the classes that the libraries provide a service by. */
  static List<String> providers(ClassPath all, String service) {
    return all.all(file(service)).stream().flatMap(each -> providers(each).stream()).toList();
  }

  /** Returns the classes that such a file names. */
  static List<String> providers(byte[] file) {
    return new String(file, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip().replace('.', '/'))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Returns such a file, with these providers. */
  static byte[] list(List<String> providers) {
    return providers.stream()
        .map(provider -> provider.replace('/', '.') + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }
}
