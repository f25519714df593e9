package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import spawn.audit.Audit;
import spawn.audit.AuditJson;
import spawn.audit.AuditReport;
import spawn.audit.AuditRequest;
import spawn.inventory.UsageScan;
import spawn.lambda.AwsClients;
import spawn.lambda.CallCounter;
import spawn.lambda.Deadline;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * Tells how every role of the stack stands, for an operator's direct call or for the weekly
 * schedule. It changes nothing.
 */
public final class AuditRoles extends StateHandler<JsonNode, ObjectNode> {
  private final Audit audit;
  private final CallCounter calls;

  /** Creates the function from its environment; Lambda calls this. */
  public AuditRoles() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(AuditRoles::new));
  }

  /** Creates the function from its settings. */
  AuditRoles(Settings settings) {
    this(settings, settings.aws());
  }

  private AuditRoles(Settings settings, AwsClients aws) {
    this(
        new Audit(
            aws.patientIam(),
            settings.policyContext(),
            new UsageScan(aws.ec2(), aws::ec2, aws.sideBySide()),
            Clock.systemUTC(),
            AuditRoles::waitFor),
        aws.calls(),
        settings.log(),
        aws.deadline());
  }

  private static void waitFor(Duration time) {
    new CompletableFuture<Void>()
        .completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  /**
   * Creates the function on a service.
   *
   * @param calls counts the requests that are sent to AWS
   */
  public AuditRoles(Audit audit, CallCounter calls, Consumer<LogLine> log) {
    this(audit, calls, log, new Deadline());
  }

  private AuditRoles(Audit audit, CallCounter calls, Consumer<LogLine> log, Deadline deadline) {
    super(JsonNode.class, log, deadline, calls);
    this.audit = audit;
    this.calls = calls;
  }

  @Override
  protected ObjectNode handle(JsonNode input, Invocation invocation) {
    AuditRequest request = AuditRequest.read(input);
    Duration before = invocation.deadline().left();
    long callsBefore = calls.total();
    AuditReport report = audit.audit(request, before);
    double seconds = before.minus(invocation.deadline().left()).toMillis() / 1000.0;
    long called = calls.total() - callsBefore;
    LogLine line = invocation.line().event("audited");
    AuditJson.forLog(report)
        .put("seconds", seconds)
        .properties()
        .forEach(member -> line.with(member.getKey(), member.getValue()));
    // What a part of the roles shows must not be taken for all.
    if (request.isForAll()) {
      report.metrics().forEach(line::count);
      line.count("AuditCalls", (double) called).seconds("AuditSeconds", seconds);
    }
    ObjectNode answer = request.html() ? AuditJson.withPage(report) : AuditJson.of(report);
    return answer.put("seconds", seconds).put("calls", called);
  }
}
