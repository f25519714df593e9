package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.policy.StackContext.BroadAccess;

/** The {@code iam} objects of tests, and what becomes of them. */
final class Payloads {
  static final String BOUNDARY = "arn:aws:iam::123456789012:policy/spawn/InstanceBoundary";
  static final String SERVICE_BOUNDARY = "arn:aws:iam::123456789012:policy/spawn/ServiceBoundary";
  static final String OTHER_BOUNDARY = "arn:aws:iam::123456789012:policy/TeamBoundary";
  static final StackContext STACK = stack("aws", BroadAccess.WARN);

  /** The templates that are built in. */
  static final Templates TEMPLATES = PolicyData.standard().templates();

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Payloads() {}

  static StackContext stack(String partition, BroadAccess broadAccess) {
    return new StackContext(
        partition,
        "123456789012",
        "us-east-1",
        "/spawn/",
        "spawn",
        "spawn",
        BOUNDARY.replace("arn:aws:", "arn:" + partition + ":"),
        SERVICE_BOUNDARY.replace("arn:aws:", "arn:" + partition + ":"),
        List.of(OTHER_BOUNDARY),
        broadAccess);
  }

  /** Returns JSON written with single quotes. */
  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }

  /** Returns what a valid payload means. */
  static ResolvedPermissions resolved(JsonNode iam) {
    Problems problems = new Problems();
    ResolvedPermissions resolved = new PermissionsReader(STACK).read(iam, "$.iam", problems);
    problems.throwIfAny();
    return resolved;
  }

  static ResolvedPermissions resolved(String iam) {
    return resolved(json(iam));
  }

  static PolicyDocument inline(String iam) {
    return resolved(iam).permissions().inlinePolicy();
  }

  /** Returns what is wrong with a payload. */
  static List<Problem> problems(JsonNode iam, StackContext stack) {
    Problems problems = new Problems();
    new PermissionsReader(stack).read(iam, "$.iam", problems);
    return problems.list();
  }

  static List<Problem> problems(String iam) {
    return problems(json(iam), STACK);
  }
}
