package spawn.cli;

import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProcessCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import spawn.payload.Nearest;

/**
 * Credentials where the AWS CLI finds them: a profile that is named on the command line comes
 * before the environment's keys, and these before a profile that the environment names (<a
 * href="https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-quickstart.html#cli-configure-quickstart-precedence">precedence</a>).
 */
final class Credentials {
  /** The property of a profile of {@code aws login}, whose keys only the AWS CLI reads. */
  private static final String LOGIN = "login_session";

  /** The profile that counts where none is named; it need not exist. */
  private static final String DEFAULT = "default";

  private Credentials() {}

  /**
   * Returns what gives the credentials.
   *
   * @param named the profile of the command line, if one is named
   * @throws CommandFailure if that profile, or the one of the environment, does not exist
   */
  static AwsCredentialsProvider of(Optional<String> named) {
    boolean environmentHasKeys = SdkSystemSetting.AWS_ACCESS_KEY_ID.getStringValue().isPresent();
    Optional<String> name =
        named.or(
            () ->
                ProfileFileSystemSetting.AWS_PROFILE
                    .getStringValue()
                    .filter(given -> !environmentHasKeys && !given.equals(DEFAULT)));
    if (name.isEmpty()) {
      return environmentHasKeys || !isOfLogin(DEFAULT)
          ? DefaultCredentialsProvider.builder().build()
          : byTheAwsCli(DEFAULT);
    }
    checkThatItExists(name.get());
    if (isOfLogin(name.get())) {
      return byTheAwsCli(name.get());
    }
    return named.isPresent()
        ? ProfileCredentialsProvider.create(name.get())
        : DefaultCredentialsProvider.builder().build();
  }

  private static void checkThatItExists(String name) {
    ProfileFile files = ProfileFile.defaultProfileFile();
    if (files.profile(name).isPresent()) {
      return;
    }
    List<String> names = files.profiles().keySet().stream().sorted().toList();
    throw CommandFailure.wrongCall(
        "There is no profile %s in ~/.aws/config.%s%s"
            .formatted(
                name,
                Nearest.question(name, names),
                names.isEmpty()
                    ? " Make one by aws configure --profile %s.".formatted(name)
                    : " There are: %s."
                        .formatted(
                            String.join(", ", names.subList(0, Math.min(10, names.size()))))));
  }

  private static boolean isOfLogin(String name) {
    return profile(name).flatMap(profile -> profile.property(LOGIN)).isPresent();
  }

  private static Optional<Profile> profile(String name) {
    return ProfileFile.defaultProfileFile().profile(name);
  }

  /**
   * The AWS CLI renews the session of {@code aws login}, and hands its keys on (<a
   * href="https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html">export-credentials</a>).
   */
  private static AwsCredentialsProvider byTheAwsCli(String profile) {
    ProcessCredentialsProvider process =
        ProcessCredentialsProvider.builder()
            .command(
                List.of(
                    "aws",
                    "configure",
                    "export-credentials",
                    "--profile",
                    profile,
                    "--format",
                    "process"))
            .build();
    return () -> {
      try {
        return process.resolveCredentials();
      } catch (IllegalStateException noKeys) {
        throw CommandFailure.wrongCall(
            "The session of aws login for the profile %s is over, or aws is not on the PATH: run aws login --profile %s. Only the AWS CLI, from version 2.32 on, reads its keys."
                .formatted(profile, profile));
      }
    };
  }
}
