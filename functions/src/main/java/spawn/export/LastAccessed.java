package spawn.export;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessAdvisorUsageGranularityType;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsResponse;
import software.amazon.awssdk.services.iam.model.JobStatusType;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.ServiceLastAccessed;
import spawn.error.AwsUnavailable;
import spawn.error.InvalidRequest;
import spawn.policy.Usage;

/**
 * Asks IAM what a role has used of what it may do.
 *
 * <p>IAM makes a report of at least the last 400 days, in which use shows up within about four
 * hours; every attempt counts, also one that was denied. It names the actions of those services
 * only for which it tracks them, and of these only the management events (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html">GenerateServiceLastAccessedDetails</a>,
 * <a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html">GetServiceLastAccessedDetails</a>).
 */
final class LastAccessed {
  /** No function waits: a report that is not ready by then is asked for again by the caller. */
  private static final int MOST_QUESTIONS = 10;

  private final IamClient iam;

  LastAccessed(IamClient iam) {
    this.iam = iam;
  }

  /**
   * A report.
   *
   * @param at when it was made
   * @param usage what was used
   * @param lastUse when each service was used last; services that were not are not in it
   */
  record Report(Instant at, Usage usage, Map<String, Instant> lastUse) {}

  /** Starts a report about a role; returns its id. */
  String start(String roleArn) {
    return iam.generateServiceLastAccessedDetails(
            generate ->
                generate.arn(roleArn).granularity(AccessAdvisorUsageGranularityType.ACTION_LEVEL))
        .jobId();
  }

  /**
   * Returns a report, or nothing if it is not ready.
   *
   * @throws InvalidRequest if there is no such report, or it does not tell actions apart
   * @throws AwsUnavailable if IAM could not make it
   */
  Optional<Report> read(String jobId) {
    for (int asked = 0; asked < MOST_QUESTIONS; asked++) {
      GetServiceLastAccessedDetailsResponse first = page(jobId, null);
      if (first.jobStatus() == JobStatusType.FAILED) {
        throw new AwsUnavailable(
            "IAM could not make the report about the role's use: %s. Ask again without \"jobId\"."
                .formatted(first.error() == null ? "it says no more" : first.error().message()));
      }
      if (first.jobStatus() == JobStatusType.COMPLETED) {
        return Optional.of(report(jobId, first));
      }
    }
    return Optional.empty();
  }

  private GetServiceLastAccessedDetailsResponse page(String jobId, String marker) {
    try {
      return iam.getServiceLastAccessedDetails(get -> get.jobId(jobId).marker(marker));
    } catch (NoSuchEntityException unknown) {
      throw new InvalidRequest(
          "$.jobId", "IAM has no report of this id, or has it no more. Leave it out.");
    }
  }

  private Report report(String jobId, GetServiceLastAccessedDetailsResponse first) {
    Map<String, Usage.OfService> services = new TreeMap<>();
    Map<String, Instant> lastUse = new TreeMap<>();
    GetServiceLastAccessedDetailsResponse page = first;
    while (true) {
      for (ServiceLastAccessed service : page.servicesLastAccessed()) {
        services.put(service.serviceNamespace(), ofService(service));
        if (service.lastAuthenticated() != null) {
          lastUse.put(service.serviceNamespace(), service.lastAuthenticated());
        }
      }
      if (!Boolean.TRUE.equals(page.isTruncated())) {
        return new Report(
            first.jobCompletionDate(), new Usage(services), Collections.unmodifiableMap(lastUse));
      }
      page = page(jobId, page.marker());
    }
  }

  /** An action without a time is tracked and was not used; one that is missing is not tracked. */
  private static Usage.OfService ofService(ServiceLastAccessed service) {
    Map<String, Boolean> actions = new TreeMap<>();
    service
        .trackedActionsLastAccessed()
        .forEach(action -> actions.put(action.actionName(), action.lastAccessedTime() != null));
    return new Usage.OfService(service.lastAuthenticated() != null, actions);
  }
}
