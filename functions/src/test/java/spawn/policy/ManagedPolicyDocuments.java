package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * The documents of AWS's managed policies, which functions/src/data/managed-policies.sh fetches.
 */
final class ManagedPolicyDocuments {
  private ManagedPolicyDocuments() {}

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
