package spawn.role;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.PermissionsReader;
import spawn.policy.PolicyLimits;
import spawn.policy.ResolvedPermissions;
import spawn.policy.StackContext;

/** Role requests as payloads lead to them, with valid defaults. */
public final class RoleRequests {
  /** The stack that the requests are made in. */
  public static final StackContext CONTEXT =
      new StackContext(
          "aws",
          "123456789012",
          "us-east-1",
          "/spawn/",
          "spawn",
          "spawn",
          "arn:aws:iam::123456789012:policy/boundary",
          "arn:aws:iam::123456789012:policy/service-boundary",
          List.of(),
          StackContext.BroadAccess.WARN);

  /** What of IAM is that stack's own. */
  public static final Owner OWNER = Owner.of(CONTEXT);

  private RoleRequests() {}

  /**
   * Returns the request of the permission fields of an {@code iam} object; spawn chooses the name.
   */
  public static RoleRequest of(String iam) {
    return request(Optional.empty(), iam);
  }

  /** Returns the request of a role that the caller names. */
  public static RoleRequest named(String name, String iam) {
    return request(Optional.of(name), iam);
  }

  private static RoleRequest request(Optional<String> name, String iam) {
    Problems problems = new Problems();
    ResolvedPermissions resolved =
        new PermissionsReader(CONTEXT).read(json(iam), "$.iam", problems);
    problems.throwIfAny();
    return new RoleRequest(
        name.map(List::of).orElseGet(() -> OWNER.generatedNames(resolved.permissions().hash())),
        resolved.permissions(),
        resolved.described(),
        Map.of(),
        "tester",
        RolePaths.OF_A_LAUNCH,
        CONTEXT.boundaries(),
        null,
        false);
  }

  /** Returns tags of a role without the record of what it was made with. */
  public static Map<String, String> withoutRecord(Map<String, String> tags) {
    return RoleRecord.without(tags);
  }

  /** Returns the request of a role that ends, by this clock. */
  public static RoleRequest ending(Clock clock, String role) {
    return new RoleRequestReader(CONTEXT, clock)
        .read(
            PayloadObject.at(json(role), "$.iam", IamFields.ALL, new Problems()),
            "tester",
            PolicyLimits.NONE,
            new Problems())
        .request();
  }

  /** Returns JSON written with single quotes. */
  public static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException malformed) {
      throw new IllegalArgumentException(malformed);
    }
  }
}
