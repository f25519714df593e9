package spawn.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Actions of one service that belong together: the same levels have them, and they accept the same
 * kinds of resources.
 *
 * @param levels the levels whose templates hold the actions
 * @param actions the names of the actions, without the service
 * @param access what the actions do
 * @param on the ARN kinds that the actions accept; empty if they take no resource
 * @param scoped what becomes of them when the payload names resources of the service
 * @param unscoped what becomes of them when it names none
 * @param condition when they are granted
 */
record ActionGroup(
    List<Level> levels,
    List<String> actions,
    Access access,
    List<String> on,
    Scoped scoped,
    Unscoped unscoped,
    Condition condition) {
  /** Fills in what the data leaves out. */
  ActionGroup {
    unscoped = unscoped == null ? Unscoped.GRANT : unscoped;
    condition = condition == null ? Condition.NONE : condition;
  }

  /** Returns the statement that grants the actions on resources. */
  Statement on(String service, List<String> resources) {
    return Statement.allow(
        actions.stream().map(action -> service + ":" + action).toList(), resources, condition);
  }

  /** What actions do. */
  enum Access {
    @JsonProperty("all")
    ALL,
    @JsonProperty("read")
    READ,
    @JsonProperty("write")
    WRITE,
    @JsonProperty("tagging")
    TAGGING,
    @JsonProperty("permissions")
    PERMISSIONS
  }

  /** What becomes of actions when the payload names resources of their service. */
  enum Scoped {
    /** They are granted on those resources that they accept, or not at all. */
    @JsonProperty("bind")
    BIND,
    /** They take no resource, and stay granted on all. */
    @JsonProperty("keep")
    KEEP,
    /** They only list everything, so they are left out. */
    @JsonProperty("drop")
    DROP
  }

  /** What becomes of actions when the payload names no resource of their service. */
  enum Unscoped {
    /** They are granted on all. */
    @JsonProperty("grant")
    GRANT,
    /** They are never granted on all. */
    @JsonProperty("refuse")
    REFUSE
  }
}
