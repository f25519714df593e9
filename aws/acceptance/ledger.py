"""What has been made in the account, and how each of it is removed, whatever happens."""

import dataclasses
import pathlib
import sys
import time
from collections.abc import Callable

ATTEMPTS = 6
# Seconds before the second attempt; each pause is twice the one before it. IAM and EC2 may take a minute to see that
# what uses a thing is gone.
FIRST_PAUSE = 2.0


@dataclasses.dataclass(frozen=True)
class Entry:
    """A thing that may be there, how it is removed, and the command that does so by hand.

    `remove` may be called again, and does nothing where the thing is not there.
    """

    what: str
    remove: Callable[[], None]
    by_hand: str


@dataclasses.dataclass(frozen=True)
class Left:
    """A thing that could not be removed."""

    what: str
    by_hand: str
    reason: str


class Ledger:
    """Everything that is made is entered before it is made, and removed in the opposite order.

    The entries are in a file, too: of a process that was killed, it says what to look for.
    """

    def __init__(self, journal: pathlib.Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self._journal = journal
        self._sleep = sleep
        self._entries: list[Entry] = []

    def enter(self, what: str, remove: Callable[[], None], by_hand: str) -> None:
        """Enters a thing that is about to be made."""
        self._entries.append(Entry(what, remove, by_hand))
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        with self._journal.open("a") as out:
            out.write(f"{what}: {by_hand}\n")

    @property
    def entered(self) -> list[str]:
        return [entry.what for entry in self._entries]

    def remove_all(self) -> list[Left]:
        """Removes everything, the latest first, and returns what is still there.

        A failure does not keep the rest from being removed. Of two interruptions the first is ignored; the second ends
        the attempts, and everything that is not yet removed is returned.
        """
        left, interruptions = [], 0
        while self._entries:
            entry = self._entries[-1]
            try:
                reason = self._removed(entry)
            except KeyboardInterrupt:
                interruptions += 1
                if interruptions == 1:
                    print("  Still removing what was made; interrupt once more to stop.", file=sys.stderr, flush=True)
                    continue
                left += [Left(each.what, each.by_hand, "interrupted") for each in reversed(self._entries)]
                self._entries.clear()
                break
            self._entries.pop()
            if reason:
                left.append(Left(entry.what, entry.by_hand, reason))
        if not left:
            self._journal.unlink(missing_ok=True)
        return left

    def _removed(self, entry: Entry) -> str:
        """Returns an empty text, or why the thing could not be removed."""
        reason, pause = "", FIRST_PAUSE
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(pause)
                pause *= 2
            try:
                entry.remove()
            except Exception as failure:  # whatever it is, the rest has to be removed
                reason = f"{type(failure).__name__}: {failure}"
            else:
                return ""
        return reason
