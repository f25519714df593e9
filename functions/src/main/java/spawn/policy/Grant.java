package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement and what asked for it.
 *
 * @param path the JSON path of the template's word or of the statement
 * @param statement the statement
 */
record Grant(String path, Statement statement) {
  /** Returns the statements of a valid policy with their paths. */
  static List<Grant> of(JsonNode document, String path) {
    boolean alone = document.path("Statement").isObject();
    List<Grant> grants = new ArrayList<>();
    for (Statement statement : PolicyDocument.statements(document)) {
      String at = alone ? "" : "[" + grants.size() + "]";
      grants.add(new Grant(path + ".Statement" + at, statement));
    }
    return grants;
  }
}
