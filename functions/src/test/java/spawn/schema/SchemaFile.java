package spawn.schema;

import static spawn.schema.Definitions.object;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import spawn.approval.ApprovalFields;
import spawn.audit.AuditFields;
import spawn.audit.RepairFields;
import spawn.cleanup.SweepFields;
import spawn.export.ExportFields;
import spawn.launch.InstanceSchema;
import spawn.launch.LaunchFields;
import spawn.payload.Document;
import spawn.payload.Fields;
import spawn.payload.Kind;
import spawn.payload.ListOf;
import spawn.policy.ExpectFields;
import spawn.policy.PermissionFields;
import spawn.policy.PolicySchema;
import spawn.revocation.RevocationFields;
import spawn.role.IamFields;
import spawn.roleset.RoleSetFields;

/**
 * A file in {@code schema/}.
 *
 * @param name its name, without what all have at the end
 * @param title what the payload is
 * @param fields its members
 * @param removal the members that are read where the first of them is {@code true}, in place of
 *     all; none where all are always read
 */
public record SchemaFile(String name, String title, Fields fields, List<String> removal) {
  /** All files. A further one needs a line here, and to be written. */
  public static final List<SchemaFile> ALL =
      List.of(
          of("launch", "Launch payload of spawn", LaunchFields.ALL),
          new SchemaFile(
              "role-set",
              "Role set payload of spawn",
              RoleSetFields.ALL,
              List.of("delete", "namePrefix", "plan")),
          of("sweep", "Direct call of spawn's sweep", SweepFields.ALL),
          of("audit", "Direct call of spawn's audit", AuditFields.ALL),
          of("repair", "Direct call of spawn's repair", RepairFields.ALL),
          of("export", "Call that writes a role down", ExportFields.ALL),
          of("revocation", "Call that revokes a role of spawn", RevocationFields.ALL),
          of("approval", "Answer to a launch of spawn that waits", ApprovalFields.ALL));

  /** What the fields that hold JSON in a language of its own hold. */
  private static final Map<Document, Function<Definitions, ObjectNode>> DOCUMENTS =
      Map.of(
          document(LaunchFields.ALL.named("instance").kind()), InstanceSchema::of,
          document(PermissionFields.POLICY_DOCUMENT.kind()), PolicySchema::document,
          document(PermissionFields.STATEMENTS.kind()), PolicySchema::statements,
          document(((ListOf<?>) PermissionFields.ASSUME_ROLES.kind()).item()),
              PolicySchema::assumedRole,
          document(((ListOf<?>) ExpectFields.ALLOW.kind()).item()), PolicySchema::expectation,
          document(ExpectFields.CONTEXT.kind()), PolicySchema::context,
          document(IamFields.IMPORT.kind()), definitions -> object().put("type", "object"));

  private static SchemaFile of(String name, String title, Fields fields) {
    return new SchemaFile(name, title, fields, List.of());
  }

  private static Document document(Kind<?> kind) {
    return (Document) kind;
  }

  /** Returns where it is. */
  public Path path() {
    return Path.of("schema", name + ".schema.json");
  }

  @Override
  public String toString() {
    return name;
  }

  /** Returns the schema. */
  public ObjectNode schema() {
    Definitions definitions = new Definitions();
    ObjectNode payload = new FieldSchema(definitions, DOCUMENTS).of(fields);
    ObjectNode schema =
        object()
            .put("$schema", "https://json-schema.org/draft/2020-12/schema")
            .put("$comment", "Made from the declarations of the fields by SchemaFilesTest.")
            .put("title", title);
    schema.setAll(removal.isEmpty() ? payload : removable(payload));
    schema
        .withObjectProperty("properties")
        .putObject(Fields.SCHEMA)
        .put("description", "the JSON Schema of the payload, for editors; spawn passes over it");
    if (!definitions.all().isEmpty()) {
      schema.set("$defs", definitions.all());
    }
    return schema;
  }

  /** Returns a schema that says nothing of the other members where the payload is a removal. */
  private ObjectNode removable(ObjectNode payload) {
    ObjectNode schema = object().put("type", "object");
    ObjectNode members = (ObjectNode) payload.remove("properties");
    ObjectNode names = schema.putObject("properties");
    members.fieldNames().forEachRemaining(names::putObject);
    schema.set("additionalProperties", payload.remove("additionalProperties"));
    payload.remove("type");
    schema.set("required", payload.remove("required"));
    ObjectNode asked = schema.putObject("if");
    asked.putArray("required").add(removal.get(0));
    asked.putObject("properties").putObject(removal.get(0)).put("const", true);
    ObjectNode read = schema.putObject("then").putObject("properties");
    removal.forEach(name -> read.set(name, members.get(name)));
    ObjectNode otherwise = schema.putObject("else");
    otherwise.set("properties", members);
    otherwise.setAll(payload);
    return schema;
  }

  /** Returns the text of the file. */
  public String text() {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER));
    try {
      return new ObjectMapper().writer(printer).writeValueAsString(schema()) + "\n";
    } catch (JsonProcessingException unwritable) {
      throw new IllegalStateException(unwritable);
    }
  }
}
