package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VisitsTest {
  /** A way out of a state that no execution takes cannot be held against another engine. */
  @Test
  void theExecutionsLeaveEachStateInEachWay() {
    Workflow workflow = Workflow.read();

    assertThat(taken()).containsAll(ways("launch", workflow.launch().allStates()));
    assertThat(taken()).containsAll(ways("role-set", workflow.roleSet().allStates()));
    assertThat(taken()).containsAll(ways("spawn-approval", workflow.approval().allStates()));
  }

  private static Set<String> taken() {
    return Visits.all().stream().map(Visit::toString).collect(Collectors.toSet());
  }

  private static Set<String> ways(String machine, Map<String, Map<String, Object>> states) {
    Set<String> ways = new TreeSet<>();
    states.forEach(
        (name, state) -> {
          StateMachine.nexts(state).forEach(next -> ways.add(machine + ": " + name + " → " + next));
          if (StateMachine.nexts(state).isEmpty()) {
            ways.add(machine + ": " + name + " → the end");
          }
        });
    return ways;
  }
}
