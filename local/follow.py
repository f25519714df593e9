"""Prints an execution's states as they happen, then its output: python local/follow.py EXECUTION-ARN

A line a state: seconds since the start, name, and what came of it. Choices are left out: the next line shows them. The
states of a map run side by side, and the local server names none of them: each has an indented line when it is done.
"""

import collections
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from servers import call

ENDED = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}

Event = dict[str, Any]


def history(execution_arn: str) -> Iterator[Event]:
    """Yields the execution's events as they come, until it has ended."""
    seen, events = 0, []
    while not events or events[-1]["type"] not in ENDED:
        events, token = [], {}
        while True:
            page = call(
                "states",
                "AWSStepFunctions.GetExecutionHistory",
                executionArn=execution_arn,
                maxResults=1000,
                **token,
            )
            events += page["events"]
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}
        yield from events[seen:]
        if len(events) == seen:
            time.sleep(0.2)
        seen = len(events)


def details(event: Event) -> dict[str, Any]:
    return next((value for key, value in event.items() if key.endswith("EventDetails")), {})


# --- What a reader wants to know of a function's answer, in a few words ---------------------------------------------


def of_role(role: dict[str, Any], would: str) -> str:
    changes = f": {', '.join(role['changes'])}" if role["outcome"] == "updated" else ""
    return f"{role['name']} {'' if role['outcome'] == 'reused' else would}{role['outcome']}{changes}"


def of_role_or_profile(result: dict[str, Any], would: str) -> str:
    """Of the functions that a map calls for a role, only those for roles tell an outcome."""
    if "outcome" in result:
        return of_role(result, would)
    return f"instance profile {result['name']} {would}created" if result["created"] else ""


def of_role_set(role_set: dict[str, Any], _would: str) -> str:
    work = "to be removed" if role_set["delete"] else f"{len(role_set['roles'])} roles"
    return f"{role_set['set']}, {work}{', only planned' if role_set['planOnly'] else ''}"


def of_removal(report: dict[str, Any], would: str) -> str:
    verdicts = collections.Counter(role["verdict"] for role in report["roles"])
    return ", ".join(f"{count} {would}{verdict}" for verdict, count in verdicts.items()) or "nothing to remove"


def of_visibility(visibility: dict[str, Any], _would: str) -> str:
    if visibility["visible"]:
        return "visible"
    return f"not visible yet; next probe in {visibility['nextProbeInSeconds']} s"


def of_instances(run: dict[str, Any], _would: str) -> str:
    return ", ".join(instance["instanceId"] for instance in run["instances"])


def of_start(start: dict[str, Any], _would: str) -> str:
    states = collections.Counter(instance["state"] for instance in start["instances"])
    return ", ".join(state if len(states) == 1 else f"{count} {state}" for state, count in states.items())


# By the state that calls the function. A launch's EnsureProfile has none: its next lines are about the profile.
HINTS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "EnsureRole": of_role,
    "WaitForPropagation": of_visibility,
    "RunInstance": of_instances,
    "WaitForInstances": of_start,
    "ResolveRoleSet": of_role_set,
    "EachRole": of_role_or_profile,
    "RemoveRoles": of_removal,
}


# --- Showing --------------------------------------------------------------------------------------------------------


class Screen:
    """One line a state; what comes of it is added to its line."""

    def __init__(self) -> None:
        self.begin: float | None = None
        self._room = ""
        self._line_is_open = False

    def line(self, at: float, words: str, room: str = "") -> None:
        print("\n" * self._line_is_open + f"{at - self.begin:7.1f} s  {words}", end="", flush=True)
        self._room, self._line_is_open = room, True

    def add(self, words: str) -> None:
        print(f"{self._room}  {words}", end="", flush=True)
        self._room = ""


def show(events: Iterable[Event]) -> None:
    """Shows a state when it is entered, and on the same line what follows; in a map, a line for each result."""
    screen, state, entered, in_map, would = Screen(), "", 0.0, False, ""
    for event in events:
        kind, at, detail, words = event["type"], event["timestamp"], details(event), ""
        screen.begin = screen.begin or at
        if kind == "MapStateExited":
            in_map = False
        elif kind.endswith("StateEntered") and not kind.startswith("Choice") and not in_map:
            state, entered, in_map = detail["name"], at, kind == "MapStateEntered"
            screen.line(at, state, room=" " * (20 - len(state)))
        elif kind == "TaskSucceeded":
            result = json.loads(detail["output"]).get("Payload") or {}
            would = "would be " if result.get("planOnly", would) else ""
            words = HINTS[state](result, would) if state in HINTS else ""
        elif kind == "WaitStateExited":
            words = f"{at - entered:.0f} s"
        elif "error" in detail and not kind.startswith("Execution"):
            words = detail["error"]
        if words and in_map:
            screen.line(at, f"  {words}")
        elif words:
            screen.add(words)
    print()


def main(execution_arn: str) -> int:
    show(history(execution_arn))
    execution = call("states", "AWSStepFunctions.DescribeExecution", executionArn=execution_arn)
    if execution["status"] == "SUCCEEDED":
        print(json.dumps(json.loads(execution["output"]), indent=2))
        return 0
    print(f"{execution['status']}: {execution.get('error') or 'no error was given'}\n{execution.get('cause') or ''}")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        print(
            "\nThe execution goes on, and the stack stays up. To see how it ends:\n"
            f"  ./local/aws stepfunctions describe-execution --execution-arn {sys.argv[1]}"
        )
        sys.exit(130)
