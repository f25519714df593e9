package spawn.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of this repository, from wherever tests run: its root, or the module's folder. */
final class Repository {
  private Repository() {}

  /** Returns a file or folder by its path from the root. */
  static Path path(String fromRoot) {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("template.yaml")) ? here : here.getParent();
    return root.resolve(fromRoot);
  }
}
