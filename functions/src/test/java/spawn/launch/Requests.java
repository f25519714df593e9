package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkPojo;
import spawn.error.Problems;

/** Requests of the SDK out of JSON, for tests that are told of calls and did not make them. */
public final class Requests {
  private Requests() {}

  /**
   * Returns the request of an operation with these parameters, which all must be its own.
   *
   * @param service {@code iam} or {@code ec2}
   * @param operation {@code CreateRole}
   */
  public static AwsRequest of(String service, String operation, JsonNode parameters) {
    Problems problems = new Problems();
    AwsRequest.Builder filled =
        (AwsRequest.Builder)
            SdkJson.read(parameters, builder(service, operation), operation, problems);
    problems.throwIfAny();
    return filled.build();
  }

  private static SdkPojo builder(String service, String operation) {
    try {
      return (SdkPojo)
          Class.forName(
                  "software.amazon.awssdk.services.%s.model.%sRequest"
                      .formatted(service, operation))
              .getMethod("builder")
              .invoke(null);
    } catch (ReflectiveOperationException unknown) {
      throw new IllegalArgumentException(service + " has no operation " + operation, unknown);
    }
  }
}
