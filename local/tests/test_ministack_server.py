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

from ministack_server import all_that_was_written, time_of_this_thread, waiting_in, with_variables


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
