"""What is in the account: counted before anything is made and after everything is removed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

Clients = Callable[[str], Any]
Counts = dict[str, set[str] | str]

# How an entity's name is listed: service, operation, the key of the list, and the name in an entry, if it is one.
LISTINGS: dict[str, tuple[str, str, str, str]] = {
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "instance profiles": ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "event sources": ("lambda", "list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
    "state machines": ("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "queues": ("sqs", "list_queues", "QueueUrls", ""),
    "rules": ("events", "list_rules", "Rules", "Name"),
    "schedules": ("scheduler", "list_schedules", "Schedules", "Name"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "launch templates": ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
    "buckets": ("s3", "list_buckets", "Buckets", "Name"),
}


def pages(client: Any, operation: str, key: str, **wanted: Any) -> Iterator[Any]:
    """Yields the entries of a listing, of all its pages."""
    if client.can_paginate(operation):
        answers: Iterable[Any] = client.get_paginator(operation).paginate(**wanted)
    else:
        answers = [getattr(client, operation)(**wanted)]
    for answer in answers:
        yield from answer.get(key) or []


def listed(clients: Clients, kind: str) -> set[str]:
    service, operation, key, name = LISTINGS[kind]
    found = pages(clients(service), operation, key)
    return {entry[name] if name else entry for entry in found}


def policies(clients: Clients) -> set[str]:
    return {p["PolicyName"] for p in pages(clients("iam"), "list_policies", "Policies", Scope="Local")}


def instances(clients: Clients) -> set[str]:
    """Those that are not yet terminated."""
    return {
        instance["InstanceId"]
        for reservation in pages(clients("ec2"), "describe_instances", "Reservations")
        for instance in reservation["Instances"]
        if instance["State"]["Name"] != "terminated"
    }


def stacks(clients: Clients) -> set[str]:
    return {
        stack["StackName"]
        for stack in pages(clients("cloudformation"), "list_stacks", "StackSummaries")
        if stack["StackStatus"] != "DELETE_COMPLETE"
    }


def keys(clients: Clients) -> set[str]:
    """The customer's keys that are not on their way to be deleted."""
    kms, found = clients("kms"), set()
    for key in pages(kms, "list_keys", "Keys"):
        about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if about.get("KeyManager") != "AWS" and about["KeyState"] not in ("PendingDeletion", "PendingReplicaDeletion"):
            found.add(key["KeyId"])
    return found


OTHERS: dict[str, Callable[[Clients], set[str]]] = {
    "policies": policies,
    "instances": instances,
    "stacks": stacks,
    "keys": keys,
}


KINDS = (*LISTINGS, *OTHERS)
OF_IAM = ("roles", "instance profiles", "policies")
OF_A_REGION = tuple(kind for kind in KINDS if kind not in (*OF_IAM, "buckets"))


def count(clients: Clients, kinds: Sequence[str] = KINDS) -> Counts:
    """Returns the names of what is there by kind; where a kind cannot be listed, the reason."""
    counts: Counts = {}
    for kind in kinds:
        try:
            counts[kind] = OTHERS[kind](clients) if kind in OTHERS else listed(clients, kind)
        except (ClientError, BotoCoreError) as refusal:
            counts[kind] = str(refusal)
    return counts


def added(before: Counts, after: Counts) -> dict[str, list[str]]:
    """Returns what is there after and was not before, by kind; kinds that could not be listed are left out."""
    found = {}
    for kind, names in after.items():
        known = before.get(kind)
        if isinstance(names, set) and isinstance(known, set) and names - known:
            found[kind] = sorted(names - known)
    return found


def unlisted(before: Counts, after: Counts) -> dict[str, str]:
    """Returns the kinds that could not be listed, with the reason."""
    return {kind: said for counts in (before, after) for kind, said in counts.items() if isinstance(said, str)}
