package spawn.plan;

import java.util.Optional;

/** The parameters of Systems Manager by which payloads name images. */
@FunctionalInterface
public interface ImageParameters {
  /**
   * Returns the value of a parameter in the stack's region; nothing where there is none, or where
   * the stack may not read it.
   *
   * @param name its name or ARN, and after a colon a version or a label
   */
  Optional<String> value(String name);
}
