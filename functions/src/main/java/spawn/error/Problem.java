package spawn.error;

/**
 * One thing that is wrong with a launch payload.
 *
 * @param path the JSON path of the offending value, for example {@code $.iam.policies[0]}
 * @param message what is wrong and what would be right, as a sentence
 */
public record Problem(String path, String message) {
  @Override
  public String toString() {
    return path + ": " + message;
  }
}
