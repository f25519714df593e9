package spawn.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.policy.Vocabulary;

/** What people type, and the words that they find. */
class WordSearchTest {
  private static final WordSearch SEARCH = new WordSearch(new Vocabulary());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          read a bucket                   | s3:ReadOnly
          upload files to S3              | s3:WriteOnly
          store objects                   | s3:WriteOnly
          queue                           | sqs:Consume
          receive messages from a queue   | sqs:Consume
          send messages to a queue        | sqs:WriteOnly
          write to a table                | dynamodb:WriteOnly
          ddb                             | dynamodb:ReadOnly
          pull images                     | ecr:Pull
          push a docker image             | ecr:Push
          read secrets                    | secretsmanager:ReadOnly
          passwords                       | secretsmanager:ReadOnly
          read parameters                 | ssm:ReadOnly
          a shell by Session Manager      | ssm:Session
          write logs                      | logs:WriteOnly
          the CloudWatch agent            | cloudwatch:Agent
          metrics                         | cloudwatch:WriteOnly
          invoke a function               | lambda:Invoke
          mount a file system             | elasticfilesystem:ReadWrite
          efs                             | elasticfilesystem:ReadOnly
          publish to a topic              | sns:WriteOnly
          assume a role                   | sts:WriteOnly
          query with Athena               | athena:Query
          start a state machine           | states:WriteOnly
          put events on a bus             | events:WriteOnly
          everything in a bucket          | s3:FullAccess
          decrypt with a key              | kms:ReadWrite
          guardduty                       | guardduty:ReadOnly
          list hosted zones               | route53:ReadOnly
          read a codecommit repository    | codecommit:ReadOnly
          send email                      | ses:WriteOnly
          genomics                        | genomics: restore from Glacier classes, write results
          ML training                     | ML training: read data sets, write checkpoints and results
          """)
  void theWordIsAmongWhatIsFound(String typed, String word) {
    assertThat(SEARCH.find(typed)).extracting(WordSearch.Choice::name).contains(word);
    assertThat(SEARCH.find(typed)).hasSizeLessThanOrEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({
    "read a bucket, s3:ReadOnly",
    "write to a table, dynamodb:WriteOnly",
    "pull images, ecr:Pull"
  })
  void whatIsPlainlySaidComesFirstAndNothingWider(String typed, String word) {
    assertThat(SEARCH.find(typed).get(0).name()).isEqualTo(word);
    assertThat(SEARCH.find(typed))
        .extracting(WordSearch.Choice::name)
        .noneMatch(name -> name.endsWith(":FullAccess"));
  }

  @Test
  void aServiceAloneHasAllItsWords() {
    assertThat(SEARCH.find("sqs"))
        .extracting(WordSearch.Choice::name)
        .containsExactly(
            "sqs:Encrypted",
            "sqs:Consume",
            "sqs:ReadOnly",
            "sqs:WriteOnly",
            "sqs:ReadWrite",
            "sqs:FullAccess");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "the, ''",
    "xyzzy, ''",
    "buckte, ' Did you mean \"bucket\"?'",
    "dynamodbb, ' Did you mean \"dynamodb\"?'"
  })
  void nothingIsFoundForWhatNoWordIsAboutButANearName(String typed, String question) {
    assertThat(SEARCH.find(typed)).isEmpty();
    assertThat(SEARCH.suggestion(typed)).isEqualTo(question);
  }

  @Test
  void theJobsAreThoseOfTheGuide() throws IOException {
    String guide = Files.readString(Repository.path("docs/policies.md"));
    String table = guide.substring(guide.indexOf("<!-- jobs -->"), guide.indexOf("<!-- /jobs -->"));
    String jobs =
        Pattern.compile("\\| (.+?) \\| `(\\{.+\\})` \\|")
            .matcher(table)
            .results()
            .map((MatchResult row) -> row.group(1) + " | " + row.group(2) + "\n")
            .collect(joining());

    assertThat(Files.readString(Repository.path("cli/src/main/resources/spawn/cli/jobs.txt")))
        .isEqualTo(jobs);
  }

  @Test
  void everySearchTermIsOfAServiceThatHasWords() throws IOException {
    Vocabulary vocabulary = new Vocabulary();
    assertThat(Files.readAllLines(Repository.path("cli/src/main/resources/spawn/cli/search.txt")))
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .allSatisfy(
            line ->
                assertThat(vocabulary.service(Arrays.asList(line.split(" ")).get(1))).isPresent());
  }
}
