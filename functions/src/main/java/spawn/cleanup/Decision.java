package spawn.cleanup;

import java.time.Instant;

/** What the sweep does with a role, and why. */
sealed interface Decision {
  /** Returns the verdict in one word, as the report and the log say it. */
  String verdict();

  /** Returns the reason as a phrase. */
  String reason();

  /**
   * Returns whether time alone leads to the role's removal, so that another sweep is worth while.
   */
  boolean isPending();

  /** It stays. */
  record Keep(String reason, boolean isPending) implements Decision {
    @Override
    public String verdict() {
      return "kept";
    }
  }

  /** It is unused from now on; a later sweep may delete it. */
  record Mark() implements Decision {
    @Override
    public String verdict() {
      return "marked";
    }

    @Override
    public String reason() {
      return "nothing uses it";
    }

    @Override
    public boolean isPending() {
      return true;
    }
  }

  /** It has been marked for too short a time. */
  record Wait(Instant markedSince) implements Decision {
    @Override
    public String verdict() {
      return "marked";
    }

    @Override
    public String reason() {
      return "marked since " + markedSince;
    }

    @Override
    public boolean isPending() {
      return true;
    }
  }

  /** It was marked, and is wanted again. */
  record Unmark(String reason) implements Decision {
    @Override
    public String verdict() {
      return "unmarked";
    }

    @Override
    public boolean isPending() {
      return true;
    }
  }

  /** It was marked long ago and nothing has used it since. */
  record Delete(Instant markedSince) implements Decision {
    @Override
    public String verdict() {
      return "deleted";
    }

    @Override
    public String reason() {
      return "unused and marked since " + markedSince;
    }

    @Override
    public boolean isPending() {
      return false;
    }
  }
}
