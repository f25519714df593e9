"""ministack's server, with eight differences, two of them so that a busy machine does not change its answers.

ministack takes what a function has written 5 ms after its last line; on a busy machine lines are still in the pipe
then, and come with the next call's, or never. All of a call's lines are in the pipe before its answer is: this waits
until they have been read.

ministack gives a JSONata expression one second by the clock, against endless loops. With 64 executions at once on two
cores, an expression of a few milliseconds can wait longer than that for its turn. Here the second is one of the
expression's own computing time.

ministack's TestState knows no variables, without which no state of these workflows runs.

A task that waits for a token: ministack takes its TimeoutSeconds for a number, keeps its parameters out of the history,
and goes on waiting when the function that it calls has failed. An execution that runs another and sees it fail is told
a sentence, where Step Functions hands over the description. And an execution is described with its machine's
definition of today, not with the one that it began with. Here all of that is as in Step Functions.

The states that wait take less time than they say, as AWS does here for what they wait for: SPAWN_LOCAL_PACE.

ministack runs the code that a request brings, whoever sends it: requests of web pages are refused.
"""

import array
import contextvars
import fcntl
import json
import os
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


PACE = float(os.environ.get("SPAWN_LOCAL_PACE", "1"))
is_in_a_wait: contextvars.ContextVar[bool] = contextvars.ContextVar("is_in_a_wait", default=False)


@patch(stepfunctions, "_execute_wait", "state_def raw_input ctx")
def as_long_as_it_takes_here(wait: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **more: Any) -> Any:
        before = is_in_a_wait.set(True)
        try:
            return wait(*arguments, **more)
        finally:
            is_in_a_wait.reset(before)

    return call


# It sleeps between the attempts of a task, too: those wait for this machine's own work, which is no faster than it is.
@patch(stepfunctions, "_scaled_sleep", "seconds")
def at_the_pace_of_aws_here(sleep: Callable[[float], None]) -> Callable[[float], None]:
    return lambda seconds: sleep(seconds * PACE if is_in_a_wait.get() else seconds)


# Its interpreter keeps the variables of an execution in the context.
@patch(stepfunctions, "_test_state", "data")
def with_variables(test_state: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def call(data: dict[str, Any]) -> Any:
        context = json.loads(data.get("context") or "{}") | {"variables": json.loads(data.get("variables") or "{}")}
        return test_state(data | {"context": json.dumps(context)})

    return call


# What the task of this thread is called with, the token that it waits for, and what shows it in the history.
arguments: contextvars.ContextVar[Any] = contextvars.ContextVar("arguments", default=None)
awaited: contextvars.ContextVar[str | None] = contextvars.ContextVar("awaited", default=None)
held: contextvars.ContextVar[Callable[..., Any] | None] = contextvars.ContextVar("held", default=None)


@patch(stepfunctions, "_execute_task", "state_def raw_input execution ctx")
def with_a_timeout_that_is_calculated(execute: Callable[..., Any]) -> Callable[..., Any]:
    def call(state_def: dict[str, Any], raw_input: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> Any:
        timeout = state_def.get("TimeoutSeconds")
        if isinstance(timeout, str):
            seconds = stepfunctions._apply_jsonata_template(timeout, raw_input, ctx)
            state_def = state_def | {"TimeoutSeconds": seconds}
        return execute(state_def, raw_input, execution, ctx)

    return call


@patch(stepfunctions, "_apply_jsonata_arguments", "state_def raw_input ctx")
def that_are_remembered(evaluate: Callable[..., Any]) -> Callable[..., Any]:
    def call(state_def: dict[str, Any], raw_input: Any, ctx: dict[str, Any] | None = None) -> Any:
        evaluated = evaluate(state_def, raw_input, ctx)
        arguments.set(evaluated)
        return evaluated

    return call


# Whoever finds a task in the history of AWS also finds what it is called with, and can answer by its token.
@patch(stepfunctions, "_add_event", "execution event_type details")
def with_parameters_once_it_can_be_answered(add: Callable[..., Any]) -> Callable[..., Any]:
    def call(execution: dict[str, Any], event_type: str, details: dict[str, Any] | None = None) -> Any:
        if event_type != "TaskScheduled" or not details:
            return add(execution, event_type, details)
        scheduled = details["taskScheduledEventDetails"] | {"parameters": json.dumps(arguments.get())}
        if ".waitForTaskToken" not in scheduled["resource"]:
            return add(execution, event_type, {"taskScheduledEventDetails": scheduled})
        held.set(lambda: add(execution, event_type, {"taskScheduledEventDetails": scheduled}))
        return None

    return call


@patch(stepfunctions, "_invoke_with_callback", "resource input_data token state_def")
def awaiting_its_token(invoke: Callable[..., Any]) -> Callable[..., Any]:
    def call(resource: str, input_data: Any, token: str, state_def: dict[str, Any]) -> Any:
        before = awaited.set(token)
        try:
            return invoke(resource, input_data, token, state_def)
        finally:
            awaited.reset(before)

    return call


@patch(stepfunctions, "_call_lambda", "func_ref event")
def failing_what_waits(invoke: Callable[..., Any]) -> Callable[..., Any]:
    def call(func_ref: str, event: Any) -> Any:
        show = held.get()
        if show:
            held.set(None)
            show()
        try:
            return invoke(func_ref, event)
        except stepfunctions._ExecutionError as failed:
            waiting = stepfunctions._task_tokens.get(awaited.get())
            if waiting:
                waiting["error"] = {"Error": failed.error, "Cause": failed.cause}
                waiting["event"].set()
            raise

    return call


@patch(stepfunctions, "_nested_execution_failure", "payload")
def with_its_description(_failure: Callable[..., Any]) -> Callable[..., Any]:
    def call(payload: dict[str, Any]) -> tuple[str, str]:
        members = ("executionArn", "stateMachineArn", "name", "status", "error", "cause")
        described = {name[0].upper() + name[1:]: payload[name] for name in members if payload.get(name)}
        return "States.TaskFailed", json.dumps(described)

    return call


@patch(stepfunctions, "_run_execution", "exec_arn")
def with_the_definition_that_it_began_with(run: Callable[[str], None]) -> Callable[[str], None]:
    def call(exec_arn: str) -> None:
        execution = stepfunctions._executions[exec_arn]
        execution["definition"] = stepfunctions._state_machines[execution["stateMachineArn"]]["definition"]
        run(exec_arn)

    return call


@patch(stepfunctions, "_describe_state_machine_for_execution", "data")
def as_it_began(describe: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def call(data: dict[str, Any]) -> Any:
        status, headers, body = describe(data)
        execution = stepfunctions._executions.get(data.get("executionArn"))
        if status == 200 and execution and "definition" in execution:
            body = json.dumps(json.loads(body) | {"definition": execution["definition"]}).encode()
            headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        return status, headers, body

    return call


patch(ministack.app, "app", "scope receive send")(kept_out_of_asgi)


if __name__ == "__main__":
    patch.apply()
    sys.exit(ministack.app.main())
