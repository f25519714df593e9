package spawn.audit;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessAdvisorUsageGranularityType;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsResponse;
import software.amazon.awssdk.services.iam.model.JobStatusType;
import software.amazon.awssdk.services.iam.model.ServiceLastAccessed;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;

/**
 * Which services a role has used of those that it may use, as IAM reports it (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html">GenerateServiceLastAccessedDetails</a>).
 *
 * @param used when each service was used last, as an ISO instant; some hours late
 * @param unused how many services it may use and has not used in the time that IAM looks back
 */
record ServiceUse(Map<String, String> used, int unused) {
  /** Copies the map. */
  ServiceUse {
    used = Collections.unmodifiableMap(new TreeMap<>(used));
  }

  /** Lets IAM begin a report about a role; returns its id. */
  static String start(IamClient iam, String roleArn) {
    return iam.generateServiceLastAccessedDetails(
            generate ->
                generate.arn(roleArn).granularity(AccessAdvisorUsageGranularityType.SERVICE_LEVEL))
        .jobId();
  }

  /** Returns a report; nothing if it is not ready, or IAM could not make it. */
  static Optional<ServiceUse> read(IamClient iam, String jobId) {
    try {
      Map<String, String> used = new TreeMap<>();
      int unused = 0;
      String marker = null;
      do {
        String next = marker;
        GetServiceLastAccessedDetailsResponse page =
            iam.getServiceLastAccessedDetails(get -> get.jobId(jobId).marker(next));
        if (page.jobStatus() != JobStatusType.COMPLETED) {
          return Optional.empty();
        }
        for (ServiceLastAccessed service : page.servicesLastAccessed()) {
          if (service.lastAuthenticated() == null) {
            unused++;
          } else {
            used.put(service.serviceNamespace(), service.lastAuthenticated().toString());
          }
        }
        marker = Boolean.TRUE.equals(page.isTruncated()) ? page.marker() : null;
      } while (marker != null);
      return Optional.of(new ServiceUse(used, unused));
    } catch (SdkException refused) {
      if (AwsErrors.kind(refused) == AnswerKind.PERMISSION) {
        throw refused;
      }
      return Optional.empty();
    }
  }
}
