package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentencesTest {
  @Test
  void everySentenceThatIsNotTriedInAnAccountIsOneOfIams() {
    assertThat(Sentences.of(IamRules.class))
        .containsAll(AccountIamRulesIT.UNTRIED.keySet())
        .hasSizeGreaterThan(AccountIamRulesIT.UNTRIED.size());
  }

  @Test
  void everySentenceThatIsTriedInAnAccountIsOneOfEc2s() {
    assertThat(Sentences.of(Ec2Rules.class)).containsAll(AccountEc2RulesIT.TRIED);
  }
}
