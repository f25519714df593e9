"""The command: says what it makes, makes it, runs the suite, removes everything, and writes the report."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from acceptance import counting, suite
from acceptance.account import Account, client_of
from acceptance.deployment import ROOT, Deployment, read_template, remove_role
from acceptance.launches import Launches
from acceptance.ledger import Ledger
from acceptance.plan import Plan, Second
from acceptance.report import FAILED, PASSED, SKIPPED, Report

# What regions lack, by how their names begin.
LACKING = {
    "cn-": {"SnapStart": "off", "Tracing": "off"},
    "us-gov-": {"SnapStart": "off"},
    "ap-east-2": {"SnapStart": "off"},
    "ap-southeast-6": {"SnapStart": "off"},
}
# Where the second stack is deployed: the first of these that is not the region of the first one.
SECOND_REGIONS = {
    "aws": ("eu-west-1", "us-east-1"),
    "aws-cn": ("cn-northwest-1", "cn-north-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
}
INSTANCES = 44  # as many as the suite launches, all in all
TYPES = ["t4g.nano", "t3.nano"]  # the cheapest first
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}]}'
)


class CannotStart(Exception):
    """Nothing was made; the sentence says why, and what to do."""


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aws/accept", description="Proves spawn on an account: docs/acceptance.md.")
    parser.add_argument("--yes", action="store_true", help="makes what it says that it makes")
    parser.add_argument("--local", action="store_true", help="on local servers, which stand in for AWS; needs no --yes")
    parser.add_argument("--region", help="where it is not the caller's configured one")
    parser.add_argument("--second-region", help="the region of the second stack; one of the same partition if left out")
    parser.add_argument("--subnet", help="where instances are launched, if the account has no default VPC")
    parser.add_argument(
        "--no-build", action="store_true", help="takes target/spawn.zip and the compiled tests as they are"
    )
    parser.add_argument("--report", type=pathlib.Path, help="the report's file; target/acceptance.md if left out")
    return parser.parse_args(arguments)


def session_of(chosen: argparse.Namespace) -> boto3.Session:
    session = boto3.Session(region_name=chosen.region)
    if not session.region_name:
        raise CannotStart("No region is configured: give one with --region.")
    if not session.get_credentials():
        raise CannotStart("No credentials were found: log in as for the AWS CLI, for example with aws sso login.")
    return session


def planned(account: Account, chosen: argparse.Namespace) -> Plan:
    """Returns the plan, after looking at what it depends on. Writes nothing."""
    if account.caller.endswith(":root") and not account.local:
        raise CannotStart(
            "The account's root user cannot take on a role: use a user or a role that is an administrator."
        )
    name = f"spawn-accept-{secrets.token_hex(3)}"  # 19 characters: a stack of spawn may have 20
    parameters = {"PassableRoleArns": account.arn("iam", f"role/{name}-own-role", False)}
    parameters |= switched_off(account.region)
    if not account.local and has_little_concurrency(account):
        parameters["ReserveSweepConcurrency"] = "false"
    subnet, kind = place(account, chosen.subnet)
    bucket, deployer = f"{name}-{account.id}", f"accept-deployer-{name[-6:]}"
    return Plan(
        name=name,
        account=account.id,
        region=account.region,
        instance_type=kind,
        instances=INSTANCES,
        subnet=subnet,
        bucket=bucket,
        deployer=deployer,
        own_role=f"{name}-own-role",
        key="VolumeKeyArns" in read_template()["Parameters"],
        parameters=parameters,
        second=second_of(account, chosen.second_region, bucket, deployer, parameters),
    )


def second_of(
    account: Account, region: str | None, bucket: str, deployer: str, parameters: dict[str, str]
) -> Second | None:
    """Returns the second stack; none if the region, which nobody has named, has no place for an instance."""
    known = SECOND_REGIONS.get(account.partition, ())
    where = region or next((each for each in known if each != account.region), None)
    if not where or where == account.region:
        return None
    try:
        subnet, kind = place(account.elsewhere(where), None)
    except (CannotStart, ClientError, BotoCoreError):
        if region:
            raise
        return None
    lacking = {key: value for key, value in parameters.items() if key not in ("SnapStart", "Tracing")}
    return Second(where, kind, subnet, f"{bucket}-2", f"{deployer}-2", lacking | switched_off(where))


def switched_off(region: str) -> dict[str, str]:
    """Returns the parameters that switch off what a region lacks, as README.md lists it."""
    return next((lacking for prefix, lacking in LACKING.items() if region.startswith(prefix)), {})


def has_little_concurrency(account: Account) -> bool:
    """Whether no function can reserve any: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
    limits = account.client("lambda").get_account_settings()["AccountLimit"]
    return limits["UnreservedConcurrentExecutions"] <= 100


def place(account: Account, subnet: str | None) -> tuple[str, str]:
    """Returns a subnet, the default VPC's if none is given, and the cheapest type that its zone offers."""
    ec2 = account.client("ec2")
    if subnet:
        subnets = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    else:
        subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    if not subnets:
        raise CannotStart(f"{account.region} has no default subnet: name one with --subnet.")
    types = TYPES[1:] if account.local else TYPES  # the local EC2's examples are for this processor
    zones = {each["AvailabilityZone"]: each["SubnetId"] for each in subnets}
    wanted = [{"Name": "instance-type", "Values": types}, {"Name": "location", "Values": sorted(zones)}]
    offers = counting.pages(
        ec2,
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=wanted,
    )
    found = sorted((types.index(offer["InstanceType"]), offer["Location"]) for offer in offers)
    if not found:
        raise CannotStart(f"No zone of these subnets offers {' or '.join(types)}: name another subnet with --subnet.")
    kind, zone = found[0]
    return zones[zone], types[kind]


class Run:
    """One run, from the first thing that is made to the report."""

    def __init__(self, account: Account, plan: Plan, state: pathlib.Path, report: Report) -> None:
        self.account = account
        self.plan = plan
        self.state = state
        self.report = report
        self.ledger = Ledger(state / f"{plan.name}.made")
        external_id = secrets.token_hex(16)
        self.deployment = Deployment(account, plan.name, plan.bucket, plan.deployer, external_id, state)
        self.launches = Launches(account, plan.name, datetime.datetime.now(datetime.UTC))
        self.outputs: dict[str, str] = {}
        self.second_outputs: dict[str, str] = {}
        self.key: str | None = None

    @contextmanager
    def step(self, label: str, told: bool = True) -> Iterator[None]:
        """One step, shown and reported."""
        print(f"  {label} … ", end="", flush=True)
        begin = time.monotonic()
        try:
            yield
        except BaseException as failure:
            print("failed", flush=True)
            self.report.add(
                "Deployment", label, FAILED, time.monotonic() - begin, str(failure) or type(failure).__name__
            )
            raise
        seconds = time.monotonic() - begin
        print(f"{seconds:.1f} s", flush=True)
        if told:
            self.report.add("Deployment", label, PASSED, seconds)

    def make_and_test(self, bundle: pathlib.Path) -> None:
        self._make_deployer()
        self._make_what_is_given()
        self._deploy(bundle)
        self._deploy_second(bundle)
        target = self._target()
        with self.step("Running the end-to-end tests", told=False):
            suite.run_tests(target, self.state, self.account.environment(), self.report)
        self._look_at_logs()

    def _make_deployer(self) -> None:
        plan, deployment = self.plan, self.deployment
        self.ledger.enter(
            f"role {plan.deployer}", deployment.remove_deployer, f"aws iam delete-role --role-name {plan.deployer}"
        )
        with self.step("The documented deployer's role"):
            deployment.make_deployer()
        label = "The deployer's role is taken on"
        if self.account.local:
            deployment.take_on_deployer()
            skip = "the local servers give credentials of any role and enforce no policy"
            self.report.add("Deployment", label, SKIPPED, reason=skip)
        else:
            with self.step(label):
                deployment.take_on_deployer()
        self.ledger.enter(f"bucket {plan.bucket}", deployment.remove_bucket, f"aws s3 rb --force s3://{plan.bucket}")
        with self.step("The bucket for the artifact"):
            deployment.make_bucket()

    def _make_what_is_given(self) -> None:
        """Makes what a launch names of the account's own: a role, and a key if the template knows of keys."""
        iam, own = self.account.client("iam"), self.plan.own_role
        self.ledger.enter(f"role {own}", lambda: remove_role(iam, own), f"aws iam delete-role --role-name {own}")
        with self.step("A role of the account's own"):
            iam.create_role(RoleName=own, AssumeRolePolicyDocument=TRUST)
        label = "A customer's key for volumes"
        if not self.plan.key:
            self.report.add("Deployment", label, SKIPPED, reason="the template has no parameter VolumeKeyArns")
            return
        kms = self.account.client("kms")
        by_hand = (
            f"aws kms schedule-key-deletion --pending-window-in-days 7 --key-id <the key described as {self.plan.name}>"
        )
        self.ledger.enter("the KMS key", self._remove_key, by_hand)
        with self.step(label):
            self.key = kms.create_key(Description=self.plan.name)["KeyMetadata"]["Arn"]
            if self.account.local:
                # The local EC2 knows no policies, so it is told which keys a launch may use.
                edges = os.environ["AWS_ENDPOINT_URL_IAM"] + "/_edges"
                urllib.request.urlopen(edges, json.dumps({"keys": [self.key]}).encode(), timeout=30).close()
        self.plan.parameters["VolumeKeyArns"] = self.key

    def _remove_key(self) -> None:
        """Also finds a key whose ARN did not come back."""
        kms = self.account.client("kms")
        for key in counting.keys(self.account.client):
            if kms.describe_key(KeyId=key)["KeyMetadata"].get("Description") == self.plan.name:
                kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    def _deploy(self, bundle: pathlib.Path) -> None:
        plan, deployment, enter = self.plan, self.deployment, self.ledger.enter
        enter(
            "log groups",
            deployment.remove_log_groups,
            f"aws logs describe-log-groups --log-group-name-prefix {plan.name}",
        )
        enter(
            "the boundaries that the stack keeps",
            deployment.remove_retained_policies,
            f"aws iam list-policies --scope Local --query \"Policies[?starts_with(PolicyName, '{plan.name}-')].Arn\"",
        )
        enter(
            "roles and profiles of launches",
            self.launches.remove_roles,
            f"aws iam list-roles --path-prefix /spawn/{plan.name}/",
        )
        enter(
            "instances",
            self.launches.terminate,
            "aws ec2 describe-instances --filters Name=tag:spawn:managed,Values=true",
        )
        enter(
            "launch templates",
            self.launches.remove_templates,
            f"aws ec2 delete-launch-template --launch-template-name {plan.name}",
        )
        enter(
            f"stack {plan.name}", deployment.remove_stack, f"aws cloudformation delete-stack --stack-name {plan.name}"
        )
        enter(
            "running launches and their instances",
            self._end_launches,
            "aws stepfunctions list-executions --status-filter RUNNING",
        )
        with self.step("Deploying the stack by the deployer's role (sam deploy)"):
            self.outputs = deployment.deploy(bundle, plan.parameters, self.state / "deploy.log")
        if self.account.local:
            skip = "the local servers enforce no policy, so that the deployer's is enough was not seen"
            self.report.add("Deployment", "The deployer's policy is enough to deploy", SKIPPED, reason=skip)

    def _end_launches(self) -> None:
        self._end(self.launches, self.outputs)

    @staticmethod
    def _end(launches: Launches, outputs: dict[str, str]) -> None:
        launches.stop_executions([arn for key, arn in outputs.items() if key.endswith("StateMachineArn")])
        launches.terminate()

    def _deploy_second(self, bundle: pathlib.Path) -> None:
        """Deploys the second stack, as the first one was, with a bucket and a deployer of its own.

        Its boundaries, roles and profiles are removed with the first one's: IAM is one for all regions.
        """
        plan, second, enter = self.plan, self.plan.second, self.ledger.enter
        if not second:
            reason = "no other region of the partition has a default subnet"
            self.report.add("Deployment", "A second stack in another region", SKIPPED, reason=reason)
            return
        there, region = self.account.elsewhere(second.region), f"--region {second.region}"
        deployment = Deployment(
            there, plan.name, second.bucket, second.deployer, secrets.token_hex(16), self.state / second.region
        )
        launches = Launches(there, plan.name, self.launches.begin)
        enter(
            f"role {second.deployer}", deployment.remove_deployer, f"aws iam delete-role --role-name {second.deployer}"
        )
        enter(f"bucket {second.bucket}", deployment.remove_bucket, f"aws s3 rb --force s3://{second.bucket}")
        enter(
            f"log groups in {second.region}",
            deployment.remove_log_groups,
            f"aws logs describe-log-groups {region} --log-group-name-prefix {plan.name}",
        )
        enter(
            f"stack {plan.name} in {second.region}",
            deployment.remove_stack,
            f"aws cloudformation delete-stack {region} --stack-name {plan.name}",
        )
        enter(
            f"running launches and their instances in {second.region}",
            lambda: self._end(launches, self.second_outputs),
            f"aws stepfunctions list-executions {region} --status-filter RUNNING",
        )
        with self.step(f"A second stack in {second.region}"):
            deployment.make_deployer()
            deployment.take_on_deployer()
            deployment.make_bucket()
            self.second_outputs = deployment.deploy(bundle, second.parameters, self.state / "deploy-second.log")

    def _target(self) -> dict[str, Any]:
        """Returns what the tests have to know, as spawn.local.DeployedStack reads it."""
        account, plan = self.account, self.plan
        endpoints = None
        if account.local:
            endpoints = {
                s: client_of(account.session, s, True).meta.endpoint_url
                for s in ("iam", "ec2", "stepfunctions", "lambda")
            }
        return {
            "name": plan.name,
            "account": account.id,
            "partition": account.partition,
            "region": account.region,
            "outputs": self.outputs,
            "image": image_of(plan.instance_type),
            "instanceType": plan.instance_type,
            "subnet": plan.subnet,
            "ownRole": plan.own_role,
            "key": self.key,
            "second": plan.second
            and {
                "region": plan.second.region,
                "outputs": self.second_outputs,
                "image": image_of(plan.second.instance_type),
                "instanceType": plan.second.instance_type,
                "subnet": plan.second.subnet,
            },
            "endpoints": endpoints,
            "patience": 1 if account.local else 4,
        }

    def _look_at_logs(self) -> None:
        """Adds the seconds until EC2 saw each profile, which the workflow's own metric says."""
        logs = self.account.client("logs")
        try:
            for event in counting.pages(
                logs, "filter_log_events", "events", logGroupName=f"{self.plan.name}-WaitForPropagation"
            ):
                if '"SecondsUntilVisible"' in event["message"]:
                    line = json.loads(event["message"])
                    if isinstance(line.get("SecondsUntilVisible"), (int, float)):
                        self.report.visible.append(float(line["SecondsUntilVisible"]))
        except (ClientError, BotoCoreError, ValueError) as unreadable:
            self.report.add("Deployment", "The workflow's metric of propagation", SKIPPED, reason=str(unreadable))

    def remove(self) -> None:
        print("  Removing what was made … ", end="", flush=True)
        begin = time.monotonic()
        left = self.ledger.remove_all()
        print(f"{time.monotonic() - begin:.1f} s", flush=True)
        self.report.left += [f"- {each.what} ({each.reason}); by hand: `{each.by_hand}`" for each in left]
        outcome = FAILED if left else PASSED
        self.report.add("Deployment", "Everything that was made is removed", outcome, time.monotonic() - begin)
        said = self.deployment.deployer_removed_it
        if said is not None:
            label = "The deployer's policy is enough to delete the stack"
            self.report.add("Deployment", label, FAILED if said else PASSED, reason=said)


def image_of(instance_type: str) -> str:
    return IMAGE + ("arm64" if instance_type.startswith("t4g") else "x86_64")


def facts(account: Account, plan: Plan) -> dict[str, str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout.strip()
    where = "local servers (ministack and moto), not AWS" if account.local else "AWS"
    return {
        "where": where,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "partition": account.partition,
        "region": account.region,
        "second region": plan.second.region if plan.second else "none",
        "stack": plan.name,
        "spawn": commit or "unknown",
        "instances": plan.instance_type,
        "parameters": " ".join(f"{key}={value}" for key, value in plan.parameters.items()) or "defaults",
        "Python": platform.python_version(),
        "SAM CLI": metadata.version("aws-sam-cli"),
        "botocore": metadata.version("botocore"),
    }


def local_bundle(state: pathlib.Path) -> pathlib.Path:
    """Returns the artifact with a bootstrap, since the local server has no Java runtime."""
    bundle = state / "bundle.zip"
    shutil.copy(ROOT / "target" / "spawn.zip", bundle)
    with zipfile.ZipFile(bundle, "a") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, (ROOT / "local" / "bootstrap").read_bytes())
    return bundle


def counted(account: Account, second: Second | None = None) -> counting.Counts:
    """Returns what is in the account, in the second region too, and on local servers in the second of two IAMs."""
    counts = counting.count(account.client)
    if second:
        there = counting.count(account.elsewhere(second.region).client, counting.OF_A_REGION)
        counts |= {f"{kind} in {second.region}": names for kind, names in there.items()}
    if account.local:
        iam = account.iam_of_stacks
        other = counting.count(lambda _: iam, counting.OF_IAM)
        counts |= {f"{kind} of ministack": names for kind, names in other.items()}
    return counts


def compare(
    report: Report,
    before: counting.Counts,
    count: Callable[[], counting.Counts],
    account: Account,
    name: str,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Adds what is in the account and was not before; on AWS, where others work too, only what bears the run's name.

    AWS's listings may show for a while what is gone, so there it is counted again.
    """
    for attempt in range(1 if account.local else 6):
        if attempt:
            sleep(20)
        after = count()
        found = counting.added(before, after)
        if not account.local:
            found = {kind: mine for kind, names in found.items() if (mine := [n for n in names if name in n])}
        if not found:
            break
    report.left += [f"- {kind}: {', '.join(names)}" for kind, names in found.items()]
    listed = {kind: len(names) for kind, names in after.items() if isinstance(names, set)}
    shown = ", ".join(f"{number} {kind}" for kind, number in listed.items())
    report.counted.append(f"Counted before and after; there are now {shown}.")
    for kind, reason in counting.unlisted(before, after).items():
        report.add("Deployment", f"Counting {kind}", SKIPPED, reason=reason)


def run(account: Account, plan: Plan, state: pathlib.Path) -> Report:
    report = Report(facts(account, plan), "" if account.local else account.id)
    before = counted(account, plan.second)
    one = Run(account, plan, state, report)
    try:
        one.make_and_test(local_bundle(state) if account.local else ROOT / "target" / "spawn.zip")
    except KeyboardInterrupt:
        report.add("Deployment", "The run", FAILED, reason="interrupted")
    except Exception as failure:  # reported, and everything is removed
        print(f"{failure}", file=sys.stderr)
        report.add("Deployment", "The run", FAILED, reason=f"{type(failure).__name__}: {failure}")
    finally:
        one.remove()
        compare(report, before, lambda: counted(account, plan.second), account, plan.name)
    return report


@contextmanager
def local_servers(chosen: argparse.Namespace) -> Iterator[None]:
    """Starts the local servers, and ends them whatever happens."""
    if not chosen.local:
        yield
        return
    subprocess.run([ROOT / "local" / "stack", "down"], check=True)
    try:
        subprocess.run([ROOT / "local" / "stack", "servers"], check=True)
        yield
    finally:
        subprocess.run([ROOT / "local" / "stack", "down"], check=False)


def prepare(chosen: argparse.Namespace, state: pathlib.Path) -> None:
    if chosen.no_build:
        if not suite.is_built():
            raise CannotStart("There is no target/spawn.zip, or no compiled test: leave --no-build out.")
        return
    print("  Building (mvn package) … ", end="", flush=True)
    begin = time.monotonic()
    suite.build(state / "package.log")
    print(f"{time.monotonic() - begin:.1f} s", flush=True)


def main(arguments: list[str], say: Callable[[str], None] = print) -> int:
    chosen = options(arguments)
    state = ROOT / ".local" / "acceptance"
    state.mkdir(parents=True, exist_ok=True)
    try:
        with local_servers(chosen):
            account = Account(session_of(chosen), chosen.local)
            plan = planned(account, chosen)
            say(plan.text())
            if not (chosen.yes or chosen.local):
                say("\nNothing was made. With --yes it is.")
                return 2
            say("")
            prepare(chosen, state)
            report = run(account, plan, state)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 2
    except (ClientError, BotoCoreError) as refusal:  # before anything was made
        print(f"AWS refuses: {refusal}", file=sys.stderr)
        return 2
    written = chosen.report or ROOT / "target" / "acceptance.md"
    written.parent.mkdir(exist_ok=True)
    written.write_text(report.markdown())
    say("\n" + report.markdown())
    say(f"The report is in {written}.")
    return 0 if report.passed else 1


def as_interruption(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # So that what was made is removed, too, when a terminal closes or a job is ended.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, as_interruption)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # before anything was made
        sys.exit(130)
