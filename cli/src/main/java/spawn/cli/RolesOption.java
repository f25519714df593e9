package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import picocli.CommandLine.Option;

/** Which of the stack's roles a command looks at: options of the audit and of the repair. */
final class RolesOption {
  @Option(
      names = {"--role", "--role-names"},
      split = ",",
      paramLabel = "ROLE",
      description = "only these roles")
  private List<String> roleNames = List.of();

  @Option(
      names = "--after",
      paramLabel = "ROLE",
      description = "begins behind this role; a run that stopped names it")
  private String after;

  /** Puts them into the call of a function. */
  void put(ObjectNode call) {
    Json.put(call, "roleNames", roleNames);
    Json.put(call, "after", after);
  }
}
