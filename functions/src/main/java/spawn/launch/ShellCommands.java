package spawn.launch;

/**
 * Tells what people type as user data, {@code aws s3 cp s3://bucket/key .} for example, from what
 * an instance reads by itself: nothing on it runs commands without a first line that says so (<a
 * href="https://docs.cloud-init.io/en/latest/explanation/format.html">cloud-init's formats</a>). As
 * {@code run} of a payload they are run.
 */
public final class ShellCommands {
  private ShellCommands() {}

  /**
   * Returns whether a text is commands for a shell, and nothing that an instance knows: neither a
   * script with its first line, nor structured text, base64, or commands of Windows.
   */
  public static boolean are(String userData) {
    return Base64Text.decoded(userData).filter(b -> Base64Text.isMeant(userData, b)).isEmpty()
        && UserDataFormat.isForAShell(userData);
  }
}
