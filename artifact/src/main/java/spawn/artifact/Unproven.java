package spawn.artifact;

import java.util.List;

/** The artifact cannot be trusted to run: each line says what is missing and what needs it. */
final class Unproven extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unproven(List<String> lines) {
    super(String.join("\n", lines));
  }
}
