"""The simulated account: what it answers to the requests of the functions.

It knows what the functions ask while they are measured, and refuses the rest, which ends the benchmark. Answers are
dicts and lists; stubs.py writes them as the services do.
"""

import dataclasses
import datetime
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

from bench.functions import ACCOUNT, REGION, snake
from bench.inputs import EXECUTION, HASH

REGIONS = ["us-east-1", "us-west-2", "eu-west-1"]
INSTANCE = "i-0123456789abcdef0"
# Services whose requests name them otherwise than their signatures do.
SERVICES = {"AWSStepFunctions": "states", "AmazonSSM": "ssm"}


Asked = Mapping[str, Any]


class Unknown(Exception):
    """The account does not know what it is asked."""


@dataclasses.dataclass
class Refused(Exception):
    status: int
    code: str
    message: str


def numbered(asked: Mapping[str, str], prefix: str) -> list[str]:
    """Returns the values of prefix.1, prefix.2 and so on."""
    values = []
    while f"{prefix}.{len(values) + 1}" in asked:
        values.append(asked[f"{prefix}.{len(values) + 1}"])
    return values


def tags(asked: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    while f"Tags.member.{len(found) + 1}.Key" in asked:
        member = f"Tags.member.{len(found) + 1}"
        found[asked[f"{member}.Key"]] = asked[f"{member}.Value"]
    return found


def now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Account:
    """An account of IAM, EC2, SNS, Step Functions and Systems Manager in one.

    While keeps is true, it holds what is written to it; otherwise it stays as it is, so that every call of a measured
    function finds the same.
    """

    def __init__(self) -> None:
        self.keeps = False
        self.roles: dict[str, dict[str, Any]] = {}
        self.profiles: dict[str, dict[str, Any]] = {}
        self.launched = False

    def answer(self, service: str, action: str, asked: dict[str, Any]) -> Any:
        """Returns the answer to a request.

        Raises Refused with an error of AWS's, and Unknown if this account cannot answer.
        """
        method = getattr(self, f"{SERVICES.get(service, service)}_{snake(action)}", None)
        if not method:
            raise Unknown(f"{action} of {service}")
        return method(asked)

    # --- IAM: roles ---------------------------------------------------------------------------------------------------

    def role(self, asked: Asked) -> dict[str, Any]:
        name = asked["RoleName"]
        if name not in self.roles:
            raise Refused(404, "NoSuchEntity", f"The role with name {name} cannot be found.")
        return self.roles[name]

    @staticmethod
    def shown(role: dict[str, Any], whole: bool = True) -> dict[str, Any]:
        """Returns a role as GetRole shows it, or as listings do: without its tags and its boundary."""
        of_listings = (
            "Path",
            "RoleName",
            "RoleId",
            "Arn",
            "CreateDate",
            "AssumeRolePolicyDocument",
            "MaxSessionDuration",
        )
        shown = {name: role[name] for name in of_listings}
        if whole:
            shown["Tags"] = [{"Key": key, "Value": value} for key, value in role["Tags"].items()]
            if role["Boundary"]:
                shown["PermissionsBoundary"] = {
                    "PermissionsBoundaryType": "Policy",
                    "PermissionsBoundaryArn": role["Boundary"],
                }
        return shown

    def iam_get_role(self, asked: Asked) -> Any:
        return {"Role": self.shown(self.role(asked))}

    def iam_create_role(self, asked: Asked) -> Any:
        name, path = asked["RoleName"], asked.get("Path", "/")
        role = {
            "Path": path,
            "RoleName": name,
            "RoleId": "AROA1234567890EXAMPLE",
            "Arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
            "CreateDate": now(),
            "AssumeRolePolicyDocument": urllib.parse.quote(asked["AssumeRolePolicyDocument"]),
            "MaxSessionDuration": 3600,
            "Tags": tags(asked),
            "Boundary": asked.get("PermissionsBoundary"),
            "Inline": {},
            "Attached": [],
        }
        if self.keeps:
            self.roles[name] = role
        return {"Role": self.shown(role)}

    def iam_tag_role(self, asked: Asked) -> Any:
        if self.keeps:
            self.role(asked)["Tags"].update(tags(asked))
        return {}

    def iam_put_role_policy(self, asked: Asked) -> Any:
        if self.keeps:
            self.role(asked)["Inline"][asked["PolicyName"]] = urllib.parse.quote(asked["PolicyDocument"])
        return {}

    def iam_attach_role_policy(self, asked: Asked) -> Any:
        if self.keeps:
            self.role(asked)["Attached"].append(asked["PolicyArn"])
        return {}

    def iam_untag_role(self, _asked: Asked) -> Any:
        return {}

    def iam_list_roles(self, asked: Asked) -> Any:
        of_path = [one for one in self.roles.values() if one["Path"].startswith(asked.get("PathPrefix", "/"))]
        return {"IsTruncated": "false", "Roles": [self.shown(role, whole=False) for role in of_path]}

    def iam_list_role_tags(self, asked: Asked) -> Any:
        return {"IsTruncated": "false", "Tags": self.shown(self.role(asked))["Tags"]}

    def iam_list_role_policies(self, asked: Asked) -> Any:
        return {"IsTruncated": "false", "PolicyNames": list(self.role(asked)["Inline"])}

    def iam_get_role_policy(self, asked: Asked) -> Any:
        document = self.role(asked)["Inline"].get(asked["PolicyName"])
        if document is None:
            raise Refused(404, "NoSuchEntity", "The role policy cannot be found.")
        return {"RoleName": asked["RoleName"], "PolicyName": asked["PolicyName"], "PolicyDocument": document}

    def iam_list_attached_role_policies(self, asked: Asked) -> Any:
        attached = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in self.role(asked)["Attached"]]
        return {"IsTruncated": "false", "AttachedPolicies": attached}

    # --- IAM: instance profiles ---------------------------------------------------------------------------------------

    def profile(self, asked: Asked) -> dict[str, Any]:
        name = asked["InstanceProfileName"]
        if name not in self.profiles:
            raise Refused(404, "NoSuchEntity", f"Instance Profile {name} cannot be found.")
        return self.profiles[name]

    def with_roles(self, profile: dict[str, Any]) -> dict[str, Any]:
        return {**profile, "Roles": [self.shown(self.roles[name], whole=False) for name in profile["Roles"]]}

    def iam_get_instance_profile(self, asked: Asked) -> Any:
        return {"InstanceProfile": self.with_roles(self.profile(asked))}

    def iam_create_instance_profile(self, asked: Asked) -> Any:
        name, path = asked["InstanceProfileName"], asked.get("Path", "/")
        profile = {
            "Path": path,
            "InstanceProfileName": name,
            "InstanceProfileId": "AIPA1234567890EXAMPLE",
            "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile{path}{name}",
            "CreateDate": now(),
            "Roles": [],
            "Tags": [{"Key": key, "Value": value} for key, value in tags(asked).items()],
        }
        if self.keeps:
            self.profiles[name] = profile
        return {"InstanceProfile": profile}

    def iam_add_role_to_instance_profile(self, asked: Asked) -> Any:
        if self.keeps:
            self.profile(asked)["Roles"].append(asked["RoleName"])
        return {}

    def iam_list_instance_profiles(self, asked: Asked) -> Any:
        found = [one for one in self.profiles.values() if one["Path"].startswith(asked.get("PathPrefix", "/"))]
        return {"IsTruncated": "false", "InstanceProfiles": [self.with_roles(profile) for profile in found]}

    def iam_list_instance_profiles_for_role(self, asked: Asked) -> Any:
        found = [one for one in self.profiles.values() if asked["RoleName"] in one["Roles"]]
        return {"IsTruncated": "false", "InstanceProfiles": [self.with_roles(profile) for profile in found]}

    # --- IAM: the rest ------------------------------------------------------------------------------------------------

    def iam_get_account_summary(self, _asked: Asked) -> Any:
        quotas = {"Roles": 12, "RolesQuota": 1000, "InstanceProfiles": 10, "InstanceProfilesQuota": 1000}
        return {"SummaryMap": Entries(quotas | {"AttachedPoliciesPerRoleQuota": 10})}

    def iam_get_policy(self, asked: Asked) -> Any:
        arn = asked["PolicyArn"]
        policy = {"PolicyName": arn.rpartition("/")[2], "PolicyId": "ANPA1234567890EXAMPLE", "Arn": arn, "Path": "/"}
        return {"Policy": policy | {"DefaultVersionId": "v1", "AttachmentCount": 1, "IsAttachable": "true"}}

    def iam_get_policy_version(self, _asked: Asked) -> Any:
        statement = {"Effect": "Allow", "Action": "ssm:UpdateInstanceInformation", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        version = {"Document": urllib.parse.quote(document), "VersionId": "v1", "IsDefaultVersion": "true"}
        return {"PolicyVersion": version | {"CreateDate": "2026-01-01T00:00:00Z"}}

    def iam_simulate_custom_policy(self, asked: Asked) -> Any:
        """Decides as events/expect.json expects."""
        allowed = ("2026/", "training-data", "*")
        results = [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": "allowed"
                if action in ("s3:GetObject", "s3:ListBucket", "ssm:UpdateInstanceInformation")
                and "2025" not in resource
                and any(part in resource for part in allowed)
                else "implicitDeny",
            }
            for action in numbered(asked, "ActionNames.member")
            for resource in numbered(asked, "ResourceArns.member") or ["*"]
        ]
        return {"IsTruncated": "false", "EvaluationResults": results}

    # --- EC2 ----------------------------------------------------------------------------------------------------------

    def carried(self) -> dict[str, Any] | None:
        """Returns the profile that the launched instance has."""
        profile = next(iter(self.profiles.values()), None)
        return {"arn": profile["Arn"], "id": profile["InstanceProfileId"]} if profile and self.launched else None

    def instance(self, state: str = "running") -> dict[str, Any]:
        return {
            "instanceId": INSTANCE,
            "imageId": "ami-0123456789abcdef0",
            "instanceState": {"code": 16 if state == "running" else 0, "name": state},
            "amiLaunchIndex": 0,
            "instanceType": "m7i.large",
            "launchTime": "2026-01-01T00:00:00.000Z",
            "placement": {"availabilityZone": "us-east-1a", "tenancy": "default"},
            "monitoring": {"state": "disabled"},
            "subnetId": "subnet-0123456789abcdef0",
            "vpcId": "vpc-0123456789abcdef0",
            "privateIpAddress": "10.0.0.10",
            "architecture": "x86_64",
            "rootDeviceType": "ebs",
            "rootDeviceName": "/dev/xvda",
            "virtualizationType": "hvm",
            "hypervisor": "xen",
            "ebsOptimized": "false",
            "tagSet": [{"key": "spawn:associate", "value": "true"}],
        } | ({"iamInstanceProfile": self.carried()} if self.carried() else {})

    def reservation(self, state: str) -> dict[str, Any]:
        return {"reservationId": "r-0123456789abcdef0", "ownerId": ACCOUNT, "instancesSet": [self.instance(state)]}

    def ec2_run_instances(self, asked: Asked) -> Any:
        if asked.get("DryRun") == "true":
            raise Refused(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        self.launched = self.launched or self.keeps
        return self.reservation("pending")

    def ec2_describe_instances(self, _asked: Asked) -> Any:
        return {"reservationSet": [self.reservation("running")]}

    def ec2_describe_iam_instance_profile_associations(self, _asked: Asked) -> Any:
        if not self.carried():
            return {"iamInstanceProfileAssociationSet": []}
        held = {"associationId": "iip-assoc-0123456789abcdef0", "instanceId": INSTANCE, "state": "associated"}
        return {"iamInstanceProfileAssociationSet": [held | {"iamInstanceProfile": self.carried()}]}

    def ec2_describe_regions(self, _asked: Asked) -> Any:
        listed = [{"regionName": name, "regionEndpoint": f"ec2.{name}.amazonaws.com"} for name in REGIONS]
        return {"regionInfo": [region | {"optInStatus": "opt-in-not-required"} for region in listed]}

    # --- SNS, Step Functions, Systems Manager -------------------------------------------------------------------------

    def sns_publish(self, _asked: Asked) -> Any:
        return {"MessageId": "11111111-2222-3333-4444-555555555555"}

    def states_describe_execution(self, asked: Asked) -> Any:
        arn = asked["executionArn"]
        if ":spawn-answers:" in arn:  # nobody has answered yet
            raise Refused(400, "ExecutionDoesNotExist", "Execution Does Not Exist.")
        waits_for = {"approval": HASH, "planHash": HASH, "launch": EXECUTION["id"]}
        shown = {"executionArn": arn, "stateMachineArn": arn.replace("execution", "stateMachine").rpartition(":")[0]}
        return shown | {"status": "RUNNING", "startDate": 1767225600, "input": json.dumps(waits_for)}

    def states_start_execution(self, asked: Asked) -> Any:
        arn = asked["stateMachineArn"].replace("stateMachine", "execution")
        return {"executionArn": f"{arn}:{asked['name']}", "startDate": 1767225600}

    def states_get_execution_history(self, _asked: Asked) -> Any:
        scheduled = {"resourceType": "lambda", "resource": "invoke.waitForTaskToken", "region": REGION}
        scheduled["parameters"] = json.dumps({"Payload": {"taskToken": "token"}})
        event = {"timestamp": 1767225600, "type": "TaskScheduled", "id": 4, "previousEventId": 3}
        return {"events": [event | {"taskScheduledEventDetails": scheduled}]}

    def states_send_task_success(self, _asked: Asked) -> Any:
        return {}

    def ssm_get_parameters(self, asked: Asked) -> Any:
        values = [{"Name": name, "Type": "String", "Value": "ami-0123456789abcdef0"} for name in asked["Names"]]
        return {"Parameters": values, "InvalidParameters": []}


class Entries(dict):
    """A map that AWS writes as a list of entries."""
