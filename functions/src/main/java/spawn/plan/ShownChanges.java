package spawn.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import spawn.json.Json;
import spawn.policy.GrantChange;

/**
 * As many changes as a person reads, and as fit into what a state may answer, 256 KB with all else
 * (<a href="https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html">quotas</a>).
 *
 * @param changes all of them
 */
record ShownChanges(List<GrantChange> changes) {
  private static final int MOST_NAMES = 20;

  /** For a change of long names. */
  private static final int FEW_NAMES = 3;

  private static final int MOST_CHARACTERS = 20_000;

  /** Adds them as a list under a name, and how many are left out, if any. */
  void addTo(ObjectNode json, String name) {
    ArrayNode list = json.putArray(name);
    int characters = 0;
    for (GrantChange change : changes) {
      ObjectNode shown = change.toJson(MOST_NAMES);
      if (Json.text(shown).length() > MOST_CHARACTERS / 4) {
        shown = change.toJson(FEW_NAMES);
      }
      characters += Json.text(shown).length();
      if (characters > MOST_CHARACTERS) {
        json.put(name + "LeftOut", changes.size() - list.size());
        return;
      }
      list.add(shown);
    }
  }
}
