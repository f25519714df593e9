package spawn.aws;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Fails the first call that it is for, and none after it. */
final class Once {
  private final Predicate<Call> where;
  private final AtomicBoolean happened = new AtomicBoolean();

  Once(Predicate<Call> where) {
    this.where = where;
  }

  void fail(Call call, Supplier<RuntimeException> failure) {
    if (where.test(call) && happened.compareAndSet(false, true)) {
      throw failure.get();
    }
  }
}
