package spawn.launch;

import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsResponse;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * How instances serve their metadata, and with it the credentials of their role (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">the
 * instance metadata service</a>).
 *
 * <p>IMDSv1 answers a plain GET request, so whoever can make a program on the instance fetch a URL
 * reads the credentials; IMDSv2 asks for a token first.
 */
public final class MetadataOptions {
  private static final String CODE = "IMDSV1_ALLOWED";

  private MetadataOptions() {}

  /**
   * Returns the options of a launch: IMDSv2 and one hop, where the caller says nothing else.
   *
   * <p>Two kinds of launch keep what the caller says and get nothing else. What a request holds
   * overwrites what its launch template says (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>,
   * LaunchTemplate). And where the metadata are switched off, nothing is left to set: <a
   * href="https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ec2_instance.go">Terraform</a>
   * sends nothing beside it either, since EC2 may refuse it.
   *
   * @return the options to send, or {@code null} to send none
   */
  static InstanceMetadataOptionsRequest of(RunInstancesRequest launch) {
    InstanceMetadataOptionsRequest given = launch.metadataOptions();
    if (launch.launchTemplate() != null || isSwitchedOff(given)) {
      return given;
    }
    InstanceMetadataOptionsRequest.Builder completed =
        given == null ? InstanceMetadataOptionsRequest.builder() : given.toBuilder();
    InstanceMetadataOptionsRequest set = completed.build();
    if (set.httpTokensAsString() == null) {
      completed.httpTokens(HttpTokensState.REQUIRED);
    }
    if (set.httpPutResponseHopLimit() == null) {
      completed.httpPutResponseHopLimit(1);
    }
    if (set.httpEndpointAsString() == null) {
      completed.httpEndpoint(InstanceMetadataEndpointState.ENABLED);
    }
    return completed.build();
  }

  /** Returns whether an instance serves no metadata, and so no credentials and no user data. */
  static boolean isSwitchedOff(InstanceMetadataOptionsRequest options) {
    return options != null && options.httpEndpoint() == InstanceMetadataEndpointState.DISABLED;
  }

  /**
   * Returns the warning that a launch allows IMDSv1, or that its launch template may.
   *
   * @param launch the completed launch
   * @param path where the payload has it
   */
  static Optional<Warning> warning(RunInstancesRequest launch, String path) {
    InstanceMetadataOptionsRequest options = launch.metadataOptions();
    if (isSwitchedOff(options)) {
      return Optional.empty();
    }
    if (options == null || options.httpTokensAsString() == null) {
      return Optional.of(
          new Warning(
              CODE,
              Severity.LOW,
              path + ".LaunchTemplate",
              "The launch template decides whether IMDSv1 is allowed; if it does not say, the account's default or the image does."
                  + " IMDSv1 gives the role's credentials to whoever can make a program on the instance fetch a URL.",
              "Set MetadataOptions.HttpTokens to \"required\" in the template, or here."));
    }
    return options.httpTokens() == HttpTokensState.REQUIRED
        ? Optional.empty()
        : Optional.of(
            new Warning(
                CODE,
                Severity.MEDIUM,
                path + ".MetadataOptions.HttpTokens",
                "IMDSv1 is allowed, which gives the role's credentials to whoever can make a program on the instance fetch a URL.",
                "Leave HttpTokens out, or set it to \"required\", unless something on the instance needs IMDSv1."));
  }

  /**
   * Returns the warning that an existing instance allows IMDSv1.
   *
   * @param instance the instance as EC2 describes it
   * @param path where the payload names it
   */
  public static Optional<Warning> warning(Instance instance, String path) {
    InstanceMetadataOptionsResponse options = instance.metadataOptions();
    boolean isAllowed =
        options != null
            && options.httpTokens() == HttpTokensState.OPTIONAL
            && options.httpEndpoint() != InstanceMetadataEndpointState.DISABLED;
    return isAllowed
        ? Optional.of(
            new Warning(
                CODE,
                Severity.MEDIUM,
                path,
                "%s allows IMDSv1, which gives the role's credentials to whoever can make a program on the instance fetch a URL."
                    .formatted(instance.instanceId()),
                "Run \"aws ec2 modify-instance-metadata-options --instance-id %s --http-tokens required\", unless something on the instance needs IMDSv1."
                    .formatted(instance.instanceId())))
        : Optional.empty();
  }
}
