"""How instances start: they are pending for some seconds, and then run or end."""

import dataclasses
import time
from typing import Any

from moto.ec2.models.instances import Instance, StateReason

from edges.control import control
from edges.events import announce

# EC2's reason for an instance whose volume it cannot decrypt.
# https://repost.aws/knowledge-center/encrypted-volumes-stops-immediately
KEY_OUT_OF_REACH = ("Client.InternalError", "Client.InternalError: Client error on launch")

# The key that EBS has in every account, which everyone in it may use.
# https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html
OF_EBS = "alias/aws/ebs"


@dataclasses.dataclass
class Start:
    """An instance that is pending until a moment, and its reason to end then instead of running."""

    region: str
    instance: Instance
    until: float
    reason: tuple[str, str] | None


starts: list[Start] = []


def begin(region: str, instances: list[Instance], params: dict[str, Any]) -> None:
    """Lets instances that moto has made start. moto's run at once, and do not end by themselves.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html"""
    reason = None if may_use_keys(params) else KEY_OUT_OF_REACH
    announce(region, [instance.id for instance in instances], "pending")
    for instance in instances:
        instance._state.name, instance._state.code = "pending", 0
        instance.state_reason = StateReason("pending", "pending")
        starts.append(Start(region, instance, time.monotonic() + control.start_delay, reason))
    go_on()


def may_use_keys(params: dict[str, Any]) -> bool:
    """EC2 looks at a volume's key only when the instance starts: RunInstances succeeds with any.
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"""
    named = [
        device.get("Ebs", {}).get("KmsKeyId")
        for device in params.get("BlockDeviceMappings", [])
        if device.get("Ebs", {}).get("KmsKeyId")
    ]
    return all(key == OF_EBS or key in control.keys for key in named)


def go_on() -> None:
    """Lets every instance run, or end, whose time has come."""
    now = time.monotonic()
    for start in [each for each in starts if each.until <= now]:
        starts.remove(start)
        if start.instance.state != "pending":
            continue  # terminated meanwhile
        if start.reason is None:
            start.instance._state.name, start.instance._state.code = "running", 16
            start.instance.state_reason = StateReason()
            announce(start.region, [start.instance.id], "running")
        else:
            code, message = start.reason
            start.instance.terminate()
            start.instance.state_reason = StateReason(message, code)
            announce(start.region, [start.instance.id], "shutting-down", "terminated")
