"""What launches and tests make in the account, and its removal."""

import datetime
import time
from typing import Any

from botocore.exceptions import ClientError

from acceptance.account import Account, code_of
from acceptance.counting import pages
from acceptance.deployment import remove_profile, remove_role

ENDED = ("shutting-down", "terminated")


class Launches:
    """Everything under the path of the run's stacks, in whatever region they are, and all that carries the run's name.

    Another spawn in the account has another path, and is left alone.
    """

    def __init__(self, account: Account, name: str, begin: datetime.datetime) -> None:
        self._account = account
        self._name = name
        self._path = f"/spawn/{name}/"
        self.begin = begin.replace(microsecond=0)

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
        return f":instance-profile{self._path}" in profile

    def remove_roles(self) -> None:
        """Removes the roles and profiles that were made since it began, under the stacks' path or with its name."""
        iam = self._account.client("iam")
        for profile in list(pages(iam, "list_instance_profiles", "InstanceProfiles")):
            if self._is_made_here(profile, profile["InstanceProfileName"]):
                remove_profile(iam, profile["InstanceProfileName"])
        for role in list(pages(iam, "list_roles", "Roles")):
            if self._is_made_here(role, role["RoleName"]):
                remove_role(iam, role["RoleName"])

    def _is_made_here(self, entity: dict[str, Any], name: str) -> bool:
        is_new = entity["CreateDate"] >= self.begin
        return is_new and (entity["Path"].startswith(self._path) or name.startswith(f"{self._name}-"))

    def remove_templates(self) -> None:
        ec2 = self._account.client("ec2")
        for template in list(pages(ec2, "describe_launch_templates", "LaunchTemplates")):
            if template["LaunchTemplateName"].startswith(self._name):
                ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])
