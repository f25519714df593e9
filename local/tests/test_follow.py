"""What local/follow.py shows of an execution."""

import contextlib
import io
import json
import pathlib
import unittest
from typing import Any

import follow

ROOT = pathlib.Path(follow.__file__).parent.parent


def entered(at: float, name: str, kind: str = "Task") -> follow.Event:
    return {"type": f"{kind}StateEntered", "timestamp": at, "stateEnteredEventDetails": {"name": name}}


def succeeded(at: float, **payload: Any) -> follow.Event:
    output = json.dumps({"Payload": payload})
    return {"type": "TaskSucceeded", "timestamp": at, "taskSucceededEventDetails": {"output": output}}


def failed(at: float, error: str) -> follow.Event:
    return {"type": "TaskFailed", "timestamp": at, "taskFailedEventDetails": {"error": error}}


def shown(*events: follow.Event) -> list[str]:
    """Returns the lines that are shown of an execution that began at 100 s."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        follow.show([{"type": "ExecutionStarted", "timestamp": 100.0}, *events])
    return printed.getvalue().splitlines()


class ALaunch(unittest.TestCase):
    def test_a_state_and_what_came_of_it_are_one_line(self) -> None:
        self.assertEqual(
            [
                "    0.2 s  ResolvePolicies",
                "    1.1 s  EnsureRole            spawn-instance-1 created",
                "    2.7 s  EnsureProfile",
                "    3.6 s  WaitForPropagation    not visible yet; next probe in 1 s",
                "    4.9 s  Pause                 1 s",
                "    5.9 s  WaitForPropagation    visible",
                "    6.0 s  RunInstance           i-1, i-2",
                "    7.0 s  PauseForInstances     5 s",
                "   12.0 s  WaitForInstances      1 running, 1 pending",
                "   12.4 s  PauseForInstances     2 s",
                "   14.4 s  WaitForInstances      running",
                "   15.0 s  Done",
            ],
            shown(
                entered(100.2, "ResolvePolicies"),
                succeeded(100.3, planOnly=False, role={}),
                entered(101.1, "EnsureRole"),
                succeeded(101.2, name="spawn-instance-1", outcome="created"),
                entered(102.7, "EnsureProfile"),
                succeeded(102.8, name="spawn-instance-1", settled=False, created=True),
                entered(103.6, "WaitForPropagation"),
                succeeded(103.7, visible=False, nextProbeInSeconds=1),
                entered(103.8, "Visible?", "Choice"),
                entered(104.9, "Pause", "Wait"),
                {"type": "WaitStateExited", "timestamp": 105.9},
                entered(105.9, "WaitForPropagation"),
                succeeded(105.9, visible=True, nextProbeInSeconds=0),
                entered(106.0, "RunInstance"),
                succeeded(106.5, launched=True, instances=[{"instanceId": "i-1"}, {"instanceId": "i-2"}]),
                entered(107.0, "PauseForInstances", "Wait"),
                {"type": "WaitStateExited", "timestamp": 112.0},
                entered(112.0, "WaitForInstances"),
                succeeded(112.1, settled=False, instances=[{"state": "running"}, {"state": "pending"}]),
                entered(112.4, "PauseForInstances", "Wait"),
                {"type": "WaitStateExited", "timestamp": 114.4},
                entered(114.4, "WaitForInstances"),
                succeeded(114.5, settled=True, instances=[{"state": "running"}, {"state": "running"}]),
                entered(115.0, "Done", "Pass"),
            ),
        )

    def test_an_error_is_shown_where_it_happened(self) -> None:
        error = failed(101.0, "spawn.error.RoleConflict")
        self.assertEqual(
            ["    0.5 s  EnsureRole            spawn.error.RoleConflict"], shown(entered(100.5, "EnsureRole"), error)
        )

    def test_a_function_that_is_tried_again_adds_to_its_line(self) -> None:
        tries = [failed(100.6, "Lambda.TooManyRequestsException"), succeeded(101.0, name="mine", outcome="reused")]
        self.assertEqual(
            ["    0.5 s  EnsureRole            Lambda.TooManyRequestsException  mine reused"],
            shown(entered(100.5, "EnsureRole"), *tries),
        )

    def test_a_result_with_the_keys_of_another_state_is_not_taken_for_it(self) -> None:
        answer = succeeded(101.0, outcome="created", set="s", instances=[{"instanceId": "i-1"}])
        self.assertEqual(["    0.5 s  LookAtInstance"], shown(entered(100.5, "LookAtInstance"), answer))


class ARoleSet(unittest.TestCase):
    def made(self, plan_only: bool) -> list[str]:
        return shown(
            entered(100.2, "ResolveRoleSet"),
            succeeded(100.3, set="prod", delete=False, planOnly=plan_only, roles=[{}, {}]),
            entered(100.7, "EachRole", "Map"),
            succeeded(100.9, name="prod-a", outcome="created"),
            succeeded(101.0, name="prod-b", outcome="updated", changes=["put inline policy spawn", "tag"]),
            succeeded(101.1, name="prod-a", created=True),
            succeeded(101.2, name="prod-b", created=False),
            succeeded(101.3, name="prod-c", outcome="reused"),
            {"type": "MapStateExited", "timestamp": 101.4},
            entered(101.5, "Done", "Pass"),
        )

    def test_each_result_of_a_map_has_a_line(self) -> None:
        self.assertEqual(
            [
                "    0.2 s  ResolveRoleSet        prod, 2 roles",
                "    0.7 s  EachRole",
                "    0.9 s    prod-a created",
                "    1.0 s    prod-b updated: put inline policy spawn, tag",
                "    1.1 s    instance profile prod-a created",
                "    1.3 s    prod-c reused",
                "    1.5 s  Done",
            ],
            self.made(plan_only=False),
        )

    def test_a_plan_says_what_would_be(self) -> None:
        self.assertEqual(
            [
                "    0.2 s  ResolveRoleSet        prod, 2 roles, only planned",
                "    0.7 s  EachRole",
                "    0.9 s    prod-a would be created",
                "    1.0 s    prod-b would be updated: put inline policy spawn, tag",
                "    1.1 s    instance profile prod-a would be created",
                "    1.3 s    prod-c reused",
                "    1.5 s  Done",
            ],
            self.made(plan_only=True),
        )

    def test_a_removal_counts_its_verdicts(self) -> None:
        verdicts = [{"verdict": "deleted"}, {"verdict": "kept"}, {"verdict": "deleted"}]
        self.assertEqual(
            [
                "    0.2 s  ResolveRoleSet        prod, to be removed",
                "    0.5 s  RemoveRoles           2 deleted, 1 kept",
                "    0.7 s  RemoveRoles           nothing to remove",
            ],
            shown(
                entered(100.2, "ResolveRoleSet"),
                succeeded(100.3, set="prod", delete=True, planOnly=False, roles=[]),
                entered(100.5, "RemoveRoles"),
                succeeded(100.6, againInSeconds=5, roles=verdicts),
                entered(100.7, "RemoveRoles"),
                succeeded(100.8, againInSeconds=0, roles=[]),
            ),
        )


class StateMachines(unittest.TestCase):
    def test_every_state_with_a_hint_exists(self) -> None:
        machines = [json.loads(path.read_text()) for path in (ROOT / "statemachine").glob("*.asl.json")]
        states = {name for machine in machines for name in machine["States"]}
        self.assertLessEqual(follow.HINTS.keys(), states)
