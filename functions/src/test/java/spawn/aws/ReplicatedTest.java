package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReplicatedTest {
  private final SimulatedClock clock = new SimulatedClock(Instant.EPOCH);
  private final Lag lag = new Lag(clock, new SplittableRandom(7));
  private final Replicated<String> objects = new Replicated<>(lag, View.IAM, View.IAM_FROM_EC2);

  @Test
  void withoutLagEveryReadShowsTheNewestWrite() {
    objects.put("a", "first");
    objects.put("a", "second");

    assertThat(objects.seenBy(View.IAM, "a")).contains("second");
    assertThat(objects.seenBy(View.IAM_FROM_EC2, "a")).contains("second");
    objects.remove("a");
    assertThat(objects.seenBy(View.IAM, "a")).isEmpty();
  }

  @Test
  void theTrueStateHasNoLag() {
    lag.upTo(View.IAM, Duration.ofSeconds(30));
    objects.put("a", "first");

    assertThat(objects.current("a")).contains("first");
    assertThat(objects.current()).containsExactly("first");
  }

  @Test
  void untilAWriteHasSettledReadsMayShowAnyVersionBackToTheSettledOne() {
    objects.put("a", "settled");
    lag.upTo(View.IAM, Duration.ofSeconds(30));
    objects.put("a", "newer");
    objects.put("a", "newest");

    assertThat(answers(100)).containsExactlyInAnyOrder("settled", "newer", "newest");
  }

  @Test
  void afterTheLongestLagEveryReadShowsTheNewestWrite() {
    lag.upTo(View.IAM, Duration.ofSeconds(30));
    objects.put("a", "first");
    objects.put("a", "second");
    clock.advance(Duration.ofSeconds(30));

    assertThat(answers(100)).containsExactly("second");
  }

  @Test
  void aDeletedObjectMayStillBeSeen() {
    objects.put("a", "there");
    lag.upTo(View.IAM, Duration.ofSeconds(30));
    objects.remove("a");

    assertThat(answers(100)).containsExactlyInAnyOrder("there", "absent");
    clock.advance(Duration.ofSeconds(30));
    assertThat(objects.seenBy(View.IAM)).isEmpty();
  }

  @Test
  void eachViewHasItsOwnLag() {
    lag.upTo(View.IAM_FROM_EC2, Duration.ofMinutes(2));
    objects.put("a", "first");

    assertThat(answers(100)).containsExactly("first");
    List<Boolean> seenByEc2 = new ArrayList<>();
    for (int read = 0; read < 100; read++) {
      seenByEc2.add(objects.seenBy(View.IAM_FROM_EC2, "a").isPresent());
    }
    assertThat(seenByEc2).contains(true, false);
  }

  @Test
  void whoeverSeesWritesLastSeesThemOnceAllDo() {
    lag.upTo(View.IAM, Duration.ofSeconds(30));
    objects.put("a", "first");

    for (int read = 0; read < 100; read++) {
      assertThat(lag.<Optional<String>>last(() -> objects.seenBy(View.IAM, "a"))).isEmpty();
    }
    clock.advance(Duration.ofSeconds(30));
    assertThat(lag.<Optional<String>>last(() -> objects.seenBy(View.IAM, "a"))).contains("first");
  }

  @Test
  void settlingShowsEverythingToAll() {
    lag.upTo(View.IAM, Duration.ofSeconds(30));
    objects.put("a", "first");
    objects.settle();

    assertThat(answers(100)).containsExactly("first");
  }

  @Test
  void theSameSeedGivesTheSameAnswers() {
    assertThat(story(1)).isEqualTo(story(1)).isNotEqualTo(story(2));
  }

  private static List<String> story(long seed) {
    SimulatedAws aws = SimulatedAws.seeded(seed).iamReadsLagUpTo(Duration.ofSeconds(30));
    List<String> story = new ArrayList<>();
    for (int step = 0; step < 50; step++) {
      String name = "profile-" + step;
      aws.iam().createInstanceProfile(request -> request.instanceProfileName(name));
      aws.advance(Duration.ofSeconds(1));
      story.add(aws.iam().listInstanceProfiles().instanceProfiles().size() + " seen");
    }
    return story;
  }

  private Set<String> answers(int reads) {
    Set<String> answers = new TreeSet<>();
    for (int read = 0; read < reads; read++) {
      Optional<String> answer = objects.seenBy(View.IAM, "a");
      answers.add(answer.orElse("absent"));
    }
    return answers;
  }
}
