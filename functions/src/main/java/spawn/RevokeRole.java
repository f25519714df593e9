package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.function.Consumer;
import spawn.lambda.AwsClients;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.revocation.RevocationRequest;
import spawn.revocation.Revocations;
import spawn.revocation.RevokedRole;

/**
 * Revokes a role, on an operator's direct call: denies it everything from now on, or the sessions
 * issued so far, and keeps launches off it; or undoes that.
 */
public final class RevokeRole extends StateHandler<JsonNode, RevokedRole> {
  private final Revocations revocations;

  /** Creates the function from its environment; Lambda calls this. */
  public RevokeRole() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(RevokeRole::new));
  }

  /** Creates the function from its settings. */
  RevokeRole(Settings settings) {
    this(settings, settings.aws());
  }

  private RevokeRole(Settings settings, AwsClients aws) {
    super(JsonNode.class, settings.log(), aws.deadline(), aws.calls());
    this.revocations =
        new Revocations(aws.iam(), settings.owner(), Clock.systemUTC(), settings.leaseTerms());
  }

  /** Creates the function on a service. */
  public RevokeRole(Revocations revocations, Consumer<LogLine> log) {
    super(JsonNode.class, log);
    this.revocations = revocations;
  }

  @Override
  protected RevokedRole handle(JsonNode input, Invocation invocation) {
    RevocationRequest request = RevocationRequest.read(input);
    LogLine line =
        invocation
            .line()
            .with("role", request.role())
            .with("by", request.by().orElse(null))
            .with("reason", request.reason().orElse(null));
    RevokedRole role = revocations.answer(request);
    line.event(request.kind().isPresent() ? "revoked" : "revocationUndone")
        .with("revoked", role.revoked())
        .with("since", role.since())
        .with("changed", role.changed());
    return role;
  }
}
