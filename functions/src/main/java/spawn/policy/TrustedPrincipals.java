package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import spawn.json.Json;

/**
 * Who may assume a role, as its trust policy names them.
 *
 * <p>Anyone may have written the policy, so reading it errs on one side: the text of whatever is
 * not understood becomes a name, and so counts as someone other than EC2. Effects and conditions
 * are ignored: they can only take trust away.
 *
 * @param names service principals, and the text of everything else that is trusted, sorted; empty
 *     if the policy trusts nobody
 */
public record TrustedPrincipals(SortedSet<String> names) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /**
   * China's partition knows EC2 under a second name (<a
   * href="https://docs.aws.amazon.com/batch/latest/userguide/service_IAM_role.html">Batch user
   * guide</a>).
   */
  private static final Set<String> EC2 = Set.of("ec2.amazonaws.com", "ec2.amazonaws.com.cn");

  /** Copies the names. */
  public TrustedPrincipals {
    names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  /**
   * Returns whom a trust policy names.
   *
   * @param trustPolicy the document, decoded; without a statement in it, it is taken to trust
   *     someone unknown
   */
  public static TrustedPrincipals of(String trustPolicy) {
    SortedSet<String> names = new TreeSet<>();
    JsonNode statements = statements(trustPolicy);
    if (statements.isArray()) {
      statements.forEach(statement -> addPrincipals(statement, names));
    } else if (statements.isObject()) {
      addPrincipals(statements, names);
    } else if (!trustPolicy.isBlank()) {
      names.add("not a trust policy: " + trustPolicy);
    }
    return new TrustedPrincipals(names);
  }

  private static JsonNode statements(String trustPolicy) {
    try {
      return Json.readLeniently(trustPolicy).path("Statement");
    } catch (JsonProcessingException notJson) {
      return JSON.missingNode();
    }
  }

  private static void addPrincipals(JsonNode statement, Set<String> names) {
    JsonNode principal = statement.path("Principal");
    if (!principal.isObject()) {
      // Everyone ("*"), everyone but some (NotPrincipal), or nothing that a trust policy may say.
      names.add(Json.text(principal.isMissingNode() ? statement : principal));
      return;
    }
    JsonNode services = principal.path("Service");
    boolean namesServices = !services.isMissingNode() && !services.equals(JSON.arrayNode());
    if (principal.size() != 1 || !namesServices) {
      names.add(Json.text(principal));
    }
    if (services.isArray()) {
      services.forEach(service -> names.add(name(service)));
    } else if (!services.isMissingNode()) {
      names.add(name(services));
    }
  }

  private static String name(JsonNode service) {
    return service.isTextual() && !service.textValue().isBlank()
        ? service.textValue()
        : Json.text(service);
  }

  /**
   * Returns whether the policy can be read so that EC2 may assume the role: it names EC2, or
   * everyone, or everyone but some, or cannot be read.
   */
  public boolean mayHoldEc2() {
    return names.stream().anyMatch(name -> EC2.contains(name) || mayHoldAnyone(name));
  }

  private static boolean mayHoldAnyone(String name) {
    return name.contains("\"*\"")
        || name.contains("NotPrincipal")
        || name.startsWith("not a trust");
  }

  /**
   * Returns whether EC2 may assume the role and nobody else, so that its use shows on instances.
   */
  public boolean isEc2Only() {
    return !names.isEmpty() && EC2.containsAll(names);
  }
}
