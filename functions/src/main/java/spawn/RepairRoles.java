package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.function.Consumer;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.audit.Repair;
import spawn.audit.RepairReport;
import spawn.audit.RepairRequest;
import spawn.lambda.AwsClients;
import spawn.lambda.CallCounter;
import spawn.lambda.Deadline;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.role.RoleRepair;

/**
 * Puts roles of launches back to what they were made with, for an operator's direct call; without
 * {@code "repair": true} it tells what that would change.
 */
public final class RepairRoles extends StateHandler<JsonNode, ObjectNode> {
  private final Repair repair;

  /** Creates the function from its environment; Lambda calls this. */
  public RepairRoles() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(RepairRoles::new));
  }

  /** Creates the function from its settings. */
  RepairRoles(Settings settings) {
    this(settings, settings.aws(), settings.log());
  }

  private RepairRoles(Settings settings, AwsClients aws, Consumer<LogLine> log) {
    this(repair(aws.patientIam(), settings, log), log, aws.deadline(), aws.calls());
  }

  private static Repair repair(IamClient iam, Settings settings, Consumer<LogLine> log) {
    return new Repair(
        iam,
        settings.owner(),
        new RoleRepair(
            iam,
            settings.owner(),
            settings.policyContext().boundaries(),
            Clock.systemUTC(),
            role -> log.accept(with(role, new LogLine().event("repairing")))),
        Clock.systemUTC());
  }

  /** Creates the function on a service. */
  public RepairRoles(Repair repair, Consumer<LogLine> log) {
    this(repair, log, new Deadline(), new CallCounter());
  }

  private RepairRoles(Repair repair, Consumer<LogLine> log, Deadline deadline, CallCounter calls) {
    super(JsonNode.class, log, deadline, calls);
    this.repair = repair;
  }

  @Override
  protected ObjectNode handle(JsonNode input, Invocation invocation) {
    RepairReport report = repair.repair(RepairRequest.read(input), invocation.deadline().left());
    LogLine line = with(report.toJson(), invocation.line().event("repaired"));
    if (!report.dryRun()) {
      report.metrics().forEach(line::count);
    }
    return report.toJson();
  }

  private static LogLine with(ObjectNode members, LogLine line) {
    members.properties().forEach(member -> line.with(member.getKey(), member.getValue()));
    return line;
  }
}
