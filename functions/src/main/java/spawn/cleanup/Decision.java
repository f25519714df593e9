package spawn.cleanup;

import java.time.Instant;

/** What the sweep does with a role, and why. */
sealed interface Decision {
  /** Returns what the report says. */
  RoleReport report(String role);

  /**
   * It stays as it is.
   *
   * @param reason why, in one word
   * @param detail why, as a phrase
   */
  record Keep(KeepReason reason, String detail) implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(role, Verdict.KEPT, reason, detail, reason.isPending());
    }
  }

  /** It is unused from now on; a later sweep may delete it. */
  record Mark() implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(role, Verdict.MARKED, null, "nothing uses it", true);
    }
  }

  /** It was marked, and is wanted again. */
  record Unmark(KeepReason reason, String detail) implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(role, Verdict.UNMARKED, reason, detail, true);
    }
  }

  /** It was marked long ago and nothing has used it since. */
  record Delete(Instant markedSince) implements Decision {
    @Override
    public RoleReport report(String role) {
      return new RoleReport(
          role, Verdict.DELETED, null, "unused and marked since " + markedSince, false);
    }
  }
}
