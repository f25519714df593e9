"""EC2's state-change events, and their way by EventBridge's rules to the queues."""

import contextlib
import datetime
import json
import queue
import uuid
from collections.abc import Callable

import botocore.client
import botocore.exceptions
import botocore.session
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from edges import edge
from edges.account import ACCOUNT
from edges.control import control

events_to_send: queue.Queue[tuple[str, str, str]] = queue.Queue()  # region, instance id, state


def announce(region: str, instance_ids: list[str], *states: str) -> None:
    """Has an event sent of each instance for each of the states, unless events get lost."""
    if not control.events:
        return
    for state in states:
        for instance_id in instance_ids:
            events_to_send.put((region, instance_id, state))


@edge(EC2Response, "terminate_instances", "self")
def terminate_instances(moto_call: Callable) -> Callable:
    return announced(moto_call, "shutting-down", "terminated")


@edge(EC2Response, "stop_instances", "self")
def stop_instances(moto_call: Callable) -> Callable:
    return announced(moto_call, "stopping", "stopped")


@edge(EC2Response, "start_instances", "self")
def start_instances(moto_call: Callable) -> Callable:
    return announced(moto_call, "pending", "running")


def announced(moto_call: Callable, *states: str) -> Callable:
    """TerminateInstances and its like are followed by EC2's state-change events. What is terminated stays so.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html"""

    def call(response):
        if "terminated" not in states:
            for instance in response.ec2_backend.get_multi_instances_by_id(response.params["InstanceIds"]):
                if instance.state == "terminated":
                    raise EC2ClientError("IncorrectInstanceState", f"The instance '{instance.id}' is terminated.")
        answer = moto_call(response)
        announce(response.region, response._get_param("InstanceIds", []), *states)
        return answer

    return call


def state_change(region: str, instance_id: str, state: str) -> str:
    """Returns the event's JSON.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html"""
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "EC2 Instance State-change Notification",
            "source": "aws.ec2",
            "account": ACCOUNT,
            "time": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": [f"arn:aws:ec2:{region}:{ACCOUNT}:instance/{instance_id}"],
            "detail": {"instance-id": instance_id, "state": state},
        }
    )


def deliver_events(endpoint: str) -> None:
    """Sends each event to the queues of the rules that match it, for ever.

    PutEvents refuses sources that begin with `aws.`, here as in AWS; so the deployed patterns are asked one by one.
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
    """
    session = botocore.session.get_session()
    while True:
        region, instance_id, state = events_to_send.get()
        with contextlib.suppress(botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            rules, sqs = (session.create_client(name, region, endpoint_url=endpoint) for name in ("events", "sqs"))
            event = state_change(region, instance_id, state)
            for rule in rules.list_rules()["Rules"]:
                pattern = rule.get("EventPattern")
                if rule["State"] != "ENABLED" or not pattern:
                    continue
                if rules.test_event_pattern(EventPattern=pattern, Event=event)["Result"]:
                    for target in rules.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                        send(sqs, target["Arn"], event)
                        print(f"event: {instance_id} {state} -> {target['Arn']}", flush=True)


def send(sqs: botocore.client.BaseClient, arn: str, event: str) -> None:
    _arn, _partition, kind, _region, _account, name = arn.split(":")
    if kind != "sqs":
        raise botocore.exceptions.BotoCoreError()
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=event)
