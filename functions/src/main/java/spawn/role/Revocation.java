package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.policy.PolicyDocument;

/**
 * What an operator has taken from a role: everything from now on, or the sessions issued so far.
 * Both are denials in inline policies of their own, for which every role has room, so the role's
 * own policy stays as it is; and a tag says that it is so, for launches and sweeps.
 *
 * @param kind what is denied
 * @param since when that was said
 * @param note who said it, and why, as they say
 */
public record Revocation(Kind kind, Instant since, String note) {
  /** What is denied. Each has a policy of its own: none takes the place of the other. */
  public enum Kind {
    /** Everything, from now on. */
    EVERYTHING("spawn-revoked"),
    /**
     * Everything to the sessions that were issued before an instant, as IAM's console revokes them
     * (<a
     * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html">IAM
     * user guide</a>). Whoever may assume the role gets a new one.
     */
    SESSIONS("spawn-revoked-sessions");

    private final String policy;

    Kind(String policy) {
      this.policy = policy;
    }

    /** Returns the name of the inline policy that denies it. */
    public String policy() {
      return policy;
    }

    /** Returns the word for it in tags and answers. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether an inline policy of this name revokes a role. */
  public static boolean isPolicy(String name) {
    return Arrays.stream(Kind.values()).anyMatch(kind -> kind.policy().equals(name));
  }

  /**
   * Returns whether an inline policy revokes a role and does nothing else, whatever its tag says:
   * the denial is put before the tag.
   */
  static boolean isDenial(String name, JsonNode document) {
    return isPolicy(name) && onlyDenies(document);
  }

  /** Returns whether a policy takes power and gives none. */
  static boolean onlyDenies(JsonNode document) {
    JsonNode statements = document.path("Statement");
    return (statements.isArray() ? statements.valueStream() : Stream.of(statements))
        .allMatch(statement -> "Deny".equals(statement.path("Effect").textValue()));
  }

  /** Returns what the tag of a role says; a value that somebody has edited revokes everything. */
  static Optional<Revocation> of(KnownRole role) {
    return role.tag(Tags.REVOKED).map(Revocation::read);
  }

  private static Revocation read(String value) {
    String[] parts = value.split(" ", 3);
    Kind kind =
        parts.length > 1 && parts[1].equals(Kind.SESSIONS.word()) ? Kind.SESSIONS : Kind.EVERYTHING;
    Instant since = Tags.instant(parts[0]).orElse(Instant.EPOCH);
    return new Revocation(kind, since, parts.length > 2 ? parts[2] : "");
  }

  /** Returns the tag that says so. */
  public Tag tag() {
    return Tags.of(Tags.REVOKED, Tags.value("%s %s %s".formatted(since, kind.word(), note)));
  }

  /** Returns the policy that denies it. */
  public PolicyDocument policy() {
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("Version", "2012-10-17");
    ObjectNode statement = document.putArray("Statement").addObject();
    statement.put("Effect", "Deny").put("Action", "*").put("Resource", "*");
    if (kind == Kind.SESSIONS) {
      // AWS counts a session's beginning in seconds: none of this one may be left out.
      Instant next = since.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
      statement
          .putObject("Condition")
          .putObject("DateLessThan")
          .put("aws:TokenIssueTime", next.toString());
    }
    return PolicyDocument.of(document);
  }
}
