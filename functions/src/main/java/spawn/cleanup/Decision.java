package spawn.cleanup;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** What the sweep does with a role, and why. */
sealed interface Decision {
  /** Returns what the report says of the role once this is done. */
  RoleReport report(String role);

  /**
   * Does it; returns what the report says.
   *
   * @param marks sets and takes off the sweep's mark
   * @param deletion deletes the role; returns why it stays after all, or nothing when it is gone
   */
  RoleReport carryOut(String role, Marks marks, Supplier<Optional<Keep>> deletion);

  /** Returns whether it changes the role. */
  boolean isChange();

  /**
   * It stays as it is.
   *
   * @param code why, in one word
   * @param detail why, as a phrase
   */
  record Keep(KeepReason code, String detail) implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(role, Verdict.KEPT, code, detail, code.isPending());
    }

    @Override
    public RoleReport carryOut(String role, Marks marks, Supplier<Optional<Keep>> deletion) {
      return report(role);
    }

    @Override
    public boolean isChange() {
      return false;
    }

    /** Returns the decision that also takes the mark off, if there is one to take off. */
    Decision unmarkingIf(boolean isMarked) {
      return isMarked ? new Unmark(code, detail) : this;
    }
  }

  /** It is unused from now on; a later sweep may delete it. */
  record Mark() implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(role, Verdict.MARKED, null, "nothing uses it", true);
    }

    @Override
    public RoleReport carryOut(String role, Marks marks, Supplier<Optional<Keep>> deletion) {
      marks.set(role);
      return report(role);
    }

    @Override
    public boolean isChange() {
      return true;
    }
  }

  /**
   * It stays, and its mark is taken off.
   *
   * @param code why, in one word
   * @param detail why, as a phrase
   */
  record Unmark(KeepReason code, String detail) implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(role, Verdict.UNMARKED, code, detail, true);
    }

    @Override
    public RoleReport carryOut(String role, Marks marks, Supplier<Optional<Keep>> deletion) {
      marks.takeOff(role);
      return report(role);
    }

    @Override
    public boolean isChange() {
      return true;
    }
  }

  /**
   * It goes: nothing has used it since it was marked.
   *
   * @param markedSince when it was marked
   */
  record Delete(Instant markedSince) implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(
          role, Verdict.DELETED, null, "unused and marked since " + markedSince, false);
    }

    @Override
    public RoleReport carryOut(String role, Marks marks, Supplier<Optional<Keep>> deletion) {
      return deletion.get().map(keep -> keep.report(role)).orElseGet(() -> report(role));
    }

    @Override
    public boolean isChange() {
      return true;
    }
  }
}
