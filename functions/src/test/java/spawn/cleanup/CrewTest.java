package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import spawn.inventory.SideBySide;

@Timeout(60)
class CrewTest {
  private final List<Integer> widths = new ArrayList<>();
  private final AtomicLong repeated = new AtomicLong();
  private final ExecutorService threads = Executors.newFixedThreadPool(Crew.WIDEST);
  private final Crew crew =
      new Crew(
          (tasks, limit) -> {
            widths.add(tasks.size());
            SideBySide.on(Runnable::run).run(tasks, limit);
          },
          repeated::get);

  @AfterEach
  void endTheThreads() {
    threads.shutdownNow();
  }

  private static List<Integer> things(int many) {
    return IntStream.range(0, many).boxed().toList();
  }

  @Test
  void eachThingIsDoneOnceWhateverTheWidth() {
    Crew real = new Crew(SideBySide.on(threads), repeated::get);
    for (int many : new int[] {0, 1, 7, 24, 25, 1_000}) {
      List<Integer> done = Collections.synchronizedList(new ArrayList<>());

      real.each(
          things(many),
          thing -> {
            done.add(thing);
            if (thing % 5 == 0) {
              repeated.incrementAndGet();
            }
          });

      assertThat(done).containsExactlyInAnyOrderElementsOf(things(many));
    }
  }

  @Test
  void asLongAsNothingIsRepeatedOneMoreWorksInEachRoundUpToEight() {
    crew.each(things(300), thing -> {});

    assertThat(widths).startsWith(4, 5, 6, 7, 8, 8).allMatch(width -> width <= Crew.WIDEST);
  }

  @Test
  void whileCallsAreRepeatedHalfAsManyGoOnDownToOne() {
    crew.each(things(100), thing -> repeated.incrementAndGet());

    assertThat(widths).startsWith(4, 2, 1, 1, 1);
  }

  @Test
  void afterARoundWithoutARepetitionTheyAreMoreAgainUpToAsManyAsBefore() {
    crew.each(things(42), thing -> repeated.incrementAndGet());
    widths.clear();

    crew.each(things(300), thing -> {});

    assertThat(widths).startsWith(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void whatIsEnoughEndsBetweenRoundsAndTheRestIsReturned() {
    AtomicInteger done = new AtomicInteger();

    List<Integer> rest =
        crew.each(things(100), left -> left.size() < 80, thing -> done.incrementAndGet());

    assertThat(done).hasValue(Crew.FIRST * Crew.EACH);
    assertThat(rest).containsExactlyElementsOf(things(100).subList(done.get(), 100));
  }

  @Test
  void aFailureIsThrownOnceAllHaveEndedAndNothingElseIsBegun() throws InterruptedException {
    Crew real = new Crew(SideBySide.on(threads), repeated::get);
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();

    assertThatThrownBy(
            () ->
                real.each(
                    things(1_000),
                    thing -> {
                      if (thing == 0) {
                        failed.countDown();
                        throw new IllegalStateException("a bug");
                      }
                      await(failed);
                      ended.incrementAndGet();
                    }))
        .hasMessage("a bug");
    int before = ended.get();

    assertThat(before).isLessThan(Crew.FIRST * Crew.EACH);
    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ended).hasValue(before);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
  }

  @Test
  void anErrorIsThrownAsItIs() {
    assertThatThrownBy(
            () ->
                crew.each(
                    things(5),
                    thing -> {
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);
  }
}
