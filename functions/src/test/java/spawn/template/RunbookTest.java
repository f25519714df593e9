package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.SpawnException;

/** Whoever is woken finds a heading for what they read. */
class RunbookTest {
  private static final Template TEMPLATE = Template.read();
  private static final Runbook RUNBOOK = Runbook.read();

  static List<String> alarms() {
    return TEMPLATE.idsOf("AWS::CloudWatch::Alarm");
  }

  static List<String> errors() {
    try (Stream<Path> sources = Files.list(Path.of("functions/src/main/java/spawn/error"))) {
      return sources
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(RunbookTest::isError)
          .toList();
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }

  private static boolean isError(String name) {
    try {
      Class<?> type = Class.forName("spawn.error." + name);
      return SpawnException.class.isAssignableFrom(type) && type != SpawnException.class;
    } catch (ClassNotFoundException packageInfo) {
      return false;
    }
  }

  @Test
  void itHasAHeadingForEachAlarmAndForNoOther() {
    assertThat(RUNBOOK.sections("Alarms")).containsExactlyInAnyOrderElementsOf(alarms());
  }

  @Test
  void itHasAHeadingForEachErrorAndForNoOther() {
    assertThat(RUNBOOK.sections("Errors")).containsExactlyInAnyOrderElementsOf(errors());
  }

  @ParameterizedTest
  @MethodSource("alarms")
  void anAlarmHasACommandThatShowsMoreAWayToIgnoreItAndAWayToCauseIt(String alarm) {
    assertThat(RUNBOOK.section(alarm))
        .containsPattern("\n    (aws|said) ")
        .contains("\n**Ignore** ", "\n**Try** ", "\n```sh\n");
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anErrorHasACommandThatShowsItSomethingToDoAndAWayToIgnoreIt(String error) {
    assertThat(RUNBOOK.section(error))
        .containsPattern("\n    said [A-Z][A-Za-z]+ '\\{ \\$\\.Error = \"" + error + "\" }'\n")
        .contains("\n**Do** ", "\n**Ignore** ");
  }

  @Test
  void itsCommandsNameFunctionsThatThereAre() {
    List<String> functions = TEMPLATE.idsOf("AWS::Serverless::Function");

    assertThat(
            Stream.concat(alarms().stream(), errors().stream())
                .flatMap(name -> RUNBOOK.section(name).lines())
                .filter(line -> line.startsWith("    said "))
                .map(line -> line.substring(9, line.indexOf(" '"))))
        .isNotEmpty()
        .allSatisfy(
            function -> {
              assertThat(functions).contains(function);
              assertThat(TEMPLATE.property(function + "Logs", "LogGroupName").asText())
                  .isEqualTo("spawn-" + function);
            });
  }
}
