package spawn.aws;

import java.util.function.Supplier;

/**
 * What goes wrong around calls: either method may throw, and what it throws is what the caller
 * sees.
 *
 * <p>Both run outside the simulation's lock, so that a scheduler may park the caller in them. An
 * {@link Error} stands for the end of the caller itself.
 */
public interface Faults {
  /** Nothing goes wrong. */
  Faults NONE = new Faults() {};

  /**
   * Runs before a call takes effect; if it throws, the call has none and {@link #after} is not run.
   */
  default void before(Call call) {}

  /**
   * Runs after a call took effect or was refused; if it throws, the caller does not learn which.
   */
  default void after(Call call) {}

  /** Returns faults that refuse the first call of an operation before it takes effect. */
  static Faults beforeFirst(String operation, Supplier<RuntimeException> failure) {
    return new Faults() {
      private final Once once = new Once(call -> call.operation().equals(operation));

      @Override
      public void before(Call call) {
        once.fail(call, failure);
      }
    };
  }

  /** Returns faults that lose the answer to the first call of an operation. */
  static Faults afterFirst(String operation, Supplier<RuntimeException> failure) {
    return new Faults() {
      private final Once once = new Once(call -> call.operation().equals(operation));

      @Override
      public void after(Call call) {
        once.fail(call, failure);
      }
    };
  }

  /** Returns faults that end the caller before its call of this number takes effect. */
  static Faults crashBefore(long number) {
    return new Faults() {
      @Override
      public void before(Call call) {
        if (call.number() == number) {
          throw new Crash(call);
        }
      }
    };
  }

  /** Returns faults that end the caller after its call of this number took effect. */
  static Faults crashAfter(long number) {
    return new Faults() {
      @Override
      public void after(Call call) {
        if (call.number() == number) {
          throw new Crash(call);
        }
      }
    };
  }
}
