package spawn.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a workflow hands to a function.
 *
 * @param function the function's name in the template
 * @param input its input
 */
public record HandedOver(String function, JsonNode input) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns what the functions get in {@link Visits}, each once. */
  public static List<HandedOver> inEachWay() {
    Expressions expressions = Workflow.read().expressions();
    Set<HandedOver> inputs = new LinkedHashSet<>();
    for (Visit visit : Visits.all()) {
      if (visit.type().equals("Task") && visit.definition().containsKey("Arguments")) {
        JsonNode arguments = arguments(visit, expressions);
        if (arguments.hasNonNull("FunctionName")) {
          inputs.add(
              new HandedOver(
                  arguments.path("FunctionName").textValue(), arguments.path("Payload")));
        }
      }
    }
    return new ArrayList<>(inputs);
  }

  private static JsonNode arguments(Visit visit, Expressions expressions) {
    ObjectNode scope = visit.variables().deepCopy();
    ObjectNode states = scope.putObject("states");
    states.set("input", visit.input());
    ObjectNode context = states.putObject("context");
    context.setAll((ObjectNode) visit.context());
    context.putObject("Task").put("Token", "token"); // of the tasks that wait for somebody
    Map<String, Object> variables = StateMachine.object(JSON.convertValue(scope, Object.class));
    try {
      return JSON.valueToTree(expressions.evaluate(visit.definition().get("Arguments"), variables));
    } catch (TaskFailure cannotBe) {
      throw new IllegalStateException(visit.state(), cannotBe);
    }
  }
}
