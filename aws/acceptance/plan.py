"""What is made, and what it costs at most: what a person reads before saying --yes."""

import dataclasses
from collections.abc import Sequence

# A run takes about half an hour; what is billed by the hour or month is counted for this long.
HOURS = 2
HOURS_A_MONTH = 730


@dataclasses.dataclass(frozen=True)
class Item:
    """Something billed: how many, for how many hours or how often, and US dollars for one."""

    what: str
    count: float
    dollars: float
    assumption: str

    @property
    def cost(self) -> float:
        return self.count * self.dollars


def monthly(dollars: float) -> float:
    return dollars / HOURS_A_MONTH * HOURS


def items(instances: int, key: bool) -> list[Item]:
    """Returns what is billed, at us-east-1's list prices and without free tiers; no region is dearer by half."""
    listed = [
        Item(
            "EC2, t4g.nano or t3.nano",
            instances,
            0.0052 * HOURS,
            "$0.0052 an hour: aws.amazon.com/ec2/pricing/on-demand",
        ),
        Item("public IPv4 addresses", instances, 0.005 * HOURS, "$0.005 an hour: aws.amazon.com/vpc/pricing"),
        Item("EBS, 8 GB of gp3 each", instances, monthly(0.08 * 8), "$0.08 a GB and month: aws.amazon.com/ebs/pricing"),
        Item(
            "Step Functions, state transitions",
            2_000,
            0.000025,
            "$0.025 a thousand: aws.amazon.com/step-functions/pricing",
        ),
        Item(
            "Lambda, GB-seconds",
            1_500,
            0.0000166667,
            "1 GB for a second and a half a call: aws.amazon.com/lambda/pricing",
        ),
        Item("CloudWatch Logs, GB", 0.02, 0.5, "20 MB: aws.amazon.com/cloudwatch/pricing"),
        Item("CloudWatch, metrics", 100, monthly(0.3), "$0.30 a metric and month, by the hour"),
        Item("CloudWatch, alarms", 20, monthly(0.1), "$0.10 an alarm and month"),
        Item("CloudWatch, dashboards", 2, monthly(3), "$3 a month"),
        Item("X-Ray, traces", 2_000, 0.000005, "$5 a million: aws.amazon.com/xray/pricing"),
    ]
    if key:
        listed.append(
            Item("KMS, a key", 1, monthly(1), "$1 a month, none once deletion is scheduled: aws.amazon.com/kms/pricing")
        )
    return listed


def total(listed: Sequence[Item]) -> float:
    """Returns dollars: half as much again, for regions where things cost more, in cents rounded up."""
    return int(sum(item.cost for item in listed) * 1.5 * 100 + 1) / 100


@dataclasses.dataclass(frozen=True)
class Second:
    """The second stack, of the same name in another region."""

    region: str
    instance_type: str
    subnet: str
    bucket: str
    deployer: str
    parameters: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a run in an account makes."""

    name: str
    account: str
    region: str
    instance_type: str
    instances: int
    subnet: str
    bucket: str
    deployer: str
    own_role: str
    key: bool
    parameters: dict[str, str]
    second: Second | None = None  # none where no other region has a place for it

    def text(self) -> str:
        listed = items(self.instances, self.key)
        made = [
            f"the stack {self.name} of template.yaml: functions, state machines, queues, alarms, logs and policies,",
            "  with shorter waits of the sweep than in service",
            f"the role {self.deployer} with docs/deployer-policy.json for that stack, taken on to deploy it",
            f"the bucket {self.bucket} for the artifact",
            f"the role {self.own_role}, which stands for one of the account's own",
            f"roles and profiles under the path /spawn/{self.name}/, by launches,",
            "  and AWS's own role for Spot if there is none",
            f"up to {self.instances} instances of {self.instance_type}, one of them Spot, for minutes in {self.subnet}",
            f"a launch template, and roles and profiles named {self.name}-…, to try IAM's and EC2's rules",
        ]
        if self.second:
            made.append(
                f"a second stack {self.name}, in {self.second.region}, with a bucket and a deployer of its own,"
            )
            made.append(f"  {self.second.bucket} and {self.second.deployer}, and a few instances for minutes there")
        if self.key:
            made.append("a KMS key for a volume")
        lines = [f"In account {self.account}, region {self.region}, this makes:", ""]
        lines += [f"- {line}" if not line.startswith("  ") else line for line in made]
        lines += ["", "and removes all of it afterwards, whatever happens. These stay:", ""]
        lines += ["- AWS's own role for Spot (AWSServiceRoleForEC2Spot), which costs nothing and may have been there"]
        if self.key:
            lines += ["- the key, disabled, until KMS deletes it after seven days"]
        lines += ["- metrics and traces, which expire by themselves"]
        lines += ["", f"It costs at most ${total(listed):.2f}:", ""]
        lines += [f"  {item.what:<36} ${item.cost:6.3f}   {item.assumption}" for item in listed]
        lines += [f"  {'dearer regions':<36} ${total(listed) - sum(i.cost for i in listed):6.3f}   half as much again"]
        if self.parameters:
            shown = " ".join(f"{key}={value}" for key, value in sorted(self.parameters.items()))
            lines += ["", f"Parameters that differ from their defaults: {shown}"]
        return "\n".join(lines)
