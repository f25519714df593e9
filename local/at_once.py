"""What local/at-once does, on the stack that is up."""

import concurrent.futures
import datetime
import json
import os
import pathlib
import statistics
import sys
import time
import uuid
from typing import Any

from servers import call, query

ROOT = pathlib.Path(__file__).absolute().parent.parent
LONGEST = 900  # seconds for all of them
LOOKS = 2  # seconds between two


def payload(bucket: str) -> dict[str, Any]:
    """Returns events/launch.json for a bucket of its own, and so for a role of its own."""
    made = json.loads((ROOT / "events" / "launch.json").read_text())
    made["iam"]["resources"] = [f"s3://{bucket}", f"dynamodb://{bucket}"]
    return made


def start(machine: str, text: str) -> str:
    return call("states", "AWSStepFunctions.StartExecution", stateMachineArn=machine, input=text)["executionArn"]


def described(execution: str) -> dict[str, Any]:
    return call("states", "AWSStepFunctions.DescribeExecution", executionArn=execution)


def ended(executions: list[str]) -> list[dict[str, Any]]:
    """Returns how each ended, or how it is when the time is over."""
    deadline, ends = time.monotonic() + LONGEST, {}
    while len(ends) < len(executions):
        time.sleep(LOOKS)
        for execution in executions:
            if execution not in ends:
                description = described(execution)
                if description["status"] != "RUNNING" or time.monotonic() > deadline:
                    ends[execution] = description
    return [ends[execution] for execution in executions]


def lasted(end: dict[str, Any]) -> float:
    return seconds(end["stopDate"]) - seconds(end["startDate"])


def seconds(moment: Any) -> float:
    return datetime.datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else float(moment)


def running(role: str) -> list[str]:
    """Returns the instances that EC2 has with a role, whoever launched them."""
    asked = {"Version": "2016-11-15", "Filter.1.Name": "tag:spawn:role", "Filter.1.Value.1": role, "MaxResults": "1000"}
    ids, token = [], ""
    while True:
        page = query("ec2", "DescribeInstances", **asked, **({"NextToken": token} if token else {}))
        ids += [instance.findtext("{*}instanceId", "") for instance in page.iterfind(".//{*}instancesSet/{*}item")]
        token = page.findtext("{*}nextToken", "")
        if not token:
            return ids


def wrong(ends: list[dict[str, Any]], before: int) -> list[str]:
    """Returns what is not as it should be, a sentence each; before is how many instances the role had."""
    failed = [end for end in ends if end["status"] != "SUCCEEDED"]
    outputs = [json.loads(end["output"]) for end in ends if end["status"] == "SUCCEEDED"]
    ids = [instance["instanceId"] for output in outputs for instance in output["instances"]]
    said = [f"{end['status']} {end.get('error', '')}: {end.get('cause', '')}" for end in failed[:3]]
    for what in ("role", "instanceProfile"):
        if len(arns := {output[what]["arn"] for output in outputs}) != 1:
            said.append(f"There are {len(arns)} of what should be one {what}.")
    if len(set(ids)) != len(outputs) or len(ids) != len(outputs):
        said.append(f"{len(outputs)} launches have {len(ids)} instances, {len(set(ids))} of them different.")
    if outputs and len(there := running(outputs[0]["role"]["name"])) != before + len(ids):
        said.append(f"EC2 has {len(there)} instances of the role, and {before + len(ids)} were launched.")
    return said


def main(count: int) -> int:
    outputs = json.loads((pathlib.Path(os.environ["SPAWN_LOCAL_DEPLOYMENT"]) / "outputs.json").read_text())
    text = json.dumps(payload(f"at-once-{uuid.uuid4()}"))
    print(
        "| launches at once | role | succeeded | all done | one launch: median | longest |\n|---|---|---|---|---|---|"
    )
    problems: list[str] = []
    for round_, role in enumerate(("new", "there already")):
        begin = time.time()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            executions = list(pool.map(lambda _: start(outputs["LaunchStateMachineArn"], text), range(count)))
        ends = ended(executions)
        problems += wrong(ends, round_ * count)
        good = [lasted(end) for end in ends if end["status"] == "SUCCEEDED"]
        done = max(seconds(end.get("stopDate", time.time())) for end in ends) - begin
        times = f"{statistics.median(good):.1f} s | {max(good):.1f} s" if good else "- | -"
        print(f"| {count} | {role} | {len(good)} | {done:.0f} s | {times} |", flush=True)
    print("\n".join(problems), end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
