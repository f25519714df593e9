package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * The documents of AWS's managed policies, which functions/src/data/managed-policies.sh fetches.
 */
public final class ManagedPolicyDocuments {
  private ManagedPolicyDocuments() {}

  /** Read when the first is asked for. */
  private static final class OnDemand {
    static final SortedMap<String, JsonNode> DOCUMENTS = all();
  }

  /** Returns the document of a policy by its ARN; nothing if it is none of AWS's. */
  public static Optional<JsonNode> of(String arn) {
    return arn.contains(":iam::aws:policy/")
        ? Optional.ofNullable(OnDemand.DOCUMENTS.get(arn.substring(arn.lastIndexOf('/') + 1)))
        : Optional.empty();
  }

  /** Returns all documents by the policies' names. */
  static SortedMap<String, JsonNode> all() {
    SortedMap<String, JsonNode> documents = new TreeMap<>();
    try (InputStream data =
        new GZIPInputStream(
            ManagedPolicyDocuments.class.getResourceAsStream("managed-policy-documents.json.gz"))) {
      for (Map.Entry<String, JsonNode> policy : new ObjectMapper().readTree(data).properties()) {
        documents.put(policy.getKey(), policy.getValue());
      }
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
    return documents;
  }
}
