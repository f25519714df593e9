"""What launches and tests make in the account, and its removal."""

import datetime
import time
from typing import Any

from botocore.exceptions import ClientError

from acceptance.account import Account, code_of
from acceptance.counting import pages
from acceptance.deployment import remove_profile, remove_role

PATH = "/spawn/"
ENDED = ("shutting-down", "terminated")


class Launches:
    """Everything under spawn's path, and everything that carries the run's name.

    No other spawn may be in the account: its roles would be under the same path, and the sweep of this run, with its
    short waits, would take them.
    """

    def __init__(self, account: Account, name: str, begin: datetime.datetime) -> None:
        self._account = account
        self._name = name
        self.begin = begin.replace(microsecond=0)

    def of_others(self) -> list[str]:
        """Returns what is under spawn's path before the run, which then must not begin."""
        iam = self._account.client("iam")
        roles = [role["RoleName"] for role in pages(iam, "list_roles", "Roles", PathPrefix=PATH)]
        profiles = pages(iam, "list_instance_profiles", "InstanceProfiles", PathPrefix=PATH)
        return sorted({*roles, *(profile["InstanceProfileName"] for profile in profiles)})

    def stop_executions(self, machines: list[str]) -> None:
        """Stops what still runs, so that nothing is launched any more."""
        states = self._account.client("stepfunctions")
        for machine in machines:
            try:
                running = list(
                    pages(states, "list_executions", "executions", stateMachineArn=machine, statusFilter="RUNNING")
                )
            except ClientError as refusal:
                if code_of(refusal) == "StateMachineDoesNotExist":
                    continue
                raise
            for execution in running:
                states.stop_execution(executionArn=execution["executionArn"])

    def terminate(self) -> None:
        """Terminates the run's instances, and waits until they are."""
        ec2 = self._account.client("ec2")
        found = self._instances(ec2)
        if not found:
            return
        ec2.terminate_instances(InstanceIds=found)
        deadline = time.monotonic() + 600
        while self._instances(ec2, also_ending=True):
            if time.monotonic() > deadline:
                raise RuntimeError("instances take more than ten minutes to end")
            time.sleep(0.2 if self._account.local else 5)

    def _instances(self, ec2: Any, also_ending: bool = False) -> list[str]:
        over = ENDED[1:] if also_ending else ENDED
        return [
            instance["InstanceId"]
            for reservation in pages(ec2, "describe_instances", "Reservations")
            for instance in reservation["Instances"]
            if instance["State"]["Name"] not in over and self._is_of_this_run(instance)
        ]

    def _is_of_this_run(self, instance: dict[str, Any]) -> bool:
        if any(self._name in tag["Value"] for tag in instance.get("Tags", [])):
            return True
        profile = instance.get("IamInstanceProfile", {}).get("Arn", "")
        return f":instance-profile{PATH}" in profile and instance["LaunchTime"] >= self.begin

    def remove_roles(self) -> None:
        """Removes the roles and profiles that were made under spawn's path or with the run's name since it began."""
        iam = self._account.client("iam")
        for profile in list(pages(iam, "list_instance_profiles", "InstanceProfiles")):
            if self._is_made_here(profile, profile["InstanceProfileName"]):
                remove_profile(iam, profile["InstanceProfileName"])
        for role in list(pages(iam, "list_roles", "Roles")):
            if self._is_made_here(role, role["RoleName"]):
                remove_role(iam, role["RoleName"])

    def _is_made_here(self, entity: dict[str, Any], name: str) -> bool:
        is_new = entity["CreateDate"] >= self.begin
        return is_new and (entity["Path"].startswith(PATH) or name.startswith(f"{self._name}-"))

    def remove_templates(self) -> None:
        ec2 = self._account.client("ec2")
        for template in list(pages(ec2, "describe_launch_templates", "LaunchTemplates")):
            if template["LaunchTemplateName"].startswith(self._name):
                ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])
