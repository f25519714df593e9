package spawn.role;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import spawn.error.SpawnException;
import spawn.json.LowerCase;

/**
 * What a launch would do with the role that it asks for, as IAM shows things now.
 *
 * @param outcome what it would come to
 * @param name the name that the role has or would have
 * @param role the role under that name; nothing where there is none
 * @param refusal how a launch would fail, or for what it would wait; nothing where it would not
 * @param passed the names before it that a launch would leave, each with the reason
 */
public record RoleForecast(
    Outcome outcome,
    String name,
    Optional<KnownRole> role,
    Optional<SpawnException> refusal,
    List<Passed> passed) {
  /** Copies the list. */
  public RoleForecast {
    passed = List.copyOf(passed);
  }

  /** What a launch would come to. */
  public enum Outcome implements LowerCase {
    /** It would create the role. */
    CREATE,
    /** It would use the role, which the stack has made. */
    REUSE,
    /** It would use the role, which the stack has not made, as it is. */
    USE,
    /** It would complete the role, which was begun as the payload asks. */
    COMPLETE,
    /** It would wait, since another launch, or a role set, may still be writing. */
    UNFINISHED,
    /** It would fail: the name belongs to another stack, or to somebody else. */
    TAKEN,
    /** It would fail: the role of the stack holds something else, or has another boundary. */
    CONFLICT,
    /** It would fail for some half an hour: the sweep has marked the role. */
    MARKED,
    /** It would fail: the role has ended, or nearly. */
    EXPIRED,
    /** It would fail: an operator has revoked the role. */
    REVOKED,
    /** It would fail: IAM or the stack does not let the role be made or used. */
    REFUSED;

    /** Returns the word for it in a plan. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether a launch would go on with the role. */
    public boolean isUsable() {
      return this == CREATE || this == REUSE || this == USE || this == COMPLETE;
    }

    /** Returns whether a launch would go on with a role that exists. */
    public boolean isOfExisting() {
      return isUsable() && this != CREATE;
    }
  }

  /**
   * A name that the role would not get.
   *
   * @param name the name
   * @param why why, as a sentence
   */
  public record Passed(String name, String why) {}
}
