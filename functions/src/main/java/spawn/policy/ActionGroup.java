package spawn.policy;

import java.util.List;
import spawn.json.LowerCase;

/**
 * Actions of one service that belong together: the same words have them, and they accept the same
 * kinds of resources.
 *
 * @param levels the levels whose templates hold the actions; none for those of a task
 * @param actions the names of the actions, without the service
 * @param access what the actions do
 * @param on the ARN kinds that the actions accept; empty if they take no resource
 * @param scoped what becomes of them when the payload names resources of the service
 * @param unscoped what becomes of them when it names none
 * @param condition when they are granted
 * @param service the service of the actions, or null if it is the one that the word names
 * @param needs lists of kinds: the payload must name a resource of one kind of each, or the actions
 *     are left out
 * @param to ARNs to which the actions are bound whatever the payload names, with {@code PARTITION},
 *     {@code REGION} and {@code ACCOUNT} for the stack's; none for most actions
 */
record ActionGroup(
    List<Level> levels,
    List<String> actions,
    Access access,
    List<String> on,
    Scoped scoped,
    Unscoped unscoped,
    Condition condition,
    String service,
    List<List<String>> needs,
    List<String> to) {
  /** Fills in what the data leaves out. */
  ActionGroup {
    levels = levels == null ? List.of() : levels;
    unscoped = unscoped == null ? Unscoped.GRANT : unscoped;
    condition = condition == null ? Condition.NONE : condition;
    needs = needs == null ? List.of() : needs;
    to = to == null ? List.of() : to;
  }

  /** Creates a group of actions of the service that the word names. */
  ActionGroup(
      List<Level> levels,
      List<String> actions,
      Access access,
      List<String> on,
      Scoped scoped,
      Unscoped unscoped,
      Condition condition) {
    this(levels, actions, access, on, scoped, unscoped, condition, null, null, null);
  }

  /** What actions do. */
  enum Access implements LowerCase {
    ALL,
    READ,
    WRITE,
    TAGGING,
    PERMISSIONS
  }

  /** What becomes of actions when the payload names resources of their service. */
  enum Scoped implements LowerCase {
    /** They are granted on those resources that they accept, or not at all. */
    BIND,
    /** They take no resource, and stay granted on all. */
    KEEP,
    /** They only list everything, so they are left out. */
    DROP
  }

  /** What becomes of actions when the payload names no resource of their service. */
  enum Unscoped implements LowerCase {
    /** They are granted on all. */
    GRANT,
    /** They are never granted on all, and the word is refused. */
    REFUSE,
    /** They are left out. */
    DROP
  }
}
