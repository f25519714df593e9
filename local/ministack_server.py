"""ministack's server, with four differences, two of them so that a busy machine does not change its answers.

ministack takes what a function has written 5 ms after its last line; on a busy machine lines are still in the pipe
then, and come with the next call's, or never. All of a call's lines are in the pipe before its answer is: this waits
until they have been read.

ministack gives a JSONata expression one second by the clock, against endless loops. With 64 executions at once on two
cores, an expression of a few milliseconds can wait longer than that for its turn. Here the second is one of the
expression's own computing time.

ministack's TestState knows no variables, without which no state of these workflows runs.

ministack runs the code that a request brings, whoever sends it: requests of web pages are refused.
"""

import array
import fcntl
import json
import sys
import termios
import time
from collections.abc import Callable
from typing import IO, Any

import ministack.app
from jsonata.timebox import Timebox
from ministack.core.lambda_runtime import Worker
from ministack.services import stepfunctions

from browsers import kept_out_of_asgi
from patches import Patches

LONGEST = 2.0  # seconds

patch = Patches("ministack")


def waiting_in(pipe: IO[bytes]) -> int:
    """Returns how many bytes are in the pipe."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


# A private method, for lack of a public one: docs/simulated-aws.md says what to do when it goes.
@patch(Worker, "_drain_stderr_bounded", "self first_line_wait idle_confirm hard_cap")
def all_that_was_written(drain: Callable[..., str]) -> Callable[..., str]:
    def call(worker, *rest, **more):
        process, end = worker._proc, time.monotonic() + LONGEST
        try:
            while process and waiting_in(process.stdout) and time.monotonic() < end:
                time.sleep(0.001)
        except (OSError, ValueError):
            pass  # the function's process has ended, and its pipe is closed
        return drain(worker, *rest, **more)

    return call


@patch(Timebox, "current_milli_time", "")
def time_of_this_thread(_clock: Callable[[], int]) -> Callable[[], int]:
    return lambda: time.thread_time_ns() // 1_000_000


# Its interpreter keeps the variables of an execution in the context.
@patch(stepfunctions, "_test_state", "data")
def with_variables(test_state: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def call(data: dict[str, Any]) -> Any:
        context = json.loads(data.get("context") or "{}") | {"variables": json.loads(data.get("variables") or "{}")}
        return test_state(data | {"context": json.dumps(context)})

    return call


patch(ministack.app, "app", "scope receive send")(kept_out_of_asgi)


if __name__ == "__main__":
    patch.apply()
    sys.exit(ministack.app.main())
