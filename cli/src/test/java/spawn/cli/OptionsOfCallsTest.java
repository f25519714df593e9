package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import spawn.approval.ApprovalFields;
import spawn.audit.AuditFields;
import spawn.audit.RepairFields;
import spawn.cleanup.SweepFields;
import spawn.export.ExportFields;
import spawn.payload.Fields;
import spawn.revocation.RevocationFields;

/** What a function takes, its command takes: every declared field is an option. */
class OptionsOfCallsTest {
  /** A function, its command, and the fields that the command says in another way. */
  private record Call(String command, Fields fields, Map<String, String> otherwise) {}

  private static final List<Call> CALLS =
      List.of(
          new Call("cleanup-iam", SweepFields.ALL, Map.of()),
          new Call("iam-audit", AuditFields.ALL, Map.of("format", "--html")),
          new Call("iam-repair", RepairFields.ALL, Map.of()),
          new Call("iam-export", ExportFields.ALL, Map.of()),
          new Call("revoke", RevocationFields.ALL, Map.of("role", "ROLE")),
          new Call(
              "approve",
              ApprovalFields.ALL,
              Map.of("approval", "REQUEST", "planHash", "REQUEST", "answer", "approve")),
          new Call(
              "deny",
              ApprovalFields.ALL,
              Map.of("approval", "REQUEST", "planHash", "REQUEST", "answer", "deny")));

  @TestFactory
  Stream<DynamicTest> everyFieldIsAnOption() {
    CommandLine line = Spawn.commandLine(AwsRefusalsTest.caller(Map.of()).shell());
    return CALLS.stream()
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.command(),
                    () -> check(call, line.getSubcommands().get(call.command()).getCommandSpec())));
  }

  private static void check(Call call, CommandSpec command) {
    Set<String> options = command.optionsMap().keySet();
    for (String field : call.fields().names()) {
      String said = call.otherwise().getOrDefault(field, WrongCalls.option(field));
      boolean isParameter =
          command.positionalParameters().stream()
              .anyMatch(parameter -> parameter.paramLabel().equals(said));
      assertThat(options.contains(said) || isParameter || said.equals(command.name()))
          .describedAs("%s of %s", said, call.command())
          .isTrue();
    }
  }
}
