package spawn.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.error.AwsUnavailable;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.policy.StackContext;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.PolicyVersions;
import spawn.role.RoleContent;

/** Writes roles of the account down, whoever made them, so that a payload makes them again. */
public final class RoleExports {
  /** Roles that only AWS's services make and change. */
  private static final String OF_SERVICES = "/aws-service-role/";

  private final IamClient iam;
  private final RoleContent content;
  private final PortableRole portable;
  private final Shrinker shrinker;
  private final LastAccessed lastAccessed;
  private final Clock clock;

  /**
   * Creates the service on one account's IAM.
   *
   * @param context the stack whose payloads are to make the roles
   */
  public RoleExports(IamClient iam, StackContext context, Clock clock) {
    this.iam = iam;
    this.content = new RoleContent(iam);
    this.portable = new PortableRole(context, clock);
    this.shrinker = new Shrinker(portable, new PolicyVersions(iam));
    this.lastAccessed = new LastAccessed(iam);
    this.clock = clock;
  }

  /**
   * Returns what a call asks for: a document whose {@code iam} makes the role again, or says what
   * is missing for that.
   *
   * @throws InvalidRequest if there is no such role, or only a service may make it
   * @throws NotVisibleYet if the role is gone in the meantime
   * @throws AwsUnavailable if IAM cannot say what the role has used
   */
  public ObjectNode answer(ExportRequest request) {
    KnownRole role =
        IamAnswers.found(
                () -> KnownRole.of(iam.getRole(get -> get.roleName(request.role())).role()))
            .orElseThrow(
                () ->
                    new InvalidRequest(
                        request.path(),
                        "There is no role \"%s\" in this account.".formatted(request.role())));
    if (role.path().startsWith(OF_SERVICES)) {
      throw new InvalidRequest(
          request.path(),
          "Role \"%s\" is a service-linked role, which only its service makes."
              .formatted(role.name()));
    }
    return request.shrinks() ? shrunk(role, request) : portable.document(read(role));
  }

  private ReadRole read(KnownRole role) {
    return new ReadRole(
        content.of(role),
        iam
            .listInstanceProfilesForRolePaginator(list -> list.roleName(role.name()))
            .instanceProfiles()
            .stream()
            .map(InstanceProfile::instanceProfileName)
            .toList());
  }

  private ObjectNode shrunk(KnownRole role, ExportRequest request) {
    Instant oldEnough = role.created().plus(request.minAge());
    if (clock.instant().isBefore(oldEnough)) {
      return nothing(
          role,
          "TOO_YOUNG",
          "The role was made at %s, and may not have done yet all that it is for. Ask again from %s on, or with another \"minAge\"."
              .formatted(role.created(), oldEnough));
    }
    String jobId = request.jobId().orElseGet(() -> lastAccessed.start(role.arn()));
    Optional<LastAccessed.Report> report = lastAccessed.read(jobId);
    if (report.isEmpty()) {
      ObjectNode again =
          nothing(
              role,
              "NOT_READY",
              "IAM is still looking what the role has used. Ask again with the jobId.");
      return again.put("jobId", jobId);
    }
    if (!report.get().usage().any()) {
      return nothing(
          role,
          "NEVER_USED",
          "IAM knows of no use of the role, in the last %d days or since it was made: nothing says what it is for. Ask its owner, or remove it."
              .formatted(TRACKED.toDays()));
    }
    return shrinker.document(read(role), report.get());
  }

  /** For how long IAM remembers use, at least. */
  static final Duration TRACKED = Duration.ofDays(400);

  private static ObjectNode nothing(KnownRole role, String outcome, String why) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.putObject("role").put("name", role.name()).put("arn", role.arn());
    answer.put("outcome", outcome);
    answer.putArray("notes").add(why);
    return answer;
  }
}
