"""The server's differences: it reads all log lines first, and other work costs an expression no time."""

import json
import os
import threading
import time
import types
import unittest
from unittest import mock

import jsonata
from jsonata.timebox import Timebox
from ministack.services import stepfunctions

from ministack_server import (
    all_that_was_written,
    as_it_began,
    as_long_as_it_takes_here,
    at_the_pace_of_aws_here,
    awaiting_its_token,
    failing_what_waits,
    that_are_remembered,
    time_of_this_thread,
    waiting_in,
    with_a_timeout_that_is_calculated,
    with_its_description,
    with_parameters_once_it_can_be_answered,
    with_the_definition_that_it_began_with,
    with_variables,
)


class LogLines(unittest.TestCase):
    def setUp(self) -> None:
        reading, writing = os.pipe()
        self.pipe, self.function = os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0)
        self.addCleanup(self.pipe.close)
        self.addCleanup(self.function.close)

    def drained(self) -> int:
        """Returns how many bytes are left in the pipe when the lines are taken."""
        left = []
        drain = all_that_was_written(lambda worker: left.append(waiting_in(worker._proc.stdout)))
        drain(types.SimpleNamespace(_proc=types.SimpleNamespace(stdout=self.pipe)))
        return left[0]

    def test_bytes_in_the_pipe_are_counted(self) -> None:
        self.assertEqual(0, waiting_in(self.pipe))
        self.function.write(b"twelve bytes")
        self.assertEqual(12, waiting_in(self.pipe))

    def test_lines_are_taken_once_the_pipe_has_been_read(self) -> None:
        self.function.write(b"a line\n")

        def read_late() -> None:
            time.sleep(0.05)
            self.pipe.read(100)

        reader = threading.Thread(target=read_late)
        reader.start()
        self.assertEqual(0, self.drained())
        reader.join()

    def test_lines_are_taken_of_a_function_that_has_ended(self) -> None:
        self.pipe.close()
        taken = all_that_was_written(lambda _worker: "the end")
        self.assertEqual("the end", taken(types.SimpleNamespace(_proc=types.SimpleNamespace(stdout=self.pipe))))
        self.assertEqual("the end", taken(types.SimpleNamespace(_proc=None)))


class Pace(unittest.TestCase):
    def test_states_that_wait_take_a_part_of_their_time_and_attempts_wait_for_the_whole(self) -> None:
        slept: list[float] = []
        sleep = at_the_pace_of_aws_here(slept.append)
        with mock.patch("ministack_server.PACE", 0.2):
            as_long_as_it_takes_here(sleep)(5)
            with self.assertRaises(ZeroDivisionError):
                as_long_as_it_takes_here(lambda: 1 / 0)()
            sleep(5)
        self.assertEqual([1, 5], slept)


class ExpressionTime(unittest.TestCase):
    def setUp(self) -> None:
        replacement = time_of_this_thread(Timebox.current_milli_time)
        patched = mock.patch.object(Timebox, "current_milli_time", staticmethod(replacement))
        patched.start()
        self.addCleanup(patched.stop)

    def test_an_expression_that_waits_for_its_turn_is_evaluated(self) -> None:
        expression = jsonata.Jsonata.jsonata("$wait() + 1", timeout=20)
        expression.register_lambda("wait", lambda: time.sleep(0.1) or 1)
        self.assertEqual(2, expression.evaluate(None))

    def test_an_endless_expression_is_ended(self) -> None:
        expression = jsonata.Jsonata.jsonata("($f := function($n) { $f($n + 1) }; $f(0))", timeout=50)
        with self.assertRaisesRegex(jsonata.JException, "timeout"):
            expression.evaluate(None)


class Variables(unittest.TestCase):
    def test_a_state_that_is_tested_sees_the_variables_that_are_given(self) -> None:
        asked = with_variables(lambda data: json.loads(data["context"]))
        self.assertEqual({"a": 1, "variables": {"b": 2}}, asked({"context": '{"a": 1}', "variables": '{"b": 2}'}))
        self.assertEqual({"variables": {}}, asked({}))


class TaskTokens(unittest.TestCase):
    def test_a_timeout_may_be_calculated(self) -> None:
        execute = with_a_timeout_that_is_calculated(lambda state, *_rest: state["TimeoutSeconds"])
        self.assertEqual(90, execute({"TimeoutSeconds": "{% 60 + 30 %}"}, {}, {"events": []}, {"variables": {}}))
        self.assertEqual(70, execute({"TimeoutSeconds": 70}, {}, {"events": []}, {"variables": {}}))

    def scheduled(self, resource: str, shown: list[dict]) -> None:
        """Adds a task that is called with {"Payload": 1} to a history."""
        that_are_remembered(lambda *_arguments: {"Payload": 1})({}, {}, {})
        add = with_parameters_once_it_can_be_answered(lambda _execution, kind, details: shown.append({kind: details}))
        add({}, "TaskScheduled", {"taskScheduledEventDetails": {"resource": resource}})

    def as_shown(self, resource: str) -> dict:
        details = {"resource": resource, "parameters": '{"Payload": 1}'}
        return {"TaskScheduled": {"taskScheduledEventDetails": details}}

    def test_a_task_is_shown_with_what_it_is_called_with(self) -> None:
        shown: list[dict] = []
        self.scheduled("lambda:invoke", shown)
        self.assertEqual([self.as_shown("lambda:invoke")], shown)

    def test_a_task_that_waits_is_shown_once_it_can_be_answered(self) -> None:
        shown: list[dict] = []
        seen_by_the_function: list[dict] = []
        function = failing_what_waits(lambda *_call: seen_by_the_function.extend(shown))
        wait = awaiting_its_token(lambda *_rest: function("function", {}))

        self.scheduled("lambda:invoke.waitForTaskToken", shown)
        self.assertEqual([], shown)
        wait("lambda:invoke.waitForTaskToken", {"Payload": 1}, "token", {})

        self.assertEqual([self.as_shown("lambda:invoke.waitForTaskToken")], seen_by_the_function)
        self.assertEqual(seen_by_the_function, shown)

    def test_other_events_are_shown_as_they_are(self) -> None:
        events: list[str] = []
        add = with_parameters_once_it_can_be_answered(lambda _execution, kind, _details: events.append(kind))
        add({}, "ExecutionStarted", None)
        self.assertEqual(["ExecutionStarted"], events)

    def test_a_task_ends_when_its_function_fails(self) -> None:
        def fails(_function: str, _event: object) -> None:
            raise stepfunctions._ExecutionError("Broken", "It is.")

        ended = threading.Event()
        waiting = {"event": ended, "error": None}
        with mock.patch.dict(stepfunctions._task_tokens, {"token": waiting}):
            invoke = awaiting_its_token(lambda *_rest: failing_what_waits(fails)("function", {}))
            with self.assertRaises(stepfunctions._ExecutionError):
                invoke("lambda", {}, "token", {})
        self.assertTrue(ended.is_set())
        self.assertEqual({"Error": "Broken", "Cause": "It is."}, waiting["error"])


class OtherExecutions(unittest.TestCase):
    def test_a_failure_is_told_as_its_description(self) -> None:
        failure = with_its_description(lambda _payload: None)({"name": "one", "status": "FAILED", "error": "Broken"})
        self.assertEqual(("States.TaskFailed", '{"Name": "one", "Status": "FAILED", "Error": "Broken"}'), failure)

    def test_an_execution_keeps_the_definition_that_it_began_with(self) -> None:
        machine = {"definition": "old"}
        with (
            mock.patch.dict(stepfunctions._state_machines, {"machine": machine}),
            mock.patch.dict(stepfunctions._executions, {"one": {"stateMachineArn": "machine"}}),
        ):
            with_the_definition_that_it_began_with(lambda _arn: None)("one")
            machine["definition"] = "new"
            described = as_it_began(lambda _data: (200, {}, json.dumps(machine).encode()))({"executionArn": "one"})
        self.assertEqual("old", json.loads(described[2])["definition"])
