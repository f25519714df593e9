"""Prints an execution's states as they happen, then its output: python local/follow.py EXECUTION-ARN

A line a state: seconds since the start, name, and what came of it. Choices are left out: the next line shows them.
"""
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


def hint(result):
    """What a reader wants to know of a function's answer, in a few words."""
    if "outcome" in result:
        return f"{result['name']} {result['outcome']}"
    if "nextProbeInSeconds" in result:
        return "visible" if result["visible"] else f"not visible yet; next probe in {result['nextProbeInSeconds']} s"
    if result.get("instances"):
        return ", ".join(instance["instanceId"] for instance in result["instances"])
    return ""


def show(events):
    """Shows a state when it is entered, and on the same line what follows."""
    begin, entered, room, line_is_open = None, 0, "", False

    def add(words):
        nonlocal room
        if words:
            print(f"{room}  {words}", end="", flush=True)
            room = ""

    for event in events:
        kind, detail = event["type"], details(event)
        begin = begin or event["timestamp"]
        if kind.endswith("StateEntered") and not kind.startswith("Choice"):
            entered = event["timestamp"]
            print("\n" * line_is_open + f"{entered - begin:7.1f} s  {detail['name']}", end="", flush=True)
            room, line_is_open = " " * (20 - len(detail["name"])), True
        elif kind == "TaskSucceeded":
            add(hint(json.loads(detail["output"]).get("Payload") or {}))
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
