package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import spawn.error.Problems;
import spawn.payload.JsonPath;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;

/**
 * Reads {@code import}: an object that describes a role stands for what another stack, or this one
 * at another time, has written down of a role.
 */
public final class RoleImport {
  private static final String IAM = "iam";

  /** The members of what ExportRole answers beside {@code iam}, which are for people. */
  public static final Set<String> FOR_PEOPLE =
      Set.of("role", "hash", "leftOut", "bound", "outcome", "used", "removed", "kept", "notes");

  private RoleImport() {}

  /**
   * Returns an object with what it imports in the place of {@code import}; its own name, tags and
   * creator come before those of the import. Where it imports nothing, it is returned as it is.
   *
   * @param iam an object with the members of {@link IamFields}
   * @param problems takes what is wrong with the import, under the path of {@code import}
   */
  public static PayloadObject in(PayloadObject iam, Problems problems) {
    if (!iam.has(IamFields.IMPORT) || !iam.keeps(IamFields.IMPORT_IS_ALL)) {
      return iam;
    }
    String path = iam.path(IamFields.IMPORT);
    JsonNode document = iam.json().get(IamFields.IMPORT.name());
    JsonNode content = document;
    if (document.isObject() && document.has(IAM)) {
      checkNames(document, path, problems);
      path = JsonPath.member(path, IAM);
      content = document.get(IAM);
    }
    if (document.isObject() && document.has("outcome") && !document.has(IAM)) {
      problems.add(
          path,
          "Holds no role: ExportRole has answered %s. Its \"notes\" say why."
              .formatted(Quote.of(document.get("outcome").asText())));
      return iam;
    }
    if (!content.isObject()) {
      problems.add(
          path,
          "Must be an object, what ExportRole has answered or its \"iam\", not %s."
              .formatted(Quote.kind(content)));
      return iam;
    }
    return PayloadObject.at(content, path, IamFields.IMPORTED, problems)
        .with(iam.without(IamFields.IMPORT));
  }

  private static void checkNames(JsonNode document, String path, Problems problems) {
    document
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals(IAM) && !FOR_PEOPLE.contains(name)) {
                problems.add(
                    JsonPath.member(path, name),
                    "Unknown field beside \"iam\". ExportRole answers with %s."
                        .formatted(String.join(", ", new TreeSet<>(FOR_PEOPLE))));
              }
            });
  }
}
