"""What /_edges shows and changes, and the lock under which calls take effect."""

import collections
import datetime
import os
import threading
from typing import Any

from edges.account import iam

one_call_at_a_time = threading.RLock()


class Control:
    """The settings of the edges, and the calls that they have seen.

    A fault makes calls fail: {"operation": "DescribeInstances", "region": "eu-west-1", "code": "Unavailable"}, with
    "message", "times" (default: until the faults are changed), "after" (true: the call takes effect, its answer is
    lost) and "dryRun" (false: not for dry runs). Without a region it holds in all of them. {"ages": {"role": 172800}}
    makes a role two days older. {"used": {"role": {"s3:ListAllMyBuckets": 172800}}} lets it have used an action two
    days ago. {"commands": {"uptime": {"code": 1, "output": "…", "errors": "…"}}} is what Systems Manager answers of the
    command `uptime`.
    """

    def __init__(self) -> None:
        pace = float(os.environ.get("SPAWN_LOCAL_PACE", "1"))
        # Seconds until EC2 sees a profile, and until an instance runs.
        self.profile_delay = float(os.environ.get("SPAWN_EDGES_PROFILE_DELAY", 8 * pace))
        self.start_delay = float(os.environ.get("SPAWN_EDGES_START_DELAY", 2 * pace))
        self.keys: list[str] = []  # KMS keys that launches may use; a volume under another one ends its instance
        self.region_delays: dict[str, float] = {}  # region -> seconds, where it differs
        self.faults: list[dict[str, Any]] = []
        self.events = True  # False: EC2's events get lost, as "best effort" allows
        self.ages: dict[str, float] = {}  # role -> seconds that it becomes older by, at once
        self.used: dict[str, dict[str, float]] = {}  # role -> action -> seconds ago
        self.commands: dict[str, dict[str, Any]] = {}  # command -> code, output, errors
        self.host_management: list[str] = []  # regions whose agents Systems Manager takes without a role's permission
        self.sessions: list[str] = []  # of Session Manager, which nobody has ended
        self.calls: collections.deque[dict[str, Any]] = collections.deque(maxlen=20_000)
        self.accesses: set[str] = set()  # what functions' calls were about, each once; clearing the calls keeps these

    def shown(self) -> dict[str, Any]:
        return {
            "profileDelay": self.profile_delay,
            "startDelay": self.start_delay,
            "keys": self.keys,
            "regionDelays": self.region_delays,
            "faults": self.faults,
            "events": self.events,
            "ages": self.ages,
            "used": self.used,
            "commands": self.commands,
            "hostManagement": self.host_management,
            "sessions": self.sessions,
            "calls": list(self.calls),
        }

    def change(self, wanted: dict[str, Any]) -> None:
        """Changes the settings that `wanted` names; naming "calls" clears them."""
        unknown = wanted.keys() - self.shown().keys()
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        self.profile_delay = float(wanted.get("profileDelay", self.profile_delay))
        self.start_delay = float(wanted.get("startDelay", self.start_delay))
        self.keys = list(wanted.get("keys", self.keys))
        self.region_delays = dict(wanted.get("regionDelays", self.region_delays))
        self.faults = list(wanted.get("faults", self.faults))
        self.events = bool(wanted.get("events", self.events))
        self.ages = dict(wanted.get("ages", {}))
        for name, seconds in self.ages.items():
            iam().get_role(name).create_date -= datetime.timedelta(seconds=seconds)
        self.used = dict(wanted.get("used", self.used))
        self.commands = dict(wanted.get("commands", self.commands))
        self.host_management = list(wanted.get("hostManagement", self.host_management))
        if "calls" in wanted:
            self.calls.clear()

    def fault(self, operation: str, region: str, dry_run: bool) -> dict[str, Any] | None:
        """Returns the first fault that applies to the call, one time fewer, or None."""
        for fault in self.faults:
            if (
                fault.get("times", 1) > 0
                and fault.get("operation") == operation
                and fault.get("region", region) == region
                and fault.get("dryRun", dry_run) == dry_run
            ):
                if "times" in fault:
                    fault["times"] -= 1
                return fault
        return None

    def forget(self) -> None:
        """Forgets the calls and what they were about; the settings stay."""
        self.calls.clear()
        self.accesses.clear()


control = Control()
