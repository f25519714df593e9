package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariablesTest {
  private static final String MACHINE =
      """
      {"QueryLanguage": "JSONata", "StartAt": "First", "States": {
        "First": {"Type": "Pass", "Assign": {"a": 1, "b": null}, "Next": "Which?"},
        "Which?": {"Type": "Choice",
          "Choices": [{"Condition": "{%% $a = 1 %%}", "Assign": {"c": 2}, "Next": "Last"}],
          "Default": "%s"},
        "Other": {"Type": "Pass", "Assign": {"c": "{%% $count([$b]) %%}"}, "Next": "Last"},
        "Last": {"Type": "Pass", "Output": "{%% ($d := $c; '$e' & $d) %%}", "End": true}}}
      """;

  @TempDir private Path folder;

  private StateMachine machine(String otherwise) throws IOException {
    return StateMachine.read(
        Files.writeString(folder.resolve("a.asl.json"), MACHINE.formatted(otherwise)), Map.of());
  }

  @Test
  void whatIsAssignedOnEveryWayMayBeRead() throws IOException {
    assertThat(Variables.readTooEarly(machine("Other"))).isEmpty();
  }

  @Test
  void whatIsLeftOutOnOneWayMayNot() throws IOException {
    assertThat(Variables.readTooEarly(machine("Last"))).containsExactly("Last: $c");
  }
}
