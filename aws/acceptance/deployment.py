"""How template.yaml is deployed for a run, and how everything that comes of it is removed."""

import json
import pathlib
import re
import subprocess
import sys
import time
from typing import Any

from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

import template as local_template
from acceptance.account import Account, Credentials, code_of, environment_of, take_on
from acceptance.counting import pages

ROOT = pathlib.Path(__file__).absolute().parent.parent.parent

# In service they are an hour, and a quarter of one. On AWS a read lags behind a write by seconds: none is shorter.
WAITS_ON_AWS = {
    "SPAWN_LEASE": "PT15M",
    "SPAWN_LAST_CALL": "PT30S",
    "SPAWN_YOUTH": "PT30S",
    "SPAWN_CLOCK_SKEW": "PT5S",
    "SPAWN_MARK": "PT60S",
}
# As the tests' own local stack has them.
LOCAL_WAITS = {
    "SPAWN_LEASE": "PT60S",
    "SPAWN_LAST_CALL": "PT5S",
    "SPAWN_YOUTH": "PT5S",
    "SPAWN_CLOCK_SKEW": "PT1S",
    "SPAWN_MARK": "PT6S",
    "SPAWN_PROPAGATION_TIMEOUT": "PT20S",
}
# Lambda refuses a queue whose messages come again before its function's time is over, which is 180 s:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
AGAIN_ON_AWS, AGAIN_LOCALLY = 180, 12


def shortened(template: dict[str, Any], local: bool, folder: pathlib.Path) -> dict[str, Any]:
    """Returns the template with short waits and absolute paths, changed in place."""
    variables = template["Globals"]["Function"].setdefault("Environment", {}).setdefault("Variables", {})
    variables.update(LOCAL_WAITS if local else WAITS_ON_AWS)
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for path in ("CodeUri", "DefinitionUri"):
            if path in properties:
                properties[path] = str(folder / properties[path])
        if resource["Type"] == "AWS::Serverless::Function":
            for event in properties.get("Events", {}).values():
                if event["Type"] == "SQS":
                    # The shortest for batches of more than ten:
                    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
                    event["Properties"]["MaximumBatchingWindowInSeconds"] = 1
    queue = template["Resources"]["TerminationQueue"]["Properties"]
    queue["VisibilityTimeout"] = AGAIN_LOCALLY if local else AGAIN_ON_AWS
    return template


def read_template() -> dict[str, Any]:
    return yaml_parse((ROOT / "template.yaml").read_text())


def deployer_policy(text: str, name: str, account: str, partition: str, bucket: str) -> str:
    """Returns the documented policy for another stack, account, partition and bucket, as docs/security.md says."""
    changed = text.replace("spawn-artifacts-123456789012", bucket)
    changed = changed.replace("arn:aws:", f"arn:{partition}:").replace("123456789012", account)
    changed = re.sub(r"([:/])spawn-(?=\*)", rf"\g<1>{name}-", changed)
    changed = changed.replace("stack/spawn/", f"stack/{name}/")
    return json.dumps(json.loads(changed), separators=(",", ":"))


class Deployment:
    """The stack of a run, made by the documented deployer."""

    def __init__(
        self, account: Account, name: str, bucket: str, deployer: str, external_id: str, state: pathlib.Path
    ) -> None:
        self._account = account
        self._name = name
        self._bucket = bucket
        self._deployer = deployer
        self._external_id = external_id
        self._state = state
        self._credentials: Credentials | None = None
        self.deployer_removed_it: str | None = None  # what kept it from that; empty: nothing did

    # --- making ---

    def make_deployer(self) -> None:
        iam = self._account.client("iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{self._account.partition}:iam::{self._account.id}:root"},
                    "Action": "sts:AssumeRole",
                    # Known to this run alone.
                    "Condition": {"StringEquals": {"sts:ExternalId": self._external_id}},
                }
            ],
        }
        iam.create_role(RoleName=self._deployer, AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=3600)
        text = (ROOT / "docs" / "deployer-policy.json").read_text()
        account = self._account
        policy = deployer_policy(text, self._name, account.id, account.partition, self._bucket)
        iam.put_role_policy(RoleName=self._deployer, PolicyName="deployer", PolicyDocument=policy)

    def take_on_deployer(self) -> None:
        """Takes the role on, and waits until IAM lets it do what its policy says."""
        self._credentials = take_on(
            self._account, self._account.arn("iam", f"role/{self._deployer}", False), self._external_id
        )
        if self._account.local:
            return
        cloudformation = self._credentials.session(self._account.region).client("cloudformation")
        deadline = time.monotonic() + 180
        while True:
            try:
                cloudformation.describe_stacks(StackName=self._name)
                return
            except ClientError as refusal:
                if code_of(refusal) == "ValidationError":  # there is no such stack, which one may know
                    return
                if time.monotonic() > deadline:
                    raise
            time.sleep(3)

    def make_bucket(self) -> None:
        where = {} if self._account.region == "us-east-1" else {"LocationConstraint": self._account.region}
        wanted = {"CreateBucketConfiguration": where} if where else {}
        self._account.client("s3").create_bucket(Bucket=self._bucket, **wanted)

    def deploy(self, bundle: pathlib.Path, parameters: dict[str, str], log: pathlib.Path) -> dict[str, str]:
        """Deploys by the deployer's credentials, and returns the stack's outputs."""
        self._state.mkdir(parents=True, exist_ok=True)
        written = self._state / "template.json"
        changed = shortened(read_template(), self._account.local, ROOT)
        if self._account.local:
            changed = local_template.localized(changed, ROOT, bundle)
        written.write_text(json.dumps(changed, indent=1))
        command = [sys.executable, "-P", "-m", "samcli", "deploy", "--template-file", str(written)]
        command += ["--stack-name", self._name, "--s3-bucket", self._bucket, "--region", self._account.region]
        command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset"]
        command += ["--no-progressbar"]
        if parameters:
            command += ["--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())]
        assert self._credentials
        taken = self._credentials
        environment = environment_of(taken.key, taken.secret, taken.token, self._account.region)
        if self._account.local:  # ministack knows an account by its key
            environment = self._account.environment()
        environment |= {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "1" if self._account.local else "5"}
        with log.open("w") as out:
            code = subprocess.run(
                command, check=False, stdout=out, stderr=subprocess.STDOUT, cwd=self._state, env=environment
            ).returncode
        if code:
            raise RuntimeError(f"sam deploy ended with {code}:\n" + "\n".join(log.read_text().splitlines()[-25:]))
        stack = self._account.client("cloudformation").describe_stacks(StackName=self._name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    # --- removing; each may be called again ---

    def remove_deployer(self) -> None:
        remove_role(self._account.client("iam"), self._deployer)

    def remove_bucket(self) -> None:
        s3 = self._account.client("s3")
        try:
            for entry in pages(s3, "list_objects_v2", "Contents", Bucket=self._bucket):
                s3.delete_object(Bucket=self._bucket, Key=entry["Key"])
            s3.delete_bucket(Bucket=self._bucket)
        except ClientError as refusal:
            if code_of(refusal) not in ("NoSuchBucket", "404"):
                raise

    def remove_stack(self) -> None:
        """Deletes the stack: by the deployer, as a deployment's owner would, and if that fails by the caller."""
        if self.deployer_removed_it is None and not self._account.local:
            try:
                self.take_on_deployer()
                assert self._credentials
                session = self._credentials.session(self._account.region)
                self._delete(session.client("cloudformation"))
                self.deployer_removed_it = ""
            except Exception as failure:  # the caller is the second way
                self.deployer_removed_it = str(failure)
        self._delete(self._account.client("cloudformation"))

    def _delete(self, cloudformation: Any) -> None:
        status = self._status(cloudformation)
        if status is None:
            return
        cloudformation.delete_stack(StackName=self._name)
        deadline = time.monotonic() + 1200
        while time.monotonic() < deadline:
            status = self._status(cloudformation)
            if status is None:
                return
            if status == "DELETE_FAILED":
                raise RuntimeError(self._why(cloudformation))
            time.sleep(0.5 if self._account.local else 5)
        raise RuntimeError(f"it is still {status}")

    def _status(self, cloudformation: Any) -> str | None:
        try:
            status = cloudformation.describe_stacks(StackName=self._name)["Stacks"][0]["StackStatus"]
        except ClientError as refusal:
            if code_of(refusal) == "ValidationError":
                return None
            raise
        return None if status == "DELETE_COMPLETE" else status

    def _why(self, cloudformation: Any) -> str:
        events = cloudformation.describe_stack_events(StackName=self._name)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"] == "DELETE_FAILED"
        ]
        return "; ".join(reasons[:5]) or "CloudFormation does not say why"

    def remove_retained_policies(self) -> None:
        """Deletes the boundaries, which the stack keeps when it is deleted."""
        iam = self._account.iam_of_stacks
        for policy in pages(iam, "list_policies", "Policies", Scope="Local"):
            if policy["PolicyName"].startswith(f"{self._name}-"):
                for version in pages(iam, "list_policy_versions", "Versions", PolicyArn=policy["Arn"]):
                    if not version["IsDefaultVersion"]:
                        iam.delete_policy_version(PolicyArn=policy["Arn"], VersionId=version["VersionId"])
                iam.delete_policy(PolicyArn=policy["Arn"])

    def remove_log_groups(self) -> None:
        """Deletes those of the stack, also where a function has made one anew by a last line."""
        logs = self._account.client("logs")
        for prefix in (self._name, f"/aws/vendedlogs/states/{self._name}", f"/aws/lambda/{self._name}"):
            for group in pages(logs, "describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
                logs.delete_log_group(logGroupName=group["logGroupName"])


def gone(refusal: ClientError) -> bool:
    return code_of(refusal) in ("NoSuchEntity", "NoSuchEntityException")


def remove_role(iam: Any, name: str) -> None:
    """Empties and deletes a role, also where another does so at the same time."""
    try:
        for profile in pages(iam, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=name):
            iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=name)
        for policy in pages(iam, "list_role_policies", "PolicyNames", RoleName=name):
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy in pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=name)
    except ClientError as refusal:
        if not gone(refusal):
            raise


def remove_profile(iam: Any, name: str) -> None:
    try:
        for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
        iam.delete_instance_profile(InstanceProfileName=name)
    except ClientError as refusal:
        if not gone(refusal):
            raise
