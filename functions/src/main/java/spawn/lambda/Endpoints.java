package spawn.lambda;

import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.awscore.endpoint.DualstackEnabledProvider;
import software.amazon.awssdk.awscore.endpoint.FipsEnabledProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceEndpointKey;
import software.amazon.awssdk.regions.ServiceMetadata;

/** Where a service of AWS is reached. */
final class Endpoints {
  /** Lambda has none. */
  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();

  private Endpoints() {}

  /**
   * Returns a service's endpoint as the SDK's clients find it, with what the environment says of
   * it.
   *
   * @param prefix the service as endpoints name it, such as {@code ssm}
   */
  static URI of(String prefix, Region region) {
    return AwsClientEndpointProvider.builder()
        .serviceEndpointOverrideEnvironmentVariable(
            "AWS_ENDPOINT_URL_" + prefix.toUpperCase(Locale.ROOT))
        .serviceEndpointOverrideSystemProperty(
            "aws.endpointUrl"
                + prefix.substring(0, 1).toUpperCase(Locale.ROOT)
                + prefix.substring(1))
        .serviceProfileProperty(prefix)
        .profileFile(() -> NO_PROFILES) // it is asked for where no variable names an endpoint
        .resolveFromOverrides()
        .orElseGet(
            () ->
                ofAws(
                    prefix,
                    region,
                    FipsEnabledProvider.builder().build().isFipsEnabled().orElse(false),
                    DualstackEnabledProvider.builder().build().isDualstackEnabled().orElse(false)));
  }

  /** Returns the endpoint that AWS names. */
  static URI ofAws(String prefix, Region region, boolean fips, boolean dualstack) {
    Set<EndpointTag> tags = new HashSet<>();
    if (fips) {
      tags.add(EndpointTag.FIPS);
    }
    if (dualstack) {
      tags.add(EndpointTag.DUALSTACK);
    }
    ServiceEndpointKey key = ServiceEndpointKey.builder().region(region).tags(tags).build();
    return URI.create("https://" + ServiceMetadata.of(prefix).endpointFor(key));
  }
}
