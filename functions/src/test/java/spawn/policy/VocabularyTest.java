package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.policy.Vocabulary.Entry;

/** What is told of words is what they grant. */
class VocabularyTest {
  private static final Vocabulary VOCABULARY = new Vocabulary();

  static List<String> services() {
    return VOCABULARY.chosenServices();
  }

  @ParameterizedTest
  @MethodSource("services")
  void eachWordIsOneOfAPayload(String service) {
    assertThat(VOCABULARY.words(service))
        .hasSizeGreaterThanOrEqualTo(Level.values().length)
        .allSatisfy(
            word -> {
              assertThat(VOCABULARY.word(word.name())).contains(word);
              assertThat(word.actions()).isNotEmpty();
              assertThat(word.does()).isNotBlank();
            });
  }

  @ParameterizedTest
  @MethodSource("services")
  void whatIsNarrowerHasNoActionThatTheWordLacks(String service) {
    for (Entry word : VOCABULARY.words(service)) {
      assertThat(VOCABULARY.narrower(word))
          .flatExtracting(Entry::actions)
          .allMatch(
              action -> word.actions().contains(action) || word.actions().contains(service + ":*"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sqs:ReadWrite, 'sqs:Consume, sqs:ReadOnly, sqs:WriteOnly'",
    "ecr:Push, ecr:WriteOnly",
    "s3:ReadOnly, ''",
    "s3:FullAccess, 's3:ReadOnly, s3:WriteOnly, s3:ReadWrite'",
  })
  void narrowerWordsComeNarrowestFirst(String word, String narrower) {
    assertThat(
            String.join(
                ", ",
                VOCABULARY.narrower(VOCABULARY.word(word).orElseThrow()).stream()
                    .map(Entry::name)
                    .toList()))
        .isEqualTo(narrower);
  }

  @ParameterizedTest
  @CsvSource({"efs, elasticfilesystem", "DDB, dynamodb", "s3, s3", "guardduty, guardduty"})
  void servicesAreFoundByTheirOtherNamesToo(String name, String service) {
    assertThat(VOCABULARY.service(name)).contains(service);
  }

  @Test
  void theServicesThatBindAWordAreThoseWhoseResourcesItTakes() {
    assertThat(VOCABULARY.word("s3:Encrypted").orElseThrow().services()).containsExactly("kms");
    assertThat(VOCABULARY.word("athena:Query").orElseThrow().services())
        .containsExactly("athena", "glue");
    assertThat(VOCABULARY.word("ssm:Session").orElseThrow().services()).isEmpty();
    assertThat(VOCABULARY.word("nothing:ReadOnly")).isEmpty();
    assertThat(VOCABULARY.service("nothing")).isEmpty();
  }
}
