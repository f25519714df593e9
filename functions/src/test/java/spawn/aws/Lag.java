package spawn.aws;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** How long writes take to be seen, and what a read answers meanwhile; all drawn from one seed. */
final class Lag {
  private final Clock clock;
  private final SplittableRandom random;
  private boolean last;
  private final Map<View, Long> longestMillis = new EnumMap<>(View.class);

  Lag(Clock clock, SplittableRandom random) {
    this.clock = clock;
    this.random = random;
    for (View view : View.values()) {
      longestMillis.put(view, 0L);
    }
  }

  void upTo(View view, Duration longest) {
    longestMillis.put(view, longest.toMillis());
  }

  long now() {
    return clock.millis();
  }

  /** Returns the moment from which a view surely shows what is written now. */
  long settlesAt(View view) {
    long longest = longestMillis.get(view);
    return longest == 0 ? now() : now() + random.nextLong(longest + 1);
  }

  /** Returns one of so many answers, each as likely; the oldest to whoever sees writes last. */
  int draw(int answers) {
    return answers == 1 || last ? 0 : random.nextInt(answers);
  }

  /** Makes reads as one does that sees each write only when all surely do. */
  <T> T last(Supplier<T> reads) {
    last = true;
    try {
      return reads.get();
    } finally {
      last = false;
    }
  }
}
