package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import spawn.policy.ServiceReference.Action;
import spawn.policy.ServiceReference.ArnForm;

/** Identity policies that IAM takes, of AWS's own services, actions and ARNs. */
public final class RandomPolicy {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ALL = List.copyOf(ServiceReference.services());

  /** Half of the statements are about these, which the rules know well. */
  private static final List<String> COMMON =
      List.of(
          "s3", "iam", "ec2", "lambda", "dynamodb", "secretsmanager", "ssm", "kms", "sts", "sqs");

  private static final List<String> CONDITIONS =
      List.of(
          "{\"StringEquals\": {\"aws:ResourceTag/team\": \"red\"}}",
          "{\"StringNotEquals\": {\"aws:ResourceTag/team\": \"red\"}}",
          "{\"StringEqualsIfExists\": {\"aws:ResourceTag/team\": \"red\"}}",
          "{\"StringLike\": {\"aws:ResourceTag/team\": \"*\"}}",
          "{\"StringEquals\": {\"s3:x-amz-acl\": [\"private\", \"bucket-owner-full-control\"]}}",
          "{\"StringEquals\": {\"s3:x-amz-acl\": \"public-read\"}}",
          "{\"StringNotEquals\": {\"s3:x-amz-acl\": \"zzz\"}}",
          "{\"Bool\": {\"aws:SecureTransport\": \"true\"}}");

  private final Random random;

  private RandomPolicy(Random random) {
    this.random = random;
  }

  /** Returns a policy drawn from what AWS offers. */
  public static JsonNode document(Random random) {
    return new RandomPolicy(random).document();
  }

  private JsonNode document() {
    ObjectNode document = JSON.createObjectNode().put("Version", "2012-10-17");
    ArrayNode statements = document.putArray("Statement");
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      statements.add(statement());
    }
    return document;
  }

  private ObjectNode statement() {
    ServiceReference service =
        ServiceReference.of(any(random.nextBoolean() ? COMMON : ALL)).orElseThrow();
    ObjectNode statement =
        JSON.createObjectNode().put("Effect", random.nextInt(10) == 0 ? "Deny" : "Allow");
    ArrayNode actions = statement.putArray(random.nextInt(20) == 0 ? "NotAction" : "Action");
    for (int count = 1 + random.nextInt(5); count > 0; count--) {
      actions.add(action(service));
    }
    ArrayNode resources = statement.putArray(random.nextInt(20) == 0 ? "NotResource" : "Resource");
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      resources.add(resource(service));
    }
    if (random.nextInt(3) == 0) {
      statement.set("Condition", json(any(CONDITIONS)));
    }
    return statement;
  }

  private String action(ServiceReference service) {
    Action action = any(List.copyOf(service.actions()));
    int kept = 1 + random.nextInt(action.name().length());
    return switch (random.nextInt(12)) {
      case 0 -> "*";
      case 1 -> service.service() + ":*";
      case 2, 3 -> service.service() + ":" + action.name().substring(0, kept) + "*";
      case 4 -> service.service() + ":*" + action.name().substring(kept);
      default -> service.service() + ":" + action.name();
    };
  }

  private String resource(ServiceReference service) {
    List<ArnForm> forms = service.kinds().values().stream().flatMap(List::stream).toList();
    if (forms.isEmpty() || random.nextInt(4) == 0) {
      return "*";
    }
    ArnForm form = any(forms);
    String name =
        switch (random.nextInt(3)) {
          case 0 -> form.resource();
          case 1 -> form.resource().replace("*", "name-*");
          default -> form.resource().replace("*", "name");
        };
    return "arn:aws:%s:%s:%s:%s"
        .formatted(
            form.service(),
            form.region().equals("R") ? "us-east-1" : form.region(),
            form.account().equals("A") ? "123456789012" : form.account(),
            name);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (com.fasterxml.jackson.core.JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
