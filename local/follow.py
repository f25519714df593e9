"""Prints an execution's states as they happen, then its output: python local/follow.py EXECUTION-ARN

A line a state: seconds since the start, name, and what came of it. Choices are left out: the next line shows them. The states of
a map run side by side, and the local server names none of them: each has a line, set in, when it is done.
"""
import collections
import json
import sys
import time

from servers import call

EXECUTION = sys.argv[1]
ENDED = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}


def history():
    """Yields the execution's events as they come, until it has ended."""
    seen, events = 0, []
    while not events or events[-1]["type"] not in ENDED:
        events, token = [], {}
        while True:
            page = call("states", "AWSStepFunctions.GetExecutionHistory", executionArn=EXECUTION, maxResults=1000, **token)
            events += page["events"]
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}
        yield from events[seen:]
        if len(events) == seen:
            time.sleep(0.2)
        seen = len(events)


def details(event):
    return next((value for key, value in event.items() if key.endswith("EventDetails")), {})


def hint(result, planned):
    """What a reader wants to know of a function's answer, in a few words."""
    would = "would be " if planned else ""
    if "outcome" in result:
        kept = result["outcome"] == "reused"
        changes = f": {', '.join(result['changes'])}" if result["outcome"] == "updated" else ""
        return f"{result['name']} {'' if kept else would}{result['outcome']}{changes}"
    if "settled" in result and result["created"]:
        return f"instance profile {result['name']} {would}created"
    if "set" in result:
        work = "to be removed" if result["delete"] else f"{len(result['roles'])} roles"
        return f"{result['set']}, {work}{', only planned' if result['planOnly'] else ''}"
    if "againInSeconds" in result:
        verdicts = collections.Counter(role["verdict"] for role in result["roles"])
        return ", ".join(f"{count} {would}{verdict}" for verdict, count in verdicts.items()) or "nothing is there"
    if "nextProbeInSeconds" in result:
        return "visible" if result["visible"] else f"not visible yet; next probe in {result['nextProbeInSeconds']} s"
    if result.get("instances"):
        return ", ".join(instance["instanceId"] for instance in result["instances"])
    return ""


def show(events):
    """Shows a state when it is entered, and on the same line what follows."""
    begin, entered, room, line_is_open, in_map, planned = None, 0, "", False, False, False

    def line(seconds, words):
        nonlocal line_is_open
        print("\n" * line_is_open + f"{seconds:7.1f} s  {words}", end="", flush=True)
        line_is_open = True

    def add(words):
        nonlocal room
        if words and in_map:
            line(event["timestamp"] - begin, f"  {words}")
        elif words:
            print(f"{room}  {words}", end="", flush=True)
            room = ""

    for event in events:
        kind, detail = event["type"], details(event)
        begin = begin or event["timestamp"]
        if kind == "MapStateExited":
            in_map = False
        elif kind.endswith("StateEntered") and not kind.startswith("Choice") and not in_map:
            entered = event["timestamp"]
            line(entered - begin, detail["name"])
            room, in_map = " " * (20 - len(detail["name"])), kind == "MapStateEntered"
        elif kind == "TaskSucceeded":
            result = json.loads(detail["output"]).get("Payload") or {}
            planned = result.get("planOnly", planned)
            if in_map or "settled" not in result:  # a launch has only one profile, which its next lines are about
                add(hint(result, planned))
        elif kind == "WaitStateExited":
            add(f"{event['timestamp'] - entered:.0f} s")
        elif "error" in detail and not kind.startswith("Execution"):
            add(detail["error"])
    print()


def main():
    show(history())
    execution = call("states", "AWSStepFunctions.DescribeExecution", executionArn=EXECUTION)
    if execution["status"] == "SUCCEEDED":
        print(json.dumps(json.loads(execution["output"]), indent=2))
        return 0
    print(f"{execution['status']}: {execution.get('error') or 'no error was given'}\n{execution.get('cause') or ''}")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print(f"\nThe execution goes on, and the stack stays up. To see how it ends:\n"
              f"  ./local/aws stepfunctions describe-execution --execution-arn {EXECUTION}")
        sys.exit(130)
