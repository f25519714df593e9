package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.launch.LaunchPlan;
import spawn.launch.PayloadReader;
import spawn.policy.StackContext;
import spawn.policy.Warning;

/** The wizard's conversation, line by line. */
class IamWizardTest {
  @TempDir private Path folder;
  private final TypedShell shell = new TypedShell(Map.of("AWS_REGION", "eu-west-1"));

  private int answered(String... lines) {
    return shell
        .typing(String.join("\n", lines) + "\n")
        .in(folder)
        .run("iam-wizard", "--region", "eu-west-1");
  }

  private JsonNode saved() throws IOException {
    return Json.read(Files.readString(folder.resolve("launch.json")), "launch.json");
  }

  /** Answers the questions about the instance by their defaults, and writes the payload. */
  private int savedAfter(String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.addAll(List.of("", "", "", "save", ""));
    return answered(all.toArray(String[]::new));
  }

  @Test
  void whatIsSearchedForAndChosenBecomesThePayload() throws IOException {
    assertThat(
            savedAfter(
                "read a bucket",
                "1",
                "s3://training-data/2026/*",
                "queue",
                "sqs:Consume",
                "sqs://jobs"))
        .isZero();

    assertThat(saved())
        .isEqualTo(
            Json.read(
                """
                {"instance": {"ImageId": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
                              "InstanceType": "m7i.large"},
                 "iam": {"policies": ["s3:ReadOnly", "sqs:Consume"],
                         "resources": ["s3://training-data/2026/*", "sqs://jobs"]}}
                """,
                "the payload"));
    assertThat(shell.out()).isEqualTo("spawn launch --payload launch.json --region eu-west-1\n");
  }

  @Test
  void itShowsThePolicyTheSizeAndTheWarningsOfTheCodeThatLaunches() throws IOException {
    savedAfter("s3:FullAccess", "", "ecr:Push", "ecr://build/*");

    LaunchPlan plan =
        new PayloadReader(
                new StackContext(
                    "aws",
                    "000000000000",
                    "eu-west-1",
                    "/spawn/",
                    "spawn",
                    "spawn",
                    "arn:aws:iam::000000000000:policy/spawn-instances",
                    "arn:aws:iam::000000000000:policy/spawn-services",
                    List.of(),
                    StackContext.BroadAccess.WARN))
            .read(saved(), "test");
    String policy =
        plan.resolved().orElseThrow().permissions().permissions().inlinePolicy().toString();
    String last = shell.err().substring(shell.err().lastIndexOf("It allows:"));
    assertThat(last)
        .contains("Inline policy: %d of 9,840 bytes.".formatted(policy.length()))
        .contains("ecr:PutImage");
    assertThat(plan.warnings())
        .isNotEmpty()
        .extracting(Warning::message)
        .allSatisfy(message -> assertThat(last).contains(message));
    assertThat(plan.warnings())
        .extracting(Warning::advice)
        .allSatisfy(advice -> assertThat(last).contains(advice));
  }

  /** The boundary of roles of services denies far more than the one of instances. */
  @Test
  void aNarrowRoleBringsNoWarning() {
    answered("s3:ReadOnly", "s3://data/*");

    assertThat(shell.err()).contains("No warnings.");
  }

  @Test
  void whatWouldBeSaferIsToldNarrowerWordsAndResources() {
    answered("sqs:ReadWrite", "");

    assertThat(shell.err())
        .contains("narrower than sqs:ReadWrite: sqs:Consume, sqs:ReadOnly, sqs:WriteOnly")
        .contains("sqs:ReadWrite is on everything: name what it is for, for example sqs://queue");
  }

  @Test
  void aMisspeltWordBringsTheSuggestionOfThePayloadsReader() {
    answered("s3:ReadOnli", "buckte");

    assertThat(shell.err())
        .contains("Did you mean \"s3:ReadOnly\"?")
        .contains("Did you mean \"bucket\"?");
  }

  @Test
  void aResourceThatNoWordTakesIsAskedForAgain() throws IOException {
    savedAfter("s3:ReadOnly", "sqs://jobs", "s3://data");

    assertThat(shell.err()).contains("\"sqs://jobs\" is a resource of sqs");
    assertThat(saved().at("/iam/resources")).hasToString("[\"s3://data\"]");
  }

  @Test
  void aWordThatNeedsResourcesIsNotTakenWithoutAny() throws IOException {
    savedAfter("s3:Encrypted", "", "kms://alias/data");

    assertThat(shell.err()).contains("s3:Encrypted never grants Decrypt");
    assertThat(saved().at("/iam/resources")).hasToString("[\"kms://alias/data\"]");
  }

  @Test
  void aVariableWithADefaultIsOneResource() throws IOException {
    savedAfter("s3:ReadOnly", "s3://data/${aws:PrincipalTag/team, 'none'}/*  s3://public");

    assertThat(saved().at("/iam/resources"))
        .hasToString("[\"s3://data/${aws:PrincipalTag/team, 'none'}/*\",\"s3://public\"]");
  }

  @Test
  void aWordIsChangedWhereItStandsAndRemoved() throws IOException {
    savedAfter(
        "s3:ReadWrite",
        "s3://a",
        "sqs:ReadWrite",
        "sqs://b",
        "sns:WriteOnly",
        "sns://c",
        "change 1",
        "s3:ReadOnly",
        "s3://d",
        "remove 2");

    assertThat(saved().path("iam"))
        .hasToString(
            "{\"policies\":[\"s3:ReadOnly\",\"sns:WriteOnly\"],\"resources\":[\"s3://d\",\"sns://c\"]}");
  }

  @Test
  void aChangeThatIsGivenUpChangesNothing() throws IOException {
    savedAfter("s3:ReadWrite", "s3://a", "change 1", "", "change 1", "2", "back", "change 7");

    assertThat(shell.err()).contains("s3:ReadWrite stays as it was.", "There is no number 7.");
    assertThat(saved().path("iam"))
        .hasToString("{\"policies\":[\"s3:ReadWrite\"],\"resources\":[\"s3://a\"]}");
  }

  @Test
  void backTakesBackTheLastAnswerAndLeadsBackFromTheEnd() throws IOException {
    savedAfter(
        "s3:ReadOnly",
        "s3://a",
        "sqs:Consume",
        "sqs://b",
        "back", // without the queue
        "",
        "m7g.large",
        "back", // from the image to the words
        "sns:WriteOnly",
        "back", // from the resources: not asked for
        "kms:ReadOnly",
        "");

    assertThat(saved().at("/iam/policies")).hasToString("[\"s3:ReadOnly\",\"kms:ReadOnly\"]");
    answered("back");
    assertThat(shell.err()).contains("There is nothing to take back.");
  }

  @Test
  void aJobBringsItsWords() throws IOException {
    savedAfter("genomics", "1", "s3://genomes/*", "data processing: query with Athena", "2", "");

    assertThat(saved().at("/iam/policies")).hasToString("[\"s3:ReadWrite\",\"athena:Query\"]");
    assertThat(shell.err()).contains("s3:ReadWrite is there already.");
  }

  @Test
  void withoutWordsItIsALaunchOfTheDefaultRole() throws IOException {
    assertThat(savedAfter()).isZero();

    assertThat(saved().has("iam")).isFalse();
  }

  @Test
  void theCommandLineIsQuotedForAShell() {
    answered("s3:ReadOnly", "s3://a/${aws:userid}/*", "", "m7g.large", "", "command");

    assertThat(shell.out())
        .isEqualTo(
            "spawn launch --instance-type m7g.large --ami resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
                + " --iam-policy s3:ReadOnly --iam-resources 's3://a/${aws:userid}/*' --region eu-west-1\n");
  }

  @Test
  void theCommandLineLaunchesTheSavedPayload() throws IOException {
    String[] words = {
      "s3:ReadWrite", "s3://data/${aws:PrincipalTag/team, 'none'}/* s3://it's", "sqs:Consume", ""
    };
    List<String> toTheEnd = new ArrayList<>(List.of(words));
    toTheEnd.addAll(List.of("", "m7g.large", "", "command"));
    assertThat(answered(toTheEnd.toArray(String[]::new))).isZero();
    String command = shell.out().strip();
    toTheEnd.set(toTheEnd.size() - 1, "save");
    toTheEnd.add("");
    assertThat(answered(toTheEnd.toArray(String[]::new))).isZero();

    List<String> typed = ShellWordsTest.takenApart(command);
    typed = new ArrayList<>(typed.subList(1, typed.size()));
    typed.add("--print-payload");
    assertThat(shell.run(typed.toArray(String[]::new))).isZero();
    assertThat(Json.read(shell.out(), "what is printed")).isEqualTo(saved());
  }

  @Test
  void aFileThatExistsIsWrittenOverOnlyWhenThatIsSaid() throws IOException {
    Files.writeString(folder.resolve("launch.json"), "mine");

    answered("s3:ReadOnly", "", "", "", "", "save", "", "n", "save", "other.json");

    assertThat(folder.resolve("launch.json")).hasContent("mine");
    assertThat(folder.resolve("other.json")).isNotEmptyFile();
    answered("s3:ReadOnly", "", "", "", "", "save", "no/such/folder.json", "save", "", "y");
    assertThat(shell.err()).contains("no/such/folder.json cannot be written");
    assertThat(saved().has("iam")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "queue\n",
        "s3:ReadOnly\n",
        "s3:ReadOnly\n\n\n",
        "s3:ReadOnly\n\n\n\n\nsave\n",
        "quit\n",
        "queue\nquit\n",
        "s3:ReadOnly\nquit\n"
      })
  void inputThatEndsOrQuitsLeavesNothingDone(String input) throws IOException {
    assertThat(shell.typing(input).in(folder).run("iam-wizard", "--region", "eu-west-1"))
        .isEqualTo(2);

    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).containsIgnoringCase("nothing was done.");
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void questionMarksHelpWhereTheyStand() {
    answered("?", "queue", "?", "sqs:Consume", "?", "", "", "?", "", "?", "", "?", "save", "?");

    assertThat(shell.err())
        .contains("take back the last answer")
        .contains("Give the number of one or several")
        .contains("They bind every word of their service")
        .contains("An instance type of EC2")
        .contains("The id of an image")
        .contains("back leads back to the words")
        .contains("of a file that exists you are asked again");
  }

  @Test
  void answersMayComeThroughAPipeAsInTheGuide() throws IOException {
    String line =
        Files.readAllLines(Repository.path("docs/wizard.md")).stream()
            .filter(text -> text.startsWith("printf"))
            .findFirst()
            .orElseThrow();
    assertThat(line).startsWith("printf '%s\\n' ").endsWith(" | spawn iam-wizard");
    List<String> words = List.of(line.split(" "));
    String answers =
        words.subList(2, words.indexOf("|")).stream()
            .map(word -> word.replace("'", "") + "\n")
            .collect(Collectors.joining());

    assertThat(shell.piping(answers).run("iam-wizard")).isZero();
    assertThat(shell.out())
        .contains(" --iam-policy s3:ReadOnly --iam-resources s3://training-data");
  }

  @Test
  void answersMayComeFromAFile() throws IOException {
    Files.writeString(folder.resolve("answers.txt"), "s3:ReadOnly\ns3://a\n\n\n\nsave\n\n");

    assertThat(shell.in(folder).run("iam-wizard", "--answers", "answers.txt")).isZero();
    assertThat(saved().at("/iam/policies/0").asText()).isEqualTo("s3:ReadOnly");
    assertThat(shell.err()).contains("What are the instances to do? s3:ReadOnly\n");
    assertThat(shell.run("iam-wizard", "--answers", "none.txt")).isEqualTo(2);
    assertThat(shell.err()).contains("There is no file none.txt that can be read.");
  }
}
