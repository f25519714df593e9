"""Systems Manager: from which instances its agent reports, what commands answer, and sessions.

No machine runs behind an instance here. So no command is run: it answers what "commands" of /_edges says, or else that
nothing has run. And nobody listens at the address of a session.
"""

import uuid
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role
from moto.ssm.exceptions import SSMException
from moto.ssm.models import Command
from moto.ssm.responses import SimpleSystemManagerResponse

from edges import edge
from edges.account import ec2, iam
from edges.control import control
from edges.sessions import policies_of
from simulator import Simulator

NOT_RUN = "The local stack runs no commands.\n"

# https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
HOST_MANAGEMENT = "/ssm/managed-instance/default-ec2-instance-management-role"

# What the agent calls first; without it, Systems Manager never hears of an instance.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html
REPORT = "ssm:UpdateInstanceInformation"


def reporting(region: str) -> list[Instance]:
    """Returns the running instances whose roles, or whose region's default host management, let an agent report; every
    image here has one."""
    return [
        instance
        for reservation in ec2(region).all_reservations()
        for instance in reservation.instances
        if instance.state == "running"
        and (region in control.host_management or ((role := role_of(instance)) and lets_report(role)))
    ]


def role_of(instance: Instance) -> Role | None:
    profile = getattr(instance, "iam_instance_profile", None)
    if not profile:
        return None
    try:
        return next(iter(iam().get_instance_profile_by_arn(profile["Arn"]).roles), None)
    except NotFoundException:
        return None


def lets_report(role: Role) -> bool:
    policies = policies_of(role)
    return bool(policies) and Simulator(policies).decide(REPORT, "*", {}).decision == "allowed"


@edge.method(SimpleSystemManagerResponse, "describe_instance_information")
def describe_instance_information(response: SimpleSystemManagerResponse) -> ActionResult:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html"""
    wanted = {
        value
        for one in response._get_param("Filters", [])
        if one["Key"] == "InstanceIds"
        for value in one.get("Values", [])
    }
    return ActionResult(
        {
            "InstanceInformationList": [
                {
                    "InstanceId": instance.id,
                    "PingStatus": "Online",
                    "AgentVersion": "3.3.3050.0",
                    "PlatformType": "Windows" if getattr(instance, "platform", None) == "windows" else "Linux",
                    "ResourceType": "EC2Instance",
                }
                for instance in reporting(response.region)
                if not wanted or instance.id in wanted
            ]
        }
    )


@edge(SimpleSystemManagerResponse, "send_command", "self")
def send_command(moto_call: Callable) -> Callable:
    """Only to instances whose agent reports; moto takes any id.
    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html"""

    def call(response):
        known = {instance.id for instance in reporting(response.region)}
        if set(response._get_param("InstanceIds", [])) - known:
            raise SSMException("InvalidInstanceId", "Instances not in a valid state for account")
        return moto_call(response)

    return call


@edge(Command, "invocation_response", "self instance_id plugin_name")
def what_commands_answer(moto_answer: Callable) -> Callable:
    def answer(command, instance_id, plugin_name):
        said = control.commands.get("\n".join(command.parameters.get("commands", [])), {"errors": NOT_RUN})
        code = said.get("code", 0)
        status = "Failed" if code else "Success"
        return {
            **moto_answer(command, instance_id, plugin_name),
            "ResponseCode": code,
            "Status": status,
            "StatusDetails": status,
            "StandardOutputContent": said.get("output", ""),
            "StandardErrorContent": said.get("errors", ""),
        }

    return answer


@edge.method(SimpleSystemManagerResponse, "start_session")
def start_session(response: SimpleSystemManagerResponse) -> ActionResult:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html"""
    target = response._get_param("Target")
    if target not in {instance.id for instance in reporting(response.region)}:
        raise SSMException("TargetNotConnected", f"{target} is not connected.")
    session = f"local-{uuid.uuid4().hex[:17]}"
    control.sessions.append(session)
    return ActionResult(
        {
            "SessionId": session,
            "TokenValue": uuid.uuid4().hex,
            "StreamUrl": f"wss://ssmmessages.{response.region}.invalid/v1/data-channel/{session}?role=publish_subscribe",
        }
    )


@edge.method(SimpleSystemManagerResponse, "terminate_session")
def terminate_session(response: SimpleSystemManagerResponse) -> ActionResult:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_TerminateSession.html"""
    session = response._get_param("SessionId")
    if session in control.sessions:
        control.sessions.remove(session)
    answer: dict[str, Any] = {"SessionId": session}
    return ActionResult(answer)


@edge.method(SimpleSystemManagerResponse, "update_service_setting")
def update_service_setting(response: SimpleSystemManagerResponse) -> ActionResult:
    """Turns on default host management, by which agents report whatever their instances' roles allow.
    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateServiceSetting.html"""
    if not response._get_param("SettingId", "").endswith(HOST_MANAGEMENT):
        raise SSMException("ServiceSettingNotFound", "The local stack has default host management only.")
    if response.region not in control.host_management:
        control.host_management.append(response.region)
    return ActionResult({})
