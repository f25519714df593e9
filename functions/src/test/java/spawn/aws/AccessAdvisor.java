package spawn.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import software.amazon.awssdk.services.iam.model.AccessAdvisorUsageGranularityType;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsResponse;
import software.amazon.awssdk.services.iam.model.JobStatusType;
import software.amazon.awssdk.services.iam.model.ServiceLastAccessed;
import software.amazon.awssdk.services.iam.model.TrackedActionLastAccessed;

/**
 * What IAM tells of the use of roles, in reports that take a while (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html">last
 * accessed information</a>): of the services that a role's policies allow, and of some of their
 * actions; use of the last four hours does not show up yet.
 */
final class AccessAdvisor {
  /** Until use shows up. */
  private static final Duration DELAY = Duration.ofHours(4);

  /** A small part of what IAM tracks; objects and messages are not among it. */
  private static final Set<String> TRACKED =
      Set.of(
          "ec2:DescribeInstances",
          "ec2:RunInstances",
          "ec2:StopInstances",
          "s3:CreateBucket",
          "s3:DeleteBucket",
          "s3:ListAllMyBuckets",
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:ListQueues");

  private static final Set<String> SERVICES = Set.of("dynamodb", "ec2", "s3", "sns", "sqs");
  private static final int PAGE = 2;

  /** A report; it is ready after some questions. */
  private record Job(Instant at, List<ServiceLastAccessed> services, boolean fails) {}

  private final Map<String, Map<String, Instant>> used = new HashMap<>();
  private final Map<String, Job> jobs = new HashMap<>();
  private final Map<String, Integer> questions = new HashMap<>();
  private int questionsUntilReady = 2;
  private boolean fails;

  void use(String role, String action, Instant at) {
    used.computeIfAbsent(role, unseen -> new TreeMap<>()).merge(action, at, AccessAdvisor::later);
  }

  void readyAfter(int count) {
    questionsUntilReady = count;
  }

  void fail() {
    fails = true;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /**
   * Starts a report.
   *
   * @param documentOf returns the document of a managed policy
   */
  String start(
      String id,
      SimulatedRole role,
      Instant now,
      AccessAdvisorUsageGranularityType granularity,
      Function<String, String> documentOf) {
    SortedSet<String> services = new TreeSet<>();
    role.inlinePolicies().values().forEach(document -> services.addAll(services(document)));
    role.attachedPolicies().forEach(arn -> services.addAll(services(documentOf.apply(arn))));
    Map<String, Instant> shown = new TreeMap<>(used.getOrDefault(role.name(), Map.of()));
    shown.values().removeIf(at -> at.isAfter(now.minus(DELAY)));
    boolean actions = granularity == AccessAdvisorUsageGranularityType.ACTION_LEVEL;
    jobs.put(
        id,
        new Job(now, services.stream().map(each -> service(each, shown, actions)).toList(), fails));
    return id;
  }

  private static SortedSet<String> services(String document) {
    SortedSet<String> services = new TreeSet<>();
    try {
      for (JsonNode statement : list(new ObjectMapper().readTree(document).path("Statement"))) {
        for (JsonNode action : list(statement.path("Action"))) {
          String text = action.asText();
          if (text.contains(":")) {
            services.add(text.substring(0, text.indexOf(':')));
          } else {
            services.addAll(SERVICES);
          }
        }
      }
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(document, brokenTest);
    }
    return services;
  }

  private static List<JsonNode> list(JsonNode oneOrMore) {
    List<JsonNode> list = new ArrayList<>();
    if (oneOrMore.isArray()) {
      oneOrMore.forEach(list::add);
    } else if (!oneOrMore.isMissingNode()) {
      list.add(oneOrMore);
    }
    return list;
  }

  /** A service that was not used tells nothing of its actions. */
  private static ServiceLastAccessed service(
      String name, Map<String, Instant> shown, boolean actions) {
    Instant last =
        shown.entrySet().stream()
            .filter(use -> use.getKey().startsWith(name + ":"))
            .map(Map.Entry::getValue)
            .reduce(AccessAdvisor::later)
            .orElse(null);
    return ServiceLastAccessed.builder()
        .serviceName(name)
        .serviceNamespace(name)
        .lastAuthenticated(last)
        .trackedActionsLastAccessed(
            last == null || !actions
                ? null
                : TRACKED.stream()
                    .sorted()
                    .filter(action -> action.startsWith(name + ":"))
                    .map(
                        action ->
                            TrackedActionLastAccessed.builder()
                                .actionName(action.substring(name.length() + 1))
                                .lastAccessedTime(shown.get(action))
                                .build())
                    .toList())
        .build();
  }

  GetServiceLastAccessedDetailsResponse read(String id, String marker) {
    Job job = jobs.get(id);
    if (job == null) {
      throw AwsErrors.noSuchEntity("Job " + id + " cannot be found.");
    }
    if (questions.merge(id, 1, Integer::sum) <= questionsUntilReady) {
      return GetServiceLastAccessedDetailsResponse.builder()
          .jobStatus(JobStatusType.IN_PROGRESS)
          .jobCreationDate(job.at())
          .build();
    }
    if (job.fails()) {
      return GetServiceLastAccessedDetailsResponse.builder()
          .jobStatus(JobStatusType.FAILED)
          .error(error -> error.code("InternalError").message("no report"))
          .build();
    }
    Page<ServiceLastAccessed> page =
        Page.of(job.services(), ServiceLastAccessed::serviceNamespace, marker, PAGE);
    return GetServiceLastAccessedDetailsResponse.builder()
        .jobStatus(JobStatusType.COMPLETED)
        .jobCreationDate(job.at())
        .jobCompletionDate(job.at())
        .servicesLastAccessed(page.items())
        .isTruncated(page.next().isPresent())
        .marker(page.next().orElse(null))
        .build();
  }
}
